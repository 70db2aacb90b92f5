"""The commands of `ddns key`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.commands import Group, add_command
from ddns_constructs.cli.key.header import header
from ddns_constructs.cli.key.list import list_
from ddns_constructs.cli.key.show import show

__all__ = ["key"]

key = typer.Typer(cls=Group, no_args_is_help=True, help="The API keys of an ApiGatewayDirectDdns.")
add_command(key, list_, "list")
add_command(key, show)
add_command(key, header)
