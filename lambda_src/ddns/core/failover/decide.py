"""From what is known of the nodes to where the service address shall be.

``decide`` does no I/O: it returns the state that is to be written, if any. A state that is moving
is driven to its target afterwards.
"""

from __future__ import annotations

from typing import NamedTuple

from ddns.core.failover.journal import FAILBACK, FAILURE, HOUR, REPAIR, START, State
from ddns.core.failover.places import Placement
from ddns.core.failover.policy import Policy
from ddns.core.failover.streaks import STALE, Streaks
from ddns.core.failover.verdicts import DOWN, UP, Verdicts

GONE = frozenset({"stopping", "stopped", "shutting-down", "terminated"})
"""States of an instance, in EC2's words, that tell that it does not serve."""

ABSENT = "absent"
"""What is said of an instance that EC2 does not show: it was terminated, or EC2 left it out."""

BUDGET = "the budget of moves an hour is spent"
"""Why nothing moves any more until somebody releases the hold."""

FOREIGN = "a place points at something that is no node"
"""Why a failover does not begin: it would take the address from somebody else."""


class Observed(NamedTuple):
    """What a round has seen.

    Attributes:
        at: when it began, in seconds of the epoch.
        nodes: the names of all nodes, in order of preference.
        verdicts: what the probers say.
        streaks: this round included.
        stopped: nodes whose instance EC2 says to be in one of the states ``GONE``; and others than
            the active one whose instance is ``ABSENT``.
        placement: where the service address points; None where that was not asked, or not answered.
    """

    at: float
    nodes: tuple[str, ...]
    verdicts: Verdicts
    streaks: Streaks
    stopped: frozenset[str] = frozenset()
    placement: Placement | None = None

    def may_have_it(self, node: str) -> bool:
        """Tell whether a node is up now."""
        return self.verdicts.nodes[node] == UP and node not in self.stopped


class Decision(NamedTuple):
    """What is to be done.

    Attributes:
        why: a short text; empty where all is well.
        after: the state to write; None to leave all as it is.
    """

    why: str
    after: State | None = None


_WELL = Decision("")


# | the state              | what was seen                                     | then              |
# |------------------------|---------------------------------------------------|-------------------|
# | any                    | longer ago than STALE                             | stay              |
# | hold                   | any                                               | stay              |
# | no target              | EC2 does not say where the address points         | stay              |
# |                        | a place points at something that is no node       | stay: FOREIGN     |
# |                        | all places at one node                            | adopt it          |
# |                        | some places at one node, the others at none       | drive to that one |
# |                        | else: the first node that is up                   | drive to that one |
# |                        | else                                              | stay              |
# | active node is down    | another node is up, within the dwell              | stay              |
# | (in `failures` rounds, | another node is up, the budget is spent           | hold: BUDGET      |
# | or EC2 says stopped)   | another node is up                                | move to the first |
# |                        | no other node is up                               | stay              |
# | active node is not     | a place points elsewhere, active node not up now  | stay              |
# | down                   | a place points elsewhere                          | repair            |
# |                        | it is not the preferred one; failback is asked    |                   |
# |                        | for; the preferred one is down                    | unmark, or stay   |
# |                        | the same, not in `recoveries` rounds, or stopped  | stay              |
# |                        | the same, in so many, without a mark, time asked  | mark it           |
# |                        | the same, marked, active node not known to be up  | stay              |
# |                        | the same, marked too short ago                    | stay              |
# |                        | the same, within the dwell or the budget spent    | stay              |
# |                        | the same                                          | move to it        |
# |                        | else                                              | stay              |
def decide(state: State, observed: Observed, policy: Policy, now: float) -> Decision:
    """Decide what is to be done.

    Args:
        state: the journal as it was read before the nodes were probed; nobody has its head.
        observed: what was seen since.
        policy: when to move.
        now: the time in seconds of the epoch.
    """
    if now - observed.at > STALE:
        return Decision("what was seen is too old")
    if state.hold:
        return Decision(f"held: {state.hold}")
    if state.target not in observed.nodes:
        return _start(state, observed, now)
    return (
        _failover(state, observed, policy, now)
        or _repair(state, observed, now)
        or _failback(state, observed, policy, now)
        or _WELL
    )


