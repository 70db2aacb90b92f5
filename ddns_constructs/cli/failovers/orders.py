"""What an operator may write into the state of a journal: another target, a hold, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns.core.failover.journal import OPERATOR
from ddns_constructs.cli.errors import CommandError, UsageError
from ddns_constructs.cli.failovers import clock

if TYPE_CHECKING:
    from ddns.core.failover.journal import State

__all__ = ["Switch", "checked_reason", "with_hold"]

_LONGEST_REASON = 500


def checked_reason(option: str, text: str) -> str:
    """Return a reason in one line; empty for none.

    Raises:
        UsageError: It is too long.
    """
    reason = " ".join(text.split())
    if len(reason) > _LONGEST_REASON:
        raise UsageError(
            f"{option} must have {_LONGEST_REASON} characters at most, got {len(reason)}: shorten "
            "it, and name a ticket that has the rest"
        )
    return reason


def with_hold(state: State, reason: str) -> State:
    """Return a state that follows, with a hold or, for an empty reason, without one."""
    since = int(clock.seconds() * 1000) if reason else 0
    return state._replace(
        head=state.head._replace(version=state.head.version + 1), hold=reason, hold_since=since
    )


class Switch:
    """The order to move a service address, asked again for each state that it finds.

    Args:
        name: What the failover is called.
        to: The node that shall have the address.
        reason: Why.
        hold: Why nothing is to move it afterwards; empty where it may.
    """

    def __init__(self, name: str, to: str, reason: str, hold: str = "") -> None:
        self._name = name
        self._to = to
        self._reason = reason
        self._hold = hold
        self._from: str | None = None

    def __call__(self, state: State) -> State | None:
        """Return what is to be there after a state; None where it is so already.

        Raises:
            CommandError: The address has moved since the order was given, elsewhere.
        """
        held = state.hold if not self._hold else self._hold
        if state.target == self._to:
            return None if held == state.hold else with_hold(state, held)
        if self._from not in (None, state.target):
            raise CommandError(
                f"{self._name} has been moved to {state.target} meanwhile, by {state.by}: nothing "
                "was written; look at it with `ddns failover status`, and switch again if it is "
                "still to move"
            )
        self._from = state.target
        now = clock.seconds()
        after = state.intent(self._to, OPERATOR, self._reason, now)
        # The head stays free: a controller takes it, and carries the order out.
        after = after._replace(head=state.head._replace(version=state.head.version + 1))
        if held == state.hold:
            return after
        return after._replace(hold=held, hold_since=int(now * 1000))
