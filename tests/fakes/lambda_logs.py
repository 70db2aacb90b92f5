"""What Lambda sends on of a function's standard output, when its log format is JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

# Developer Guide, "Log-level filtering": the levels that a user can choose, the last sends the
# least. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
# RFC 3339, section 5.6.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)


def kept(output: str, log_level: str) -> list[dict[str, Any]]:
    """Return the lines that Lambda keeps at an application log level."""
    lines = [json.loads(line) for line in output.splitlines()]
    return [line for line in lines if LEVELS.index(_level(line)) >= LEVELS.index(log_level)]


def _level(line: dict[str, Any]) -> str:
    """Return the level that Lambda takes a line to be of.

    "If the level value field is invalid or missing, Lambda will assign the log output the level
    INFO", and likewise "if you don't supply a valid timestamp".
    """
    level, timestamp = str(line.get("level")).upper(), str(line.get("timestamp"))
    if level not in LEVELS or not _RFC3339.fullmatch(timestamp):
        return "INFO"
    try:
        datetime.fromisoformat(timestamp.upper().replace("Z", "+00:00"))
    except ValueError:
        return "INFO"
    return level
