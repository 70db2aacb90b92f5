"""The commands of `ddns key`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.key.header import header
from ddns_constructs.cli.key.list import list_
from ddns_constructs.cli.key.show import show

__all__ = ["key"]

key = typer.Typer(no_args_is_help=True, help="The API keys of an ApiGatewayDirectDdns.")
key.command(name="list")(list_)
key.command()(show)
key.command()(header)
