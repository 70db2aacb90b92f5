"""Looks at every health check of the account at its interval, and knows which are healthy."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ddns_constructs.local.errors import LocalAwsError
from ddns_constructs.local.health.endpoints import Look, look_at
from ddns_constructs.local.health.status import (
    Check,
    Streak,
    alarm_says,
    enough_children,
    parse_check,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ddns_constructs.local.health.endpoints import Endpoint

    _Locate = Callable[[Check], Endpoint | None]

__all__ = ["HealthChecks"]

_INTERVAL = 0.25  # seconds between two readings of the account's checks
_PATIENCE = 60.0
_POLL = 0.02
_REGION, _ADDRESS = "us-east-1", "127.0.0.1"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watched:
    """One check, what is known of it, and when it is looked at next."""

    check: Check
    streak: Streak = field(default_factory=Streak)
    due: float = 0.0
    looking: bool = False
    looks: int = 0
    last: Look | None = None
    at: str = ""


class HealthChecks:
    """The health checks of an account, looked at until they are closed.

    One checker looks at an endpoint once an interval. An endpoint that is not on this machine is
    not looked at: its status stays that of a new check.

    Args:
        route53: A boto3 client of Route 53.
        cloudwatch: A boto3 client of CloudWatch.
        locate: Tells where a check's endpoint is on loopback; None if it is elsewhere.
        file: Where to write what is seen, for the emulator to tell.
    """

    def __init__(self, route53: Any, cloudwatch: Any, locate: _Locate, file: Path) -> None:  # noqa: ANN401 - boto3's
        self._route53 = route53
        self._cloudwatch = cloudwatch
        self._locate = locate
        self._file = file
        self._turn = threading.Condition(threading.RLock())
        self._watched: dict[str, _Watched] = {}
        self._lookers: set[threading.Thread] = set()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health-checks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking. A look under way is waited for: ten seconds at most."""
        self._closing.set()
        self._thread.join()
        with self._turn:
            lookers = tuple(self._lookers)
        for thread in lookers:
            thread.join()

    def is_healthy(self, health_check: str) -> bool:
        """Return whether Route 53 considers a health check healthy.

        Args:
            health_check: Its id. One that does not exist is healthy.
        """
        with self._turn:
            if health_check not in self._watched:
                self._read()
            watched = self._watched.get(health_check)
            return True if watched is None else self._status(watched)

    def why(self, health_check: str) -> str:
        """Return what the last look at an endpoint saw; empty where nobody has looked.

        Args:
            health_check: The check's id.
        """
        with self._turn:
            watched = self._watched.get(health_check)
            return "" if watched is None or watched.last is None else watched.last.why

    def look(self, times: int = 1, timeout: float = _PATIENCE) -> None:
        """Look at every endpoint, and read every alarm, now instead of when its time comes.

        Args:
            times: How often, one look after the other.
            timeout: Seconds.

        Raises:
            LocalAwsError: A look took longer.
        """
        for _ in range(times):
            with self._turn:
                self._look_once(timeout)

    def wait_until(
        self, health_check: str, *, healthy: bool = True, timeout: float = _PATIENCE
    ) -> None:
        """Wait until a health check is healthy, or is not.

        Args:
            health_check: Its id.
            healthy: What to wait for.
            timeout: Seconds.

        Raises:
            LocalAwsError: It did not come in time; the text says what the last look saw.
        """
        deadline = time.monotonic() + timeout
        while self.is_healthy(health_check) is not healthy:
            if time.monotonic() > deadline:
                wanted = "healthy" if healthy else "unhealthy"
                raise LocalAwsError(
                    f"health check {health_check} is not {wanted} within {timeout:g} seconds,"
                    f" the last look: {self.why(health_check) or 'none'}"
                )
            time.sleep(_POLL)

    def _look_once(self, timeout: float) -> None:
        self._read()
        wanted = {
            key: each.looks + 1 + each.looking  # the one under way may have begun too early
            for key, each in self._watched.items()
            if each.check.is_of_endpoint
        }
        if not self._turn.wait_for(lambda: self._reached(wanted), timeout):
            raise LocalAwsError(f"endpoints were not looked at within {timeout:g} seconds")

    def _reached(self, wanted: dict[str, int]) -> bool:
        """Begin the looks that are still wanted, and return whether all are done."""
        missing = [
            each
            for key, count in wanted.items()
            if (each := self._watched.get(key)) is not None and each.looks < count
        ]
        for each in missing:
            self._begin(each)
        return not missing

    def _status(self, watched: _Watched) -> bool:
        check = watched.check
        if check.disabled:
            raw = True
        elif check.kind == "CALCULATED":
            raw = enough_children(check, self.is_healthy)
        else:
            raw = watched.streak.healthy
        return raw is not check.inverted

    def _run(self) -> None:
        while not self._closing.wait(_INTERVAL):
            # The emulator may be busy or ending: the next reading comes soon.
            with contextlib.suppress(BotoCoreError, ClientError), self._turn:
                self._read()
                now = time.monotonic()
                for each in self._watched.values():
                    if each.due <= now and each.check.is_of_endpoint:
                        self._begin(each)

    def _read(self) -> None:
        pages = self._route53.get_paginator("list_health_checks").paginate()
        checks = [parse_check(found) for page in pages for found in page["HealthChecks"]]
        self._watched = {check.id: self._watched.get(check.id, _Watched(check)) for check in checks}
        for check in checks:
            self._watched[check.id].check = check
        self._read_alarms([each for each in checks if each.alarm and not each.disabled])

    def _read_alarms(self, checks: Sequence[Check]) -> None:
        if not checks:
            return
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNames=sorted({check.alarm for check in checks})
        )
        states = {
            alarm["AlarmName"]: alarm["StateValue"]
            for page in pages
            for alarm in page["MetricAlarms"]
        }
        for check in checks:
            watched = self._watched[check.id]
            state = states.get(check.alarm, "INSUFFICIENT_DATA")
            watched.streak = Streak(alarm_says(check, state, before=watched.streak.healthy))

    def _begin(self, watched: _Watched) -> None:
        if watched.looking or self._closing.is_set():
            return
        watched.looking = True
        watched.due = time.monotonic() + watched.check.interval
        thread = threading.Thread(target=self._look, args=(watched,), daemon=True)
        self._lookers.add(thread)
        thread.start()

    def _look(self, watched: _Watched) -> None:
        check = watched.check
        try:
            endpoint = self._locate(check)
            seen = look_at(check, endpoint) if endpoint else None
        except (BotoCoreError, ClientError):  # the emulator is busy or ending: no look
            seen = None
        with self._turn:
            watched.looking = False
            watched.looks += 1
            if seen is not None:
                self._note(watched, seen)
            self._lookers.discard(threading.current_thread())
            self._turn.notify_all()

    def _note(self, watched: _Watched, seen: Look) -> None:
        before = watched.streak
        watched.streak = before.after(passed=seen.passed, threshold=watched.check.threshold)
        watched.last = seen
        watched.at = dt.datetime.now(dt.timezone.utc).isoformat(timespec="milliseconds")
        if watched.streak.healthy is not before.healthy:
            _log.info("health check %s: %s", watched.check.id, seen.why)
        self._write()

    def _write(self) -> None:
        seen = {
            key: [
                {
                    "region": _REGION,
                    "address": _ADDRESS,
                    "status": each.last.why,
                    "checked": each.at.replace("+00:00", "Z"),
                }
            ]
            for key, each in self._watched.items()
            if each.last is not None
        }
        whole = self._file.with_suffix(".new")
        # The folder goes with the emulator.
        with contextlib.suppress(FileNotFoundError):
            whole.write_text(json.dumps(seen))
            whole.replace(self._file)
