"""What became of a batch or a sweep."""

from __future__ import annotations

from dataclasses import dataclass, field

from ddns.core.instance.plan import Plan
from ddns.core.records import Change, Refusal


@dataclass(slots=True)
class Outcome:
    """What was done, and what was not.

    Attributes:
        changes: every change that took effect, in order, with its zone's id.
        removed: how many record sets went for good.
        refusals: planned "no"s, each once.
        warnings: what somebody should look at.
        failed: owners who do not have what they should yet, with the reason: try again.
        rejected: owners with a name that Route 53 never takes, with its reason.
        changed: owners for whom something was written or removed.
        idle: owners that want nothing and had nothing.
        throttles: how often Route 53 said to come back later.
        withheld: deletes that the safety valve held back.
        plan: what would be done, where nothing was to be done.
    """

    changes: list[tuple[str, Change]] = field(default_factory=list)
    removed: int = 0
    refusals: dict[Refusal, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    idle: set[str] = field(default_factory=set)
    throttles: int = 0
    withheld: int = 0
    plan: Plan | None = None
