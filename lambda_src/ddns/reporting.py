"""Logs and metrics: JSON lines on standard output, metrics in the embedded metric format."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ddns.ports import Clock

NAMESPACE = "DdnsConstructs"
# CloudWatch takes this many values of one metric in one line.
_VALUES = 100
_JSON = json.JSONEncoder(separators=(",", ":"), default=str)


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
        stream.write(_JSON.encode(line) + "\n")
        stream.flush()
