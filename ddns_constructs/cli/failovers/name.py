"""How a name is: what it answers, and what its health check says."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import CommandError, aws_trouble
from ddns_constructs.cli.failovers.health import Health, look_at_health
from ddns_constructs.cli.failovers.records import read_pairs
from ddns_constructs.cli.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddns_constructs.cli.failovers.kinds import NameFailover
    from ddns_constructs.cli.failovers.records import Pair, RecordSet

__all__ = ["NameView", "ZoneView", "look_at_name"]


def look_at_name(failover: NameFailover) -> NameView:
    """Read the record sets of a failover and ask how its health checks are.

    Raises:
        CommandError: The zone has no such record sets.
    """
    pairs = read_pairs(aws_client("route53"), failover)
    health = functools.cache(_health)  # a check is asked once, also as a child of another
    second = health(failover.secondary_check) if failover.secondary_check else None
    zones = tuple(
        ZoneView(each.zone, health(each.down), health(each.up)) for each in failover.zones
    )
    return NameView(failover, pairs, _health(failover.health_check, health), second, zones)


def _health(health_check: str, of_child: Callable[[str], Health] | None = None) -> Health:
    try:
        with aws_trouble():
            return look_at_health(aws_client("route53"), health_check, of_child or _health)
    except CommandError as err:
        return Health("unknown", f"it cannot be seen: {err}")


class ZoneView(NamedTuple):
    """What the relay of a zone says, by its health checks.

    Attributes:
        zone: The name of the zone.
        down: The check that is unhealthy while the primary is confirmed down from there.
        up: The check that is healthy while it is seen up from there.
    """

    zone: str
    down: Health
    up: Health

    @property
    def says(self) -> str:
        """One of up, down, nothing, changing, unknown."""
        states = self.down.state, self.up.state
        if "unknown" in states:
            return "unknown"
        return _SAYS[states]

    @property
    def line(self) -> str:
        """What it says, in words."""
        return _WORDS[self.says]


_SAYS = {
    ("healthy", "healthy"): "up",
    ("unhealthy", "unhealthy"): "down",
    ("healthy", "unhealthy"): "nothing",
    ("unhealthy", "healthy"): "changing",
}
_ZONE_REMEDIES = {
    "down": "look at the primary, and at the network between it and this zone",
    "nothing": "look at the log of its relay: while it says nothing, the other zone decides",
    "unknown": "see why above, or in --json",
}
_WORDS = {
    "up": "sees the primary up",
    "down": "confirms that the primary is down",
    "nothing": "says nothing: its relay is dead, or cut off",
    "changing": "is changing its mind, or has just been deployed",
    "unknown": "cannot be seen",
}


class NameView(NamedTuple):
    """A failover at one moment.

    Attributes:
        failover: What was deployed.
        pairs: The record sets of each type as they are in the zone.
        health: What the health check of the deployment says.
        second: What that of the secondary says; None where it has none.
        zones: What the relay of each zone says; none with other detections.
    """

    failover: NameFailover
    pairs: tuple[Pair, ...]
    health: Health
    second: Health | None = None
    zones: tuple[ZoneView, ...] = ()

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
        yield from self._of_zones()

    def _of_zones(self) -> Iterator[Finding]:
        for each in self.zones:
            if each.says != "up":
                remedy = _ZONE_REMEDIES.get(each.says, "look again in some seconds")
                yield Finding(f"zone {each.zone}", f"it {each.line}", remedy)
            for health in (each.down, each.up):
                if health.remedy:
                    yield Finding(f"zone {each.zone}", health.why, health.remedy)

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
            "zones": [
                {
                    "zone": each.zone,
                    "says": each.says,
                    "down": each.down._asdict(),
                    "up": each.up._asdict(),
                }
                for each in self.zones
            ],
        }


def _about(found: RecordSet) -> dict[str, object]:
    return {
        "values": list(found.values),
        "ttl": found.ttl,
        "health_check": found.health_check or None,
    }
