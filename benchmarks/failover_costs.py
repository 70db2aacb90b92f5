"""What a failover costs a month, by list price: names, addresses, forwarding."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.costs import ALARM, DAYS, METRIC
from benchmarks.flood import PRICES

# US East (N. Virginia): docs/failover.md links the pages. Whether a function URL counts as an AWS
# endpoint is not said there: it is reckoned as another one, which is dearer.
HEALTH_CHECK = {"AWS": 0.50, "other": 0.75}
OPTION = {"AWS": 1.00, "other": 2.00}
RESOLVER_INTERFACE_HOUR = 0.125
# The bill goes by the hour, and a month has 730 on average.
HOURS = 730
# About 15 checkers ask, each at its interval.
CHECKERS = 16
FAST_SECONDS = 10
MINUTES = DAYS * 1_440
RELAY_GB, RELAY_SECONDS = 0.25, 0.02
RELAYS = 2
RELAY_CHECKS = 2 * RELAYS
# An invocation a minute, each of which does rounds for 118 s: two at a time.
CONTROLLER_GB, CONTROLLER_SECONDS = 160 / 1_024, 118
PROBER_GB, PROBER_SECONDS, PROBERS, INTERVAL = 128 / 1_024, 0.02, 2, 3
# Of one controller in a month, two at a time: the journal read each round, and written each 15 s.
SEEN_SECONDS = 15


class Sum(NamedTuple):
    """Dollars a month, by what is billed."""

    parts: dict[str, float]

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.parts.values())


def relay() -> Sum:
    """Return what `Detection.relay()` costs: checks by HTTPS, what they ask, and their sum."""
    asked = RELAY_CHECKS * CHECKERS * DAYS * 86_400 // FAST_SECONDS
    asking = HEALTH_CHECK["other"] + 2 * OPTION["other"]
    return Sum(
        {
            "health checks": RELAY_CHECKS * asking + HEALTH_CHECK["AWS"],
            "Lambda": _lambda(asked, RELAY_SECONDS, RELAY_GB),
            "alarms": 3 * RELAYS * ALARM,
        }
    )


def canary() -> Sum:
    """Return what `Detection.alarm()` costs: the check of an alarm, a metric, a run a minute."""
    return Sum(
        {
            "health check": HEALTH_CHECK["AWS"],
            "Lambda": _lambda(MINUTES, RELAY_SECONDS, RELAY_GB),
            "alarms": 3 * ALARM,
            "custom metrics": METRIC,
        }
    )


def public(kind: str = "AWS", *, https: bool = False, checks: int = 2) -> Sum:
    """Return what `Detection.public()` costs, of places in AWS or elsewhere."""
    options = (1 + https) * OPTION[kind]
    return Sum({"health checks": checks * (HEALTH_CHECK[kind] + options), "alarms": ALARM})


def address() -> Sum:
    """Return what a construct with a controller costs, with its alarms."""
    runs, rounds = MINUTES, 2 * DAYS * 86_400 // INTERVAL
    reads, writes = rounds, 2 * 2 * DAYS * 86_400 // SEEN_SECONDS
    return Sum(
        {
            "Lambda: the controller": _lambda(runs, CONTROLLER_SECONDS, CONTROLLER_GB),
            "Lambda: the probers": _lambda(PROBERS * rounds, PROBER_SECONDS, PROBER_GB),
            "DynamoDB": reads * PRICES["DynamoDB read unit"]
            + writes * PRICES["DynamoDB write unit"],
            "alarms": 11 * ALARM,
            "custom metrics": METRIC,
        }
    )


def forwarding(directions: int, zones: int = 2) -> Sum:
    """Return what `ResolverForwarding` costs beside queries, with its alarms."""
    hours = directions * zones * HOURS
    return Sum({"interfaces": hours * RESOLVER_INTERFACE_HOUR, "alarms": directions * ALARM})


def _lambda(requests: int, seconds: float, memory: float) -> float:
    second = PRICES["Lambda GB-second on Arm"] * memory * seconds
    return requests * (PRICES["Lambda request"] + second)


def rows() -> dict[str, Sum]:
    """Return the sums of docs/costs.md, by what they are of."""
    return {
        "`NameFailover`, `Detection.relay()`": relay(),
        "`NameFailover`, `Detection.alarm()`": canary(),
        "`NameFailover`, `Detection.public()`, places in AWS, TCP or HTTP": public(),
        "`NameFailover`, `Detection.public()`, places elsewhere, HTTPS": public(
            "other", https=True
        ),
        "`OverlayIpFailover`, `ServiceIpFailover`, `EniFailover`, each": address(),
        "`ResolverForwarding`, one direction": forwarding(1),
        "`ResolverForwarding`, both directions": forwarding(2),
    }


def table() -> str:
    """Return the table of docs/costs.md."""
    lines = ["| a month, with the alarms | of which | in total |", "|---|---|---|"]
    for what, found in rows().items():
        parts = ", ".join(f"{name} ${dollars:.2f}" for name, dollars in found.parts.items())
        lines.append(f"| {what} | {parts} | ${found.total:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
