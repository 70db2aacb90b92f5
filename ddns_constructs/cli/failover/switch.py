"""`ddns failover switch`."""

from __future__ import annotations

from typing import Annotated

import typer

from ddns_constructs.cli.errors import UsageError, reporting_errors
from ddns_constructs.cli.failover.options import (
    NameArgument,
    PrefixOption,
    ReasonOption,
    StackOption,
    TableOption,
)
from ddns_constructs.cli.failover.switch_address import switch_address
from ddns_constructs.cli.failover.switch_name import switch_name
from ddns_constructs.cli.failovers.denied import FAILOVER_WAYS_OUT
from ddns_constructs.cli.failovers.following import Follower
from ddns_constructs.cli.failovers.kinds import NameFailover
from ddns_constructs.cli.failovers.orders import checked_reason
from ddns_constructs.cli.failovers.stack import the_failover
from ddns_constructs.cli.options import JsonOption, as_given

__all__ = ["switch"]


def _roles() -> list[str]:
    return ["primary", "secondary"]


def switch(
    name: NameArgument = "",
    *,
    to: Annotated[
        str,
        typer.Option(
            metavar="NODE|primary|secondary",
            help="Where to: a node for a service address, primary or secondary for a name.",
            autocompletion=_roles,
        ),
    ],
    reason: ReasonOption = "",
    hold: Annotated[
        str,
        typer.Option(metavar="REASON", help="Let nothing move the address away afterwards."),
    ] = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Move it even if the node was not seen up.")
    ] = False,
    wait: Annotated[
        int,
        typer.Option(min=0, max=3600, help="For how many seconds to wait until it is done."),
    ] = 120,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Move a service address to a node, or a name to its primary or secondary endpoint.

    An address is moved by a controller, which reads its journal every few seconds. A name stays at
    its secondary, whatever its health check says, until --to primary writes what the stack has.
    """
    with reporting_errors(FAILOVER_WAYS_OUT):
        why, held = checked_reason("--reason", reason), checked_reason("--hold", hold)
        failover = the_failover(name, stack=stack, prefix=prefix, table=table)
        follower = Follower(wait, quiet=as_json)
        if isinstance(failover, NameFailover):
            if held or anyway:
                raise UsageError(
                    f"{failover.name} is a name: leave {'--hold' if held else '--anyway'} out; a "
                    "name that is switched to its secondary stays there, whatever is healthy"
                )
            switch_name(failover, to, follower, why)
        else:
            where = as_given(stack=stack, prefix=prefix, table=table)
            orders = {"reason": why or "switched by hand", "hold": held}
            switch_address(failover, to, follower, where, anyway=anyway, **orders)
        follower.end()
