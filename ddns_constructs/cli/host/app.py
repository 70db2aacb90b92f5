"""The commands of `ddns host`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.host.add import add
from ddns_constructs.cli.host.disable import disable
from ddns_constructs.cli.host.enable import enable
from ddns_constructs.cli.host.list import list_
from ddns_constructs.cli.host.remove import remove
from ddns_constructs.cli.host.rotate import rotate
from ddns_constructs.cli.host.set import set_
from ddns_constructs.cli.host.show import show

__all__ = ["host"]

host = typer.Typer(no_args_is_help=True, help="The hosts of a ClientDdns, and their credentials.")
host.command()(add)
host.command(name="list")(list_)
host.command()(show)
host.command(name="set")(set_)
host.command()(rotate)
host.command()(disable)
host.command()(enable)
host.command()(remove)
