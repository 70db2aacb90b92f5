"""What goes wrong in one run, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

NEVER = float("inf")
NODES = ("a", "b")
"""``a`` has the address at first; each is in the zone of its name, and so is a prober."""

SILENT, REFUSED = "timed out", "refused"
EC2, DYNAMODB, LAMBDA = "ec2", "dynamodb", "lambda"


class Spell(NamedTuple):
    """A time, from its begin to its end."""

    begin: float
    end: float = NEVER

    def covers(self, moment: float) -> bool:
        """Tell whether a moment lies in it."""
        return self.begin <= moment < self.end


_NO_SPELL = Spell(NEVER)


class Down(NamedTuple):
    """For how long a node does not serve, and what who asks it sees."""

    spell: Spell
    how: str = SILENT


class Cut(NamedTuple):
    """A link between a prober (its number) and a node that does not carry anything."""

    prober: int
    node: str
    spell: Spell


class Changed(NamedTuple):
    """A route that somebody else changes."""

    at: float
    table: str
    target: str


@dataclass
class Story:
    """What goes wrong; times are in seconds since the run began.

    Attributes:
        at: when the failure begins.
        end: when the run does.
        down: when nodes do not serve.
        stopped: when EC2 stops an instance.
        cut: links that are gone.
        silent: when a prober gives no answer, by its number.
        away: when a part of AWS does not answer.
        throttled: when EC2 refuses some calls, and which part of them.
        killed: when the older of the two running controllers dies, or the newer one.
        none: when no controller runs, or is started.
        changed: a route that somebody else changes.
    """

    at: float
    end: float
    down: dict[str, list[Down]] = field(default_factory=dict)
    stopped: dict[str, tuple[float, str]] = field(default_factory=dict)
    cut: list[Cut] = field(default_factory=list)
    silent: dict[int, Spell] = field(default_factory=dict)
    away: dict[str, Spell] = field(default_factory=dict)
    throttled: tuple[Spell, float] = (_NO_SPELL, 0.0)
    killed: tuple[float, bool] | None = None
    none: Spell = _NO_SPELL
    changed: Changed | None = None

    def serves(self, node: str, moment: float) -> bool:
        """Tell whether a node serves at a moment."""
        return self.how(node, moment) is None

    def how(self, node: str, moment: float) -> str | None:
        """Return what who asks a node sees at a moment; None where it serves."""
        for each in self.down.get(node, ()):
            if each.spell.covers(moment):
                return each.how
        return None

    def reaches(self, prober: int, node: str, moment: float) -> bool:
        """Tell whether a prober reaches a node at a moment."""
        return not any(
            (each.prober, each.node) == (prober, node) and each.spell.covers(moment)
            for each in self.cut
        )

    def is_away(self, service: str, moment: float) -> bool:
        """Tell whether a part of AWS does not answer at a moment."""
        spell = self.away.get(service)
        return spell is not None and spell.covers(moment)

    @property
    def trouble(self) -> Spell:
        """The time in which a part of AWS does not answer, or refuses; none is at the end."""
        return next(iter(self.away.values()), self.throttled[0])

    def ends(self) -> list[float]:
        """Return the moments at which nodes fail or serve again."""
        spells = [each.spell for some in self.down.values() for each in some]
        return sorted({moment for spell in spells for moment in spell if moment < self.end})
