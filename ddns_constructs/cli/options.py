"""Options that several commands have."""

from __future__ import annotations

import os
import shlex
from typing import Annotated

import typer

__all__ = [
    "JsonOption",
    "PrefixOption",
    "StackOption",
    "TableOption",
    "UrlOption",
    "ZoneIdOption",
    "as_given",
    "names_stack",
]

_WHERE = "Which deployment"
_STACK = "DDNS_STACK"

StackOption = Annotated[
    str,
    typer.Option(
        envvar=_STACK,
        help="The stack; its outputs TableName, Url and HostedZoneIds tell the rest.",
        rich_help_panel=_WHERE,
    ),
]
PrefixOption = Annotated[
    str,
    typer.Option(
        help="What the names of the outputs begin with, where a stack has several deployments.",
        rich_help_panel=_WHERE,
    ),
]
TableOption = Annotated[
    str, typer.Option(help="The table, instead of the stack's.", rich_help_panel=_WHERE)
]
UrlOption = Annotated[
    str, typer.Option(help="The URL, instead of the stack's.", rich_help_panel=_WHERE)
]
ZoneIdOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A hosted zone: one of the stack's, or what it does not tell. May be repeated.",
        rich_help_panel=_WHERE,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def as_given(*, stack: str = "", prefix: str = "", table: str = "", url: str = "") -> str:
    """Return the options that name a deployment, for a command that is suggested.

    Each has a space in front. The stack is left out where the environment names it.
    """
    said = {"stack": "" if names_stack(stack) else stack}
    said |= {"prefix": prefix, "table": table, "url": url}
    return "".join(f" --{name} {shlex.quote(value)}" for name, value in said.items() if value)


def names_stack(stack: str) -> bool:
    """Tell whether the environment names a stack, so that no command has to."""
    return os.environ.get(_STACK) == stack
