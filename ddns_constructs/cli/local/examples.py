"""`ddns local examples`."""

from __future__ import annotations

import ast

import typer

from ddns_constructs.local.examples import docs_folder, example_folders

__all__ = ["examples"]


def examples() -> None:
    """Show where the examples and the documentation are: the package brings them."""
    for folder in example_folders():
        typer.echo(folder)
        typer.echo(f"    {ast.get_docstring(ast.parse((folder / 'app.py').read_text()))}")
    typer.echo(docs_folder())
    typer.echo("    The documentation, as Markdown.")
