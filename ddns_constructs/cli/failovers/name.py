"""How a name's failover record sets are in their zone, and what its health check says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.names import canonical
from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import CommandError, aws_trouble
from ddns_constructs.cli.failovers.health import Health, look_at_health
from ddns_constructs.cli.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddns_constructs.cli.failovers.kinds import NameFailover

__all__ = ["NameView", "RecordSet", "look_at_name"]

PRIMARY, SECONDARY = "PRIMARY", "SECONDARY"


class RecordSet(NamedTuple):
    """A failover record set as it is in its zone.

    Attributes:
        identifier: What tells it from the other.
        ttl: Seconds.
        values: Its values, sorted.
        health_check: The id of its health check; empty without one.
    """

    identifier: str
    ttl: int
    values: tuple[str, ...]
    health_check: str


def look_at_name(failover: NameFailover) -> NameView:
    """Read the record sets of a failover and ask how its health check is.

    Raises:
        CommandError: The zone has no such record sets.
    """
    route53 = aws_client("route53")
    primary, secondary = _record_sets(route53, failover)
    try:
        with aws_trouble():
            health = look_at_health(route53, failover.health_check)
    except CommandError as err:
        health = Health("unknown", f"it cannot be seen: {err}")
    return NameView(failover, primary, secondary, health)


def _record_sets(
    route53: Any,  # noqa: ANN401 - a boto3 client
    failover: NameFailover,
) -> tuple[RecordSet, RecordSet]:
    answer = route53.list_resource_record_sets(
        HostedZoneId=failover.zone,
        StartRecordName=failover.name,
        StartRecordType=failover.type,
        MaxItems="10",  # there are two of this name and type at most
    )
    found = {
        each["Failover"]: _record_set(each)
        for each in answer["ResourceRecordSets"]
        if "Failover" in each and (canonical(each["Name"]), each["Type"]) == _key(failover)
    }
    missing = [each for each in (PRIMARY, SECONDARY) if each not in found]
    if missing:
        raise CommandError(
            f"zone {failover.zone} has no record set {failover.name} {failover.type} with failover "
            f"{' and '.join(missing)}: somebody deleted it; deploy the stack's records again"
        )
    return found[PRIMARY], found[SECONDARY]


def _key(failover: NameFailover) -> tuple[str, str]:
    return failover.name, failover.type


def _record_set(shape: Mapping[str, Any]) -> RecordSet:
    return RecordSet(
        shape["SetIdentifier"],
        shape.get("TTL", 0),
        tuple(sorted(each["Value"] for each in shape.get("ResourceRecords", ()))),
        shape.get("HealthCheckId", ""),
    )


class NameView(NamedTuple):
    """A failover at one moment.

    Attributes:
        failover: What was deployed.
        primary: The primary record set as it is in the zone.
        secondary: The secondary one.
        health: What the health check of the deployment says.
    """

    failover: NameFailover
    primary: RecordSet
    secondary: RecordSet
    health: Health

    @property
    def as_deployed(self) -> bool:
        """Whether the primary record set is as the stack has it."""
        failover = self.failover
        deployed = tuple(sorted(failover.primary)), failover.health_check
        return (self.primary.values, self.primary.health_check) == deployed

    @property
    def by_hand(self) -> bool:
        """Whether it was switched to the secondary by hand: no health check decides any more."""
        return not self.as_deployed and (self.primary.values, self.primary.health_check) == (
            self.secondary.values,
            "",
        )

    @property
    def answers(self) -> str:
        """Which endpoint the name answers with: primary, secondary, or neither for what is foreign.

        With a health check whose state cannot be seen it is `unknown`.
        """
        if self.by_hand:
            return "secondary"
        if not self.as_deployed:
            return "neither"
        return {"healthy": "primary", "unhealthy": "secondary"}.get(self.health.state, "unknown")

    @property
    def where(self) -> str:
        """In one line what it answers, and why."""
        if self.by_hand:
            return f"the secondary, {', '.join(self.secondary.values)}, switched by hand"
        if not self.as_deployed:
            return f"{', '.join(self.primary.values)}, which is not as deployed"
        if self.answers == "unknown":
            return "as the health check decides, which cannot be seen"
        found = self.primary if self.answers == "primary" else self.secondary
        values, state = ", ".join(found.values), self.health.state
        return f"the {self.answers}, {values}, as the health check is {state}"

    def findings(self, where: str = "") -> Iterator[Finding]:
        """Yield how it is, and what is wrong with it.

        Args:
            where: The options of `ddns` that name the deployment, as `as_given` returns them.
        """
        back = f"`ddns failover switch {self.failover.name} --to primary{where}`"
        yield Finding(self.failover.name, self.where)
        if self.by_hand:
            remedy = f"nothing moves by itself until {back}"
            yield Finding("by hand", "the primary record set has no health check", remedy)
        elif not self.as_deployed:
            check = self.primary.health_check or "none"
            text = f"{', '.join(self.primary.values)}, health check {check}"
            yield Finding("foreign", text, f"somebody changed it: {back} writes what is deployed")
        if self.health.state != "healthy":
            remedy = f"look at the primary endpoint; {self.health.remedy}".rstrip("; ")
            yield Finding("health check", f"{self.health.state}: {self.health.why}", remedy)

    def about(self) -> dict[str, object]:
        """Return everything about it, for JSON."""
        return {
            "failover": self.failover.name,
            "kind": "name",
            "zone": self.failover.zone,
            "type": self.failover.type,
            "answers": self.answers,
            "by_hand": self.by_hand,
            "as_deployed": self.as_deployed,
            "primary": _about(self.primary),
            "secondary": _about(self.secondary),
            "health": {"state": self.health.state, "why": self.health.why},
        }


def _about(found: RecordSet) -> dict[str, object]:
    return {
        "values": list(found.values),
        "ttl": found.ttl,
        "health_check": found.health_check or None,
    }
