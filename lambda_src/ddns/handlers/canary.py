"""Entry point of NameFailover's canary: a metric each minute, for an alarm."""

from __future__ import annotations

import os

from ddns.adapters.clock import SystemClock
from ddns.adapters.sockets import probe_all
from ddns.core.failover.verdicts import UNKNOWN, UP
from ddns.failover.primary import Primary, PrimarySettings
from ddns.reporting import Report

_settings = PrimarySettings.from_environment(os.environ)
_clock = SystemClock()
_report = Report(_settings.function, _clock)
_primary = Primary(_settings.endpoints, _settings.check, probe_all, _clock)


def handler(_event: object, _context: object) -> dict[str, str]:
    """Write 1 or 0 as metric ``PrimaryUp``, and nothing where nobody knows."""
    seen, why = _primary.look()
    if seen != UP:
        _report.line("WARN", f"the primary is {seen}", name=_settings.name, reason=why)
    if seen != UNKNOWN:
        _report.metrics({}, {"PrimaryUp": ("Count", [int(seen == UP)])})
    return {"seen": seen, "why": why}
