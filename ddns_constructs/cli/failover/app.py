"""The commands of `ddns failover`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.commands import Group, add_command
from ddns_constructs.cli.failover.history import history
from ddns_constructs.cli.failover.hold import hold
from ddns_constructs.cli.failover.release import release
from ddns_constructs.cli.failover.status import status
from ddns_constructs.cli.failover.switch import switch

__all__ = ["failover"]

failover = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    help="Service addresses and names that move when their host fails.",
)
add_command(failover, status)
add_command(failover, switch)
add_command(failover, hold)
add_command(failover, release)
add_command(failover, history)
