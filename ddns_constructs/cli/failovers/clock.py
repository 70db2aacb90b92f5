"""The time, and waiting, for commands that follow what happens."""

from __future__ import annotations

import datetime as dt
import time

__all__ = ["now", "seconds", "sleep"]


def now() -> dt.datetime:
    """Return the time, in UTC."""
    return dt.datetime.fromtimestamp(seconds(), dt.timezone.utc)


def seconds() -> float:
    """Return the time in seconds of the epoch."""
    return time.time()


def sleep(span: float) -> None:
    """Wait for some seconds."""
    time.sleep(span)
