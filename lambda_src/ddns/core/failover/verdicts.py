"""From what probers say to what is known of each node."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

UP, DOWN, UNKNOWN = "up", "down", "unknown"
"""What a probe has seen, and what is known of a node."""


class Answer(NamedTuple):
    """What one probe of one node has seen.

    Attributes:
        seen: ``UP``, ``DOWN``, or ``UNKNOWN`` where the trouble may be the prober's own.
        why: a short text.
        ms: how long it took, in milliseconds.
    """

    seen: str
    why: str = ""
    ms: int = 0


Answers = Mapping[str, Answer]
"""What one prober says, by node."""


class Verdicts(NamedTuple):
    """What is known after a round of probes.

    Attributes:
        nodes: ``UP``, ``DOWN`` or ``UNKNOWN`` by node.
        why: a short text by node.
        asked: how many probers there are.
        answered: how many of them answered.
        live: how many of those saw a node up.
        doubted: nodes that a prober saw down.
    """

    nodes: Mapping[str, str]
    why: Mapping[str, str]
    asked: int = 0
    answered: int = 0
    live: int = 0
    doubted: frozenset[str] = frozenset()

    @property
    def dark(self) -> bool:
        """Whether probers answered and not one saw a node up: all are down, or they are cut off."""
        return self.answered > 0 and not self.live


def verdicts(nodes: Collection[str], said: Sequence[Answers | None]) -> Verdicts:
    """Say what is known of each node.

    A prober that sees no node up may be cut off itself: it has no vote. With fewer voters than half
    of all probers, nothing is known.

    Args:
        nodes: the names of all nodes.
        said: what each prober says; None for one that gave no answer.
    """
    answers = [each for each in said if each is not None]
    voters = [each for each in answers if any(seen.seen == UP for seen in each.values())]
    enough = bool(voters) and 2 * len(voters) >= len(said)
    return Verdicts(
        {node: _verdict(node, voters) if enough else UNKNOWN for node in nodes},
        {node: "; ".join(sorted(_reasons(node, answers))) for node in nodes},
        len(said),
        len(answers),
        len(voters),
        frozenset(node for node in nodes if DOWN in _seen(node, answers)),
    )


def _verdict(node: str, voters: Sequence[Answers]) -> str:
    seen = _seen(node, voters)
    if UP in seen:
        return UP
    return DOWN if seen == {DOWN} else UNKNOWN


def _seen(node: str, answers: Sequence[Answers]) -> set[str]:
    return {each[node].seen if node in each else UNKNOWN for each in answers}


def _reasons(node: str, answers: Sequence[Answers]) -> Iterator[str]:
    for each in answers:
        if node in each and each[node].seen != UP and each[node].why:
            yield each[node].why
