"""`ddns failover release`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.failover.options import (
    NameArgument,
    PrefixOption,
    StackOption,
    TableOption,
)
from ddns_constructs.cli.failovers.address import journal_of, look_at_address
from ddns_constructs.cli.failovers.denied import FAILOVER_WAYS_OUT
from ddns_constructs.cli.failovers.orders import with_hold
from ddns_constructs.cli.failovers.stack import the_address
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.terminal import printable

if TYPE_CHECKING:
    from ddns.core.failover.journal import State

__all__ = ["release"]


def release(
    name: NameArgument = "",
    *,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Let a service address that is held move by itself again."""
    with reporting_errors(FAILOVER_WAYS_OUT):
        failover = the_address(name, stack=stack, prefix=prefix, table=table)

        def order(state: State) -> State | None:
            return with_hold(state, "") if state.hold else None

        before, after = journal_of(failover).change(order)
        if after is None:
            session.say(f"{failover.name} is not held: nothing was written")
            return
        session.say(printable(f"{failover.name} is released; it was held: {before.hold}"))
        view = look_at_address(failover)
        if failover.budget and view.spent >= failover.budget:
            session.say(
                f"it made {view.spent} automatic moves in the last hour, and {failover.budget} are "
                "allowed: the next failure holds it again"
            )
