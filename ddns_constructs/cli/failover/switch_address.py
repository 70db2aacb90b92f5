"""Moves a service address by hand: a controller carries out what is written into its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs.cli.errors import CommandError, UsageError
from ddns_constructs.cli.failovers import clock
from ddns_constructs.cli.failovers.address import journal_of, look_at_address
from ddns_constructs.cli.failovers.orders import Switch
from ddns_constructs.cli.times import span

if TYPE_CHECKING:
    from ddns.core.failover.journal import State
    from ddns_constructs.cli.failovers.address import AddressView
    from ddns_constructs.cli.failovers.following import Follower
    from ddns_constructs.cli.failovers.journal import Journal
    from ddns_constructs.cli.failovers.kinds import AddressFailover

__all__ = ["switch_address"]


def switch_address(
    failover: AddressFailover,
    to: str,
    follower: Follower,
    where: str,
    *,
    anyway: bool,
    reason: str,
    hold: str,
) -> None:
    """Set another target, and follow the move.

    Args:
        failover: The failover.
        to: The node that shall have the address.
        follower: Who shows the progress.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
        anyway: Whether it is moved to a node that was not seen up.
        reason: Why.
        hold: Why nothing is to move it afterwards; empty where it may.

    Raises:
        UsageError: There is no such node.
        CommandError: It was not seen up, somebody else was faster, or it is not done in time.
    """
    view = look_at_address(failover)
    _check(view, to, where, anyway=anyway)
    journal = journal_of(failover)
    before, after = journal.change(Switch(failover.name, to, reason, hold))
    now = before if after is None else after
    follower.result(failover=failover.name, to=to, epoch=now.epoch, hold=now.hold or None)
    follower.result(**{"from": before.target, "written": after is not None})
    _tell(view, before, after, follower, where)
    if not now.moving:
        follower.result(done=True)
        return
    title = f"{failover.name} moves to {to}"
    late = f"controllers go on with it: `ddns failover status {failover.name}{where}` shows it"
    follower.follow(title, lambda: _step(journal, failover.name, now), late)


def _check(view: AddressView, to: str, where: str, *, anyway: bool) -> None:
    name, known = view.failover.name, ", ".join(view.nodes)
    if not view.nodes:
        raise CommandError(
            f"the nodes of {name} are not known: no controller has looked yet, and its function "
            "cannot be seen; name the stack, or ask for lambda:GetFunctionConfiguration"
        )
    if not to or to not in view.nodes:
        raise UsageError(f"{name} has no node {to!r}: name one of {known}")
    if anyway or view.state.target == to or view.is_up(to):
        return
    raise CommandError(
        f"{to} is {view.seen_of(to)}: nothing was written; `ddns failover status {name}{where}` "
        "shows more, --anyway moves it all the same"
    )


def _tell(
    view: AddressView, before: State, after: State | None, follower: Follower, where: str
) -> None:
    name, now = view.failover.name, after or before
    if before.target == now.target:
        follower.say(f"{name} is {'moving to' if now.moving else 'at'} {now.target} already")
    elif before.moving:
        follower.say(f"the move to {before.target} was not over: this one takes its place")
    if after is not None and view.unseen:
        ago = "yet" if view.looked_ago is None else f"for {span(view.looked_ago)}"
        follower.say(f"no controller has looked {ago}: nothing moves until one runs")
    if now.hold:
        follower.say(f"held: {now.hold}; to end it: ddns failover release {name}{where}")
    elif _goes_back(view, now):
        follower.say(
            f"it goes back to {view.nodes[0]} when that has been up for "
            f"{span(view.failover.failback or 0)}: `ddns failover hold {name}{where} --reason ...` "
            "keeps it"
        )


def _goes_back(view: AddressView, now: State) -> bool:
    return view.failover.failback is not None and now.target != view.nodes[0]


def _step(journal: Journal, name: str, ordered: State) -> tuple[bool, str]:
    """Return whether a move is over, and how it is.

    Raises:
        CommandError: Another move has taken its place.
    """
    state = journal.state()
    if state.target != ordered.target:
        raise CommandError(
            f"{name} has been moved on to {state.target}, by {state.by}: "
            f"{state.reason or 'no reason is given'}"
        )
    if not state.moving:
        noted = journal.move(state.epoch)
        if noted is not None and not noted.done:
            raise CommandError(
                f"the move to {state.target} was given up, as not every place points there: the "
                "function's log says why; controllers put it right while that node is up"
            )
        return True, "every place is there"
    if state.head.held(clock.seconds()):
        return False, "a controller is at it"
    return False, "waiting for a controller"