def _start(state: State, observed: Observed, now: float) -> Decision:
    """Begin with where the address points; where it points nowhere, with the first that is up."""
    if observed.placement is None:
        return Decision("EC2 does not say where the address points")
    there = set(observed.placement.places.values())
    nodes = there - {""}
    if nodes - set(observed.nodes):
        return Decision(FOREIGN)
    if len(nodes) == 1:
        node = nodes.pop()
        why = f"the address points at {node!r}"
        begun = (
            state.intent(node, START, why, now) if "" in there else state.adopted(node, why, now)
        )
        return Decision(why, begun)
    for node in observed.nodes:
        if observed.may_have_it(node):
            why = f"{node!r} is the first node that is up"
            return Decision(why, state.intent(node, START, why, now))
    return Decision("no node is up")


def _failover(state: State, observed: Observed, policy: Policy, now: float) -> Decision | None:
    why = _down(state.target, observed, policy)
    if not why:
        return None
    for node in observed.nodes:
        if observed.may_have_it(node):  # never the active one, which is down
            break
    else:
        return Decision(f"{why}, and no other node is up")
    if _dwells(state, policy, now):
        return Decision(f"{why}, but the last move was less than {policy.min_dwell:g} s ago")
    if _spent(state, policy, now):
        return Decision(BUDGET, state.held_back(BUDGET, now))
    return Decision(why, state.intent(node, FAILURE, why, now))


def _down(node: str, observed: Observed, policy: Policy) -> str:
    """Tell why a node is down; empty where it is not."""
    if node in observed.stopped:
        return f"EC2 says that {node!r} is stopped"
    streak = observed.streaks.of(node)
    if streak.seen == DOWN and streak.rounds >= policy.failures:
        # Not in how many: while nothing can be done about it, this is the same in each round.
        return f"{node!r} was down in {policy.failures} rounds: {observed.verdicts.why[node]}"
    return ""


def _repair(state: State, observed: Observed, now: float) -> Decision | None:
    if observed.placement is None or observed.placement.all_at(state.target):
        return None
    if not observed.may_have_it(state.target):
        return Decision(f"not every place points at {state.target!r}, which is not known to be up")
    why = f"not every place points at {state.target!r}"
    return Decision(why, state.intent(state.target, REPAIR, why, now))


def _failback(state: State, observed: Observed, policy: Policy, now: float) -> Decision | None:
    preferred = observed.nodes[0]
    if policy.failback is None or state.target == preferred:
        return None
    streak = observed.streaks.of(preferred)
    if streak.seen == DOWN and state.recovered:
        return Decision(f"{preferred!r} is down again", state.marked(0))
    if streak.rounds < policy.recoveries or not observed.may_have_it(preferred):
        return None
    if policy.failback and not state.recovered:
        return Decision(f"{preferred!r} is healthy again", state.marked(now))
    why_not = _too_early(state, observed, policy, now)
    if why_not:
        return Decision(f"{preferred!r} is healthy again, but {why_not}")
    why = f"{preferred!r} is healthy again"
    return Decision(why, state.intent(preferred, FAILBACK, why, now))


def _too_early(state: State, observed: Observed, policy: Policy, now: float) -> str:
    """Tell why a failback has to wait; empty where it has not."""
    if not observed.may_have_it(state.target):
        return f"whether {state.target!r} is up is not known"
    if policy.failback and now * 1000 - state.recovered < policy.failback * 1000:
        return f"not yet for {policy.failback:g} s"
    if _dwells(state, policy, now) or _spent(state, policy, now):
        return "moves are limited"
    return ""


def _dwells(state: State, policy: Policy, now: float) -> bool:
    # A time to come is of a clock that is ahead: of a little it counts, else nothing would end it.
    return bool(state.moves) and abs(now * 1000 - state.moves[-1]) < policy.min_dwell * 1000


def _spent(state: State, policy: Policy, now: float) -> bool:
    lately = sum(abs(now * 1000 - each) < HOUR * 1000 for each in state.moves)
    return lately >= policy.max_moves_per_hour
