"""How a name is: what it answers, and what its health check says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import CommandError, aws_trouble
from ddns_constructs.cli.failovers.health import Health, look_at_health
from ddns_constructs.cli.failovers.records import read_pairs
from ddns_constructs.cli.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.cli.failovers.kinds import NameFailover
    from ddns_constructs.cli.failovers.records import Pair, RecordSet

__all__ = ["NameView", "look_at_name"]


def look_at_name(failover: NameFailover) -> NameView:
    """Read the record sets of a failover and ask how its health checks are.

    Raises:
        CommandError: The zone has no such record sets.
    """
    pairs = read_pairs(aws_client("route53"), failover)
    second = _health(failover.secondary_check) if failover.secondary_check else None
    return NameView(failover, pairs, _health(failover.health_check), second)


def _health(health_check: str) -> Health:
    try:
        with aws_trouble():
            return look_at_health(aws_client("route53"), health_check)
    except CommandError as err:
        return Health("unknown", f"it cannot be seen: {err}")


class NameView(NamedTuple):
    """A failover at one moment.

    Attributes:
        failover: What was deployed.
        pairs: The record sets of each type as they are in the zone.
        health: What the health check of the deployment says.
        second: What that of the secondary says; None where it has none.
    """

    failover: NameFailover
    pairs: tuple[Pair, ...]
    health: Health
    second: Health | None = None

    @property
    def as_deployed(self) -> bool:
        """Whether the primary record sets are as the stack has them."""
        return all(pair.as_deployed for pair in self.pairs)

    @property
    def by_hand(self) -> bool:
        """Whether the name was switched to the secondary by hand."""
        return all(pair.by_hand for pair in self.pairs)

    @property
    def answers(self) -> str:
        """Which endpoint the name answers with: primary, secondary, neither, or unknown.

        It is neither where somebody changed the record sets, and unknown where the state of the
        health check cannot be seen.
        """
        if self.by_hand:
            return "secondary"
        if not self.as_deployed:
            return "neither"
        state = self.health.state
        if state == "unhealthy" and self.second and self.second.state != "healthy":
            # Developer Guide: where neither is healthy, Route 53 answers with the primary.
            return "primary" if self.second.state == "unhealthy" else "unknown"
        return {"healthy": "primary", "unhealthy": "secondary"}.get(state, "unknown")

    @property
    def where(self) -> str:
        """In one line what it answers, and why."""
        if self.answers == "neither":
            return f"answers {self._values('primary')}, which is not as deployed"
        if self.answers == "unknown":
            return "answers as its health check decides, which cannot be seen"
        why = "switched by hand" if self.by_hand else f"as its health check is {self.health.state}"
        if self.answers == "primary" and self.health.state == "unhealthy":
            why = "as both health checks are unhealthy"
        return f"answers the {self.answers}, {self._values(self.answers)}: {why}"

    def _values(self, role: str) -> str:
        found: list[RecordSet] = [getattr(pair, role) for pair in self.pairs]
        return ", ".join(value for each in found for value in each.values)

    def findings(self, where: str = "") -> Iterator[Finding]:
        """Yield how it is, and what is wrong with it.

        Args:
            where: The options of `ddns` that name the deployment, as `as_given` returns them.
        """
        back = f"`ddns failover switch {self.failover.name} --to primary{where}`"
        yield Finding(self.failover.name, self.where)
        if self.by_hand:
            remedy = f"nothing moves by itself until {back}"
            yield Finding("by hand", "both record sets have the secondary's values", remedy)
        elif not self.as_deployed:
            checks = {pair.primary.health_check or "none" for pair in self.pairs}
            text = f"{self._values('primary')}, health check {', '.join(sorted(checks))}"
            yield Finding("foreign", text, f"somebody changed it: {back} writes what is deployed")
        for what, health in (("health check", self.health), ("secondary's check", self.second)):
            if health and (health.state != "healthy" or health.remedy):
                remedy = health.remedy or "look at the endpoint"
                yield Finding(what, f"{health.state}: {health.why}", remedy)

    def about(self) -> dict[str, object]:
        """Return everything about it, for JSON."""
        return {
            "failover": self.failover.name,
            "kind": "name",
            "zone": self.failover.zone,
            "answers": self.answers,
            "by_hand": self.by_hand,
            "as_deployed": self.as_deployed,
            "record_sets": [
                {
                    "type": pair.deployed.type,
                    "primary": _about(pair.primary),
                    "secondary": _about(pair.secondary),
                }
                for pair in self.pairs
            ],
            "health": self.health._asdict(),
            "secondary_health": self.second._asdict() if self.second else None,
        }


def _about(found: RecordSet) -> dict[str, object]:
    return {
        "values": list(found.values),
        "ttl": found.ttl,
        "health_check": found.health_check or None,
    }
