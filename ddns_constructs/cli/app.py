"""The commands, their arguments and what they return to the shell."""

from __future__ import annotations

import importlib.metadata
from typing import Annotated

import typer

from ddns_constructs.cli.commands import Group
from ddns_constructs.cli.failover.app import failover
from ddns_constructs.cli.host.app import host
from ddns_constructs.cli.key.app import key
from ddns_constructs.cli.local.app import local
from ddns_constructs.cli.router.app import router
from ddns_constructs.cli.status.app import status

__all__ = ["app"]

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # a credential may be among them
)
app.add_typer(host, name="host")
app.add_typer(router)
app.add_typer(key, name="key")
app.add_typer(status)
app.add_typer(failover, name="failover")
app.add_typer(local, name="local")


def _version(wanted: bool) -> None:  # noqa: FBT001 - how typer calls it
    if wanted:
        try:
            release = importlib.metadata.version("ddns-constructs")
        except importlib.metadata.PackageNotFoundError:
            release = "not installed"  # run from a checkout
        typer.echo(f"ddns-constructs {release}")
        raise typer.Exit


@app.callback()
def ddns(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which release.")
    ] = False,
) -> None:
    """Dynamic DNS on Route 53."""
