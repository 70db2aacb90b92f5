"""What InstanceDdns logs and counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddns.core.records import Change
from ddns.instance.outcome import Outcome
from ddns.redelivery import OLDEST_FAILED
from ddns.reporting import Report

_CHANGES_PER_LINE = 50


class InstanceReport(Report):
    """Writes what became of messages and sweeps."""

    def report(
        self,
        outcome: Outcome,
        delays: Sequence[int] = (),
        failed: int = 0,
        oldest: Sequence[int] = (),
    ) -> None:
        """Write what became of a batch, or of a step of a sweep.

        Args:
            outcome: what was done and what was not.
            delays: milliseconds from event to change, of each event that led to one.
            failed: how many messages go back to the queue or to the dead-letter queue.
            oldest: the age of the oldest of those that go back, in seconds.
        """
        for some in _chunks(outcome.changes):
            self.line("INFO", "record sets changed", changes=[_shown(*each) for each in some])
        for refusal in outcome.refusals:
            self.line("WARN", "refused", **refusal._asdict())
        for warning in outcome.warnings:
            self.line("WARN", warning)
        for owner, reason in outcome.failed.items():
            self.line("ERROR", "to be tried again", owner=owner, reason=reason)
        if outcome.withheld:
            self.line("ERROR", "more deletes than max_deletes: none done", deletes=outcome.withheld)
        if outcome.abandoned:
            self.line("ERROR", "a sweep took more steps than its fleet explains: it was ended")
        self.metrics(
            {
                "RecordsWritten": sum(each.action == "CREATE" for _, each in outcome.changes),
                "RecordsRemoved": outcome.removed,
                "ClaimsRefused": len(outcome.refusals),
                "Route53Throttles": outcome.throttles,
                "MessagesFailed": failed,
                "DeletesWithheld": outcome.withheld,
                "SweepsAbandoned": outcome.abandoned,
                "Warnings": len(outcome.warnings),
                **({"ZoneGone": len(outcome.gone)} if outcome.gone else {}),
            },
            {"EventToChange": ("Milliseconds", delays), OLDEST_FAILED: ("Seconds", oldest)},
        )


def _chunks(changes: Sequence[tuple[str, Change]]) -> Iterator[Sequence[tuple[str, Change]]]:
    for start in range(0, len(changes), _CHANGES_PER_LINE):
        yield changes[start : start + _CHANGES_PER_LINE]


def _shown(zone_id: str, change: Change) -> str:
    values = " ".join(change.record_set.values)
    return f"{change.action} {zone_id} {change.name} {change.record_set.ttl} {change.type} {values}"
