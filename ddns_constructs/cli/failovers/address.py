"""How a service address is: where it shall be, where it is, what the probes say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddns.core.failover.journal import REPAIR
from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.failovers import clock
from ddns_constructs.cli.failovers.journal import Journal
from ddns_constructs.cli.finding import Finding
from ddns_constructs.cli.times import iso, span

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from ddns.core.failover.journal import Seen, State
    from ddns_constructs.cli.failovers.kinds import AddressFailover

__all__ = ["AddressView", "journal_of", "look_at_address"]

UNSEEN = 60.0
"""After how many seconds without a look of a controller something is wrong."""

# A controller gives a move up after a minute, and begins it anew; it looks at nothing meanwhile.
_UNSEEN_WHILE_MOVING = 150.0
_HALF_MOVED = {"interface": 90.0}
_HALF_MOVED_USUALLY = 30.0
_HOUR = 3600.0


def journal_of(failover: AddressFailover) -> Journal:
    """Return the journal of a failover."""
    return Journal(aws_client("dynamodb"), failover.table)


def look_at_address(failover: AddressFailover) -> AddressView:
    """Read the journal of a failover.

    Raises:
        CommandError: There is no such table, or no controller has written to it.
    """
    journal = journal_of(failover)
    state, seen = journal.state(), journal.seen()
    return AddressView(failover, state, seen, clock.now())


class AddressView(NamedTuple):
    """A failover at one moment.

    Attributes:
        failover: What it is.
        state: What its journal says.
        seen: What a controller saw last; None if none has looked.
        now: The time.
    """

    failover: AddressFailover
    state: State
    seen: Seen | None
    now: dt.datetime

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of its nodes, the preferred one first where that is known."""
        seen = tuple(sorted(self.seen.nodes)) if self.seen else ()
        return self.failover.nodes or seen

    @property
    def looked_ago(self) -> float | None:
        """How many seconds ago a controller looked; None if none has."""
        return None if self.seen is None else self._ago(self.seen.at)

    @property
    def unseen(self) -> bool:
        """Whether no controller has looked for so long that something is wrong."""
        limit = _UNSEEN_WHILE_MOVING if self.state.moving else UNSEEN
        return self.looked_ago is None or self.looked_ago > limit

    @property
    def spent(self) -> int:
        """How many automatic moves there were in the last hour."""
        return sum(self._ago(each) < _HOUR for each in self.state.moves)

    def seen_of(self, node: str) -> str:
        """Return what is known of a node now: up, down or unknown, and why."""
        if self.seen is None or self.unseen or node not in self.seen.nodes:
            return "unknown, as no controller has looked"
        found = self.seen.nodes[node]
        return f"{found.seen}{f': {found.why}' if found.why else ''}"

    def is_up(self, node: str) -> bool:
        """Tell whether a controller has seen a node up just now."""
        return self.seen_of(node).startswith("up")

    def _ago(self, milliseconds: int) -> float:
        return max(self.now.timestamp() - milliseconds / 1000, 0.0)

    @property
    def where(self) -> str:
        """In one line where it is, since when, why and by whom."""
        state = self.state
        if not state.target:
            return "nowhere yet"
        place = f"moving to {state.target}" if state.moving else f"at {state.target}"
        why = f" ({state.reason})" if state.reason else ""
        return f"{place} since {span(self._ago(state.since))}, by {state.by}{why}"

    @property
    def strays(self) -> dict[str, str]:
        """The places that point elsewhere than at the target, as a controller saw them last."""
        places = self.seen.places if self.seen else {}
        return {place: node for place, node in places.items() if node != self.state.target}

    # ------------------------------------------------------------ what is wrong

    def findings(self, where: str = "") -> Iterator[Finding]:
        """Yield how it is, and what is wrong with it.

        Args:
            where: The options of `ddns` that name the deployment, as `as_given` returns them.
        """
        name = self.failover.name
        yield Finding(name, self.where)
        if self.state.hold:
            text = f"for {span(self._ago(self.state.hold_since))}: {self.state.hold}"
            remedy = f"nothing moves by itself until `ddns failover release {name}{where}`"
            yield Finding("held", text, remedy)
        looks = (self._unseen, self._half_moved, self._all_down, self._budget)
        yield from filter(None, (look() for look in looks))

    def _unseen(self) -> Finding | None:
        if not self.unseen:
            return None
        ago = "yet" if self.looked_ago is None else f"for {span(self.looked_ago)}"
        remedy = (
            "nothing moves meanwhile: look whether its schedule is on, and at the function's "
            "errors and log"
        )
        return Finding("controller", f"none has looked {ago}", remedy)

    def _half_moved(self) -> Finding | None:
        state, log = self.state, "the function's log says what EC2 refuses"
        places = ", ".join(f"{place} {node or 'nowhere'}" for place, node in self.strays.items())
        if state.moving and state.by == REPAIR:  # the target is as old as it was
            text = f"places are put at {state.target} again"
            return None if self._head_is_held else Finding("half moved", text, log)
        if state.moving:
            limit = _HALF_MOVED.get(self.failover.kind, _HALF_MOVED_USUALLY)
            # What was seen before the move began says nothing about it.
            late = self._ago(state.since) > limit
            text = f"to {state.target} for {span(self._ago(state.since))}"
            return (
                Finding("half moved", text, f"controllers go on with it: {log}") if late else None
            )
        # A look from before the last move was over shows where the address was before.
        if not places or self.seen is None or self.seen.at < state.since + UNSEEN * 1000:
            return None
        remedy = f"controllers put it right in a quarter of a minute; if it stays, {log}"
        return Finding("places", f"not at {state.target}: {places}", remedy)

    def _all_down(self) -> Finding | None:
        if self.unseen or any(map(self.is_up, self.nodes)):
            return None
        says = "; ".join(f"{node} {self.seen_of(node)}" for node in self.nodes)
        remedy = "nothing moves until a node is up: look at the nodes, then at the probers"
        return Finding("no node is up", says, remedy)

    def _budget(self) -> Finding | None:
        if not self.failover.budget or self.spent < self.failover.budget:
            return None
        text = f"{self.spent} automatic moves in the last hour"
        remedy = f"nothing moves by itself beyond {self.failover.budget}: look why its nodes fail"
        return Finding("budget spent", text, remedy)

    # ------------------------------------------------------------ for programs

    def about(self) -> dict[str, object]:
        """Return everything about it, for JSON."""
        state, seen = self.state, self.seen
        return {
            "failover": self.failover.name,
            "kind": self.failover.kind or "address",
            "address": self.failover.address or None,
            "table": self.failover.table,
            "active": None if state.moving else state.target,
            "target": state.target,
            "moving": state.moving,
            "from": state.source or None,
            "by": state.by,
            "reason": state.reason or None,
            "since": iso(state.since),
            "epoch": state.epoch,
            "held": {"reason": state.hold, "since": iso(state.hold_since)} if state.hold else None,
            "controller_until": iso(state.head.until) if self._head_is_held else None,
            "moves_last_hour": self.spent,
            "preferred_up_since": iso(state.recovered),
            "nodes": [
                {"node": node, **(_seen_node(seen, node) or {"seen": "unknown"})}
                for node in self.nodes
            ],
            "places": dict(seen.places) if seen else {},
            "probers": {"asked": seen.asked, "answered": seen.answered} if seen else None,
            "seen": iso(seen.at) if seen else None,
        }

    @property
    def _head_is_held(self) -> bool:
        return self.state.head.held(self.now.timestamp())


def _seen_node(seen: Seen | None, node: str) -> dict[str, object] | None:
    if seen is None or node not in seen.nodes:
        return None
    found = seen.nodes[node]
    return {"seen": found.seen, "why": found.why or None, "rounds": found.streak}
