"""Route 53's health checkers: they look at endpoints and alarms, and the name server asks them."""

from __future__ import annotations

from ddns_constructs.local.health.checkers import HealthChecks

__all__ = ["HealthChecks"]
