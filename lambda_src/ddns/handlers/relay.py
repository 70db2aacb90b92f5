"""Entry point of NameFailover's relay: a function URL that Route 53's health checkers ask."""

from __future__ import annotations

import os
from typing import Any

from ddns.adapters.clock import SystemClock
from ddns.adapters.sockets import probe_all
from ddns.failover.primary import Primary, PrimarySettings
from ddns.failover.relay import MOST_SECONDS, Relay
from ddns.reporting import Report


def _relay(settings: PrimarySettings) -> Relay:
    clock = SystemClock()
    check = settings.check._replace(timeout=min(settings.check.timeout, MOST_SECONDS))
    primary = Primary(settings.endpoints, check, probe_all, clock)
    return Relay(settings.name, primary, clock, Report(settings.function, clock))


_made = _relay(PrimarySettings.from_environment(os.environ))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a request."""
    return _made.answer(event)
