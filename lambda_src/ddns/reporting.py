"""Logs and metrics: JSON lines on standard output, metrics in the embedded metric format."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from ddns.core.records import Change
from ddns.instance.outcome import Outcome

if TYPE_CHECKING:
    from ddns.ports import Clock

NAMESPACE = "DdnsConstructs"
_CHANGES_PER_LINE = 50
# CloudWatch takes this many values of one metric in one line.
_VALUES = 100


class Report:
    """Writes what happened; never a credential."""

    def __init__(self, function: str, clock: Clock, stream: TextIO | None = None) -> None:
        """Take the function's name, which is the metrics' dimension, and where to write."""
        self._function = function
        self._clock = clock
        self._stream = stream

    def line(self, level: str, message: str, **fields: object) -> None:
        """Write one line."""
        self._write({"level": level, "message": message, **fields})

    def report(self, outcome: Outcome, delays: Sequence[int] = (), failed: int = 0) -> None:
        """Write what became of a batch.

        Args:
            outcome: what was done and what was not.
            delays: milliseconds from event to change, of each event that led to one.
            failed: how many messages go back to the queue or to the dead-letter queue.
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
        self.metrics(
            {
                "RecordsWritten": sum(each.action == "CREATE" for _, each in outcome.changes),
                "RecordsRemoved": outcome.removed,
                "ClaimsRefused": len(outcome.refusals),
                "Route53Throttles": outcome.throttles,
                "MessagesFailed": failed,
                "DeletesWithheld": outcome.withheld,
                "Warnings": len(outcome.warnings),
            },
            delays,
        )

    def request(
        self, level: str, counts: Mapping[str, int], watched: Iterable[str] = (), **fields: object
    ) -> None:
        """Write one line of what became of a request, with its metrics.

        Args:
            level: INFO or WARN.
            counts: metrics; those that are zero are left out.
            watched: hosts that are counted each, as metric ``HostSeen``.
            fields: what else to write.
        """
        metrics = {name: count for name, count in counts.items() if count}
        self._write(
            {
                "level": level,
                "message": "request",
                **fields,
                **self._embedded(("Function",), metrics),
            }
        )
        for host in watched:
            self._write({"Host": host, **self._embedded(("Function", "Host"), {"HostSeen": 1})})

    def _embedded(self, dimensions: Sequence[str], counts: Mapping[str, int]) -> dict[str, object]:
        """Return counts in the embedded metric format."""
        directive = {
            "Namespace": NAMESPACE,
            "Dimensions": [dimensions],
            "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
        }
        aws = {"Timestamp": int(self._clock.now() * 1000), "CloudWatchMetrics": [directive]}
        return {"_aws": aws, "Function": self._function, **counts}

    def metrics(self, counts: dict[str, int], delays: Sequence[int]) -> None:
        """Write counts, and delays in milliseconds, as metrics."""
        metrics = [{"Name": name, "Unit": "Count"} for name in counts]
        values: dict[str, Any] = dict(counts)
        if delays:
            metrics.append({"Name": "EventToChange", "Unit": "Milliseconds"})
            values["EventToChange"] = list(delays[:_VALUES])
        directive = {"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": metrics}
        timestamp = int(self._clock.now() * 1000)
        self._write(
            {
                "_aws": {"Timestamp": timestamp, "CloudWatchMetrics": [directive]},
                "Function": self._function,
                **values,
            }
        )

    def _write(self, line: dict[str, Any]) -> None:
        stream = self._stream or sys.stdout
        stream.write(json.dumps(line, separators=(",", ":"), default=str) + "\n")
        stream.flush()


def _chunks(changes: Sequence[tuple[str, Change]]) -> Iterator[Sequence[tuple[str, Change]]]:
    for start in range(0, len(changes), _CHANGES_PER_LINE):
        yield changes[start : start + _CHANGES_PER_LINE]


def _shown(zone_id: str, change: Change) -> str:
    values = " ".join(change.record_set.values)
    return f"{change.action} {zone_id} {change.name} {change.record_set.ttl} {change.type} {values}"
