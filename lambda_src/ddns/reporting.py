"""Logs and metrics: JSON lines on standard output, metrics in the embedded metric format.

Lambda drops a line of JSON below the function's application log level, and takes one without a
``level``, or without an RFC 3339 ``timestamp``, to be INFO
(https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html). So every
line has both, and what alarms depend on, metrics and errors, is never below that level.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ddns.ports import Clock

NAMESPACE = "DdnsConstructs"
# CloudWatch takes this many values of one metric in one line.
_VALUES = 100
# Lines are never circular: looking for that would take time of every request.
_JSON = json.JSONEncoder(separators=(",", ":"), default=str, check_circular=False)
_COUNTS: Mapping[str, str] = {}
_OF_FUNCTION = ("Function",)
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


class Report:
    """Writes what happened; never a credential."""

    def __init__(
        self,
        function: str,
        clock: Clock,
        stream: TextIO | None = None,
        *,
        log_level: str | None = None,
    ) -> None:
        """Take the function's name, which is the metrics' dimension, and where to write.

        Args:
            function: the function's name.
            clock: the clock.
            stream: where to write. Default: standard output.
            log_level: the function's application log level. Default: what Lambda says it is.
        """
        self._function = function
        self._clock = clock
        self._stream = stream
        level = log_level or os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO")
        least = _LEVELS.index(level.upper()) if level.upper() in _LEVELS else 0
        self._shown = frozenset(_LEVELS[least:])
        self._least = _LEVELS[max(least, _LEVELS.index("INFO"))]

    def line(self, level: str, message: str, **fields: object) -> None:
        """Write one line; errors are written whatever the application log level is."""
        if level == "ERROR" and level not in self._shown:
            level = self._least
        self._write(level, {"message": message, **fields})

    def request(
        self, level: str, counts: Mapping[str, int], watched: Iterable[str] = (), **fields: object
    ) -> None:
        """Write one line of what became of a request, with its metrics.

        Where the application log level leaves the line out, only its metrics are written.

        Args:
            level: INFO or WARN.
            counts: metrics; those that are zero are left out.
            watched: hosts that are counted each, as metric ``HostSeen``.
            fields: what else to write.
        """
        if level not in self._shown:
            level, fields = self._least, {}
        metrics = {name: count for name, count in counts.items() if count}
        fields.update(self._embedded(_OF_FUNCTION, metrics))
        self._write(level, {"message": "request", **fields})
        for host in watched:
            seen = self._embedded(("Function", "Host"), {"HostSeen": 1})
            self._write(self._least, {"Host": host, **seen})

    def metrics(
        self, counts: Mapping[str, int], values: Mapping[str, tuple[str, Sequence[int]]]
    ) -> None:
        """Write metrics.

        CloudWatch bills each for the hours in which it gets a value, be that a zero: zeros, and
        metrics without a value, are left out.

        Args:
            counts: how often what happened.
            values: other metrics: their unit, and their values, of which a hundred are written.
        """
        found: dict[str, Any] = {name: count for name, count in counts.items() if count}
        units = {name: unit for name, (unit, some) in values.items() if some}
        found |= {name: list(values[name][1][:_VALUES]) for name in units}
        if found:
            self._write(self._least, self._embedded(_OF_FUNCTION, found, units))

    def _embedded(
        self,
        dimensions: Sequence[str],
        found: Mapping[str, Any],
        units: Mapping[str, str] = _COUNTS,
    ) -> dict[str, object]:
        """Return metrics in the embedded metric format; without a unit they are counts."""
        directive = {
            "Namespace": NAMESPACE,
            "Dimensions": [dimensions],
            "Metrics": [{"Name": name, "Unit": units.get(name, "Count")} for name in found],
        }
        aws = {"Timestamp": int(self._clock.now() * 1000), "CloudWatchMetrics": [directive]}
        return {"_aws": aws, "Function": self._function, **found}

    def _write(self, level: str, line: Mapping[str, Any]) -> None:
        now = datetime.fromtimestamp(self._clock.now(), timezone.utc).isoformat()
        stream = self._stream or sys.stdout
        stream.write(_JSON.encode({"timestamp": now, "level": level, **line}) + "\n")
        stream.flush()
