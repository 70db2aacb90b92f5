"""How often is looked, and when moved: what the numbers promise together is checked together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration

from ddns_constructs._common.arguments import amount, check_kind, check_number, check_seconds
from ddns_constructs._failover.choices import Failback, Fence

if TYPE_CHECKING:
    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._failover.probe import Probe

# For how long a controller holds the journal while it moves.
LEASE_SECONDS = 10
# How often is read back what EC2 says: rounds may be further apart.
_VERIFY_SECONDS = 15
# A controller goes on for 118 seconds, and the next one begins after 60: one of the two has this
# much time left at any moment, and what it has seen ends with it.
_ONE_CONTROLLER, _AT_ANY_MOMENT = 110, 55
# Beside the probe itself: reading the journal, and the answers' way back.
_ROUND_MILLIS = 500
_INTERVAL, _DWELL = 3, 60
_MAX_INTERVAL, _MAX_DWELL = 30, 86_400
_MAX_FAILURES, _MAX_RECOVERIES, _MAX_MOVES = 20, 1_000, 20
_MAX_FAILBACK = 30 * 86_400


@dataclass(frozen=True)
class Timing:
    """Checked arguments; durations are whole seconds."""

    interval: int
    failures: int
    recoveries: int
    failback: int | None
    min_dwell: int
    max_moves_per_hour: int
    fence: Fence

    @classmethod
    def check(
        cls,
        *,
        interval: Duration | None,
        failures: int,
        recoveries: int,
        failback: Failback | None,
        min_dwell: Duration | None,
        max_moves_per_hour: int,
        fence: Fence | None,
        problems: Problems,
    ) -> Timing:
        """Return the numbers; note each that is out of its bounds."""
        for keyword, count, most in (
            ("failures", failures, _MAX_FAILURES),
            ("recoveries", recoveries, _MAX_RECOVERIES),
            ("max_moves_per_hour", max_moves_per_hour, _MAX_MOVES),
        ):
            hint = f"omit it to use {_DEFAULTS[keyword]}"
            check_number(keyword, count, minimum=1, maximum=most, hint=hint, problems=problems)
        return cls(
            interval=check_seconds(
                "interval",
                Duration.seconds(_INTERVAL) if interval is None else interval,
                minimum=1,
                maximum=_MAX_INTERVAL,
                default="3 seconds",
                problems=problems,
            ),
            failures=failures,
            recoveries=recoveries,
            failback=_check_failback(failback, problems),
            min_dwell=check_seconds(
                "min_dwell",
                Duration.seconds(_DWELL) if min_dwell is None else min_dwell,
                minimum=1,
                maximum=_MAX_DWELL,
                default="1 minute",
                problems=problems,
            ),
            max_moves_per_hour=max_moves_per_hour,
            fence=_check_fence(fence, problems),
        )

    def check_promises(self, probe: Probe, problems: Problems) -> None:
        """Note numbers that are right by themselves and cannot be kept together."""
        if self.interval * 1_000 < probe.timeout_millis + _ROUND_MILLIS:
            problems.add(
                f"'interval' must leave a round the time-out of its probe and half a second more, "
                f"got {amount(self.interval)} with a probe of {probe.timeout_millis} ms: "
                "make it longer, or the probe's timeout shorter"
            )
        self._check_streaks(problems)
        least = self.detection + LEASE_SECONDS
        if self.min_dwell < least:
            problems.add(
                f"'min_dwell' must be at least 'failures' times 'interval' and {LEASE_SECONDS} "
                f"seconds more for the move, {least} seconds here, got {amount(self.min_dwell)}: "
                "a shorter one is over before it is seen whether the last move was of use"
            )
        observed = max(self.recoveries * self.interval, self.min_dwell)
        if self.failback is not None and self.failback < observed:
            problems.add(
                "'failback' must be after at least 'recoveries' times 'interval', and 'min_dwell', "
                f"{observed} seconds here, got {amount(self.failback)}: make it longer"
            )

    def _check_streaks(self, problems: Problems) -> None:
        for keyword, rounds, most in (
            ("failures", self.failures, _AT_ANY_MOMENT),
            ("recoveries", self.recoveries, _ONE_CONTROLLER),
        ):
            if rounds * self.interval > most:
                problems.add(
                    f"'{keyword}' times 'interval' must be at most {most} seconds, got "
                    f"{amount(rounds * self.interval)}: a controller counts no longer before the "
                    f"next one takes over, use {most // self.interval} at most, or a shorter "
                    "interval"
                )

    @property
    def detection(self) -> int:
        """How many seconds of failed probes it takes to call a node down."""
        return self.failures * self.interval

    def as_json(self) -> str:
        """Return it as the controller reads it."""
        policy = {
            "interval": self.interval,
            "failures": self.failures,
            "recoveries": self.recoveries,
            "failback": self.failback,
            "min_dwell": self.min_dwell,
            "max_moves_per_hour": self.max_moves_per_hour,
            "fence": "stop" if self.fence.stops else "none",
            "verify_interval": max(_VERIFY_SECONDS, self.interval),
        }
        return json.dumps(policy, separators=(",", ":"))


_DEFAULTS = {"failures": 3, "recoveries": 10, "max_moves_per_hour": 3}


def _check_failback(failback: object, problems: Problems) -> int | None:
    if failback is None:
        return None
    example = "Failback.manual() or Failback.after(Duration.minutes(10))"
    if not check_kind("failback", failback, Failback, example, problems):
        return None
    assert isinstance(failback, Failback)  # noqa: S101 - for the type checker
    if failback.duration is None:
        return None
    return check_seconds(
        "failback",
        failback.duration,
        minimum=1,
        maximum=_MAX_FAILBACK,
        default="Failback.manual()",
        problems=problems,
    )


def _check_fence(fence: object, problems: Problems) -> Fence:
    example = "Fence.none() or Fence.stop_instance()"
    if fence is None or not check_kind("fence", fence, Fence, example, problems):
        return Fence()
    assert isinstance(fence, Fence)  # noqa: S101 - for the type checker
    return fence
