"""The commands of `ddns host`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.commands import Group, add_command
from ddns_constructs.cli.host.add import add
from ddns_constructs.cli.host.disable import disable
from ddns_constructs.cli.host.enable import enable
from ddns_constructs.cli.host.list import list_
from ddns_constructs.cli.host.remove import remove
from ddns_constructs.cli.host.rotate import rotate
from ddns_constructs.cli.host.set import set_
from ddns_constructs.cli.host.show import show

__all__ = ["host"]

host = typer.Typer(
    cls=Group, no_args_is_help=True, help="The hosts of a ClientDdns, and their credentials."
)
add_command(host, add)
add_command(host, list_, "list")
add_command(host, show)
add_command(host, set_, "set")
add_command(host, rotate)
add_command(host, disable)
add_command(host, enable)
add_command(host, remove)
