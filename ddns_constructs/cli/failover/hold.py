"""`ddns failover hold`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs.cli.errors import UsageError, reporting_errors
from ddns_constructs.cli.failover.options import (
    NameArgument,
    PrefixOption,
    ReasonOption,
    StackOption,
    TableOption,
)
from ddns_constructs.cli.failovers.address import journal_of
from ddns_constructs.cli.failovers.denied import FAILOVER_WAYS_OUT
from ddns_constructs.cli.failovers.orders import checked_reason, with_hold
from ddns_constructs.cli.failovers.stack import the_address
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import as_given
from ddns_constructs.cli.terminal import printable

if TYPE_CHECKING:
    from ddns.core.failover.journal import State

__all__ = ["hold"]


def hold(
    name: NameArgument = "",
    *,
    reason: ReasonOption = "",
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Let nothing move a service address by itself until it is released.

    A move that is under way is finished. `ddns failover switch` moves it all the same.
    """
    with reporting_errors(FAILOVER_WAYS_OUT):
        why = checked_reason("--reason", reason)
        if not why:
            raise UsageError("say why, for whoever finds it held: --reason 'patching node a'")
        failover = the_address(name, stack=stack, prefix=prefix, table=table)

        def order(state: State) -> State | None:
            return None if state.hold == why else with_hold(state, why)

        before, after = journal_of(failover).change(order)
        if after is None:
            session.say(f"{failover.name} is held already: {printable(why)}")
            return
        where = as_given(stack=stack, prefix=prefix, table=table)
        earlier = f"; before: {before.hold}" if before.hold else ""
        session.say(printable(f"{failover.name} is held: {why}{earlier}"))
        if before.moving:
            session.say(f"the move to {before.target}, which is under way, is finished")
        session.say(f"to end it: ddns failover release {failover.name}{where}")
