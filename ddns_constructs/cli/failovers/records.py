"""The failover record sets of a name as they are in their zone, and how one changes by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.names import canonical
from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.failovers.kinds import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddns_constructs.cli.failovers.kinds import Deployed, NameFailover

__all__ = ["Pair", "RecordSet", "read_pairs", "upserts"]

_PRIMARY, _SECONDARY = "PRIMARY", "SECONDARY"
_LONGEST_COMMENT = 256
_OF_ONE_NAME = "10"  # a type has two, and there are two types at most


class RecordSet(NamedTuple):
    """A failover record set.

    Attributes:
        identifier: What tells it from the other of its pair.
        ttl: Seconds.
        values: Its values, sorted.
        health_check: The id of its health check; empty without one.
    """

    identifier: str
    ttl: int
    values: tuple[str, ...]
    health_check: str


class Pair(NamedTuple):
    """Both record sets of one type, and what was deployed."""

    deployed: Deployed
    health_check: str
    primary: RecordSet
    secondary: RecordSet

    @property
    def as_deployed(self) -> bool:
        """Whether the primary is as the stack has it."""
        wanted = self.deployed.primary, self.health_check
        return (self.primary.values, self.primary.health_check) == wanted

    @property
    def by_hand(self) -> bool:
        """Whether both have the secondary's values, so that it does not matter what is healthy."""
        return self.primary.values == self.secondary.values


def read_pairs(route53: Any, failover: NameFailover) -> tuple[Pair, ...]:  # noqa: ANN401 - boto3's
    """Read the record sets of a name.

    Args:
        route53: A boto3 client of Route 53.
        failover: What was deployed.

    Raises:
        CommandError: One of them is missing.
    """
    found = dict(_read(route53, failover))
    pairs = []
    for deployed in failover.deployed:
        both = [found.get((deployed.type, role)) for role in (_PRIMARY, _SECONDARY)]
        if None in both:
            missing = " and ".join(
                role for role, each in zip((_PRIMARY, _SECONDARY), both, strict=True) if not each
            )
            raise CommandError(
                f"zone {failover.zone} has no {missing} record set {failover.name} "
                f"{deployed.type}: somebody deleted it; deploy it again"
            )
        primary, secondary = filter(None, both)
        pairs.append(Pair(deployed, failover.health_check, primary, secondary))
    return tuple(pairs)


def _read(
    route53: Any,  # noqa: ANN401 - boto3's
    failover: NameFailover,
) -> Iterator[tuple[tuple[str, str], RecordSet]]:
    answer = route53.list_resource_record_sets(
        HostedZoneId=failover.zone, StartRecordName=failover.name, MaxItems=_OF_ONE_NAME
    )
    for shape in answer["ResourceRecordSets"]:
        if canonical(shape["Name"]) == failover.name and "Failover" in shape:
            yield (shape["Type"], shape["Failover"]), _record_set(shape)


def _record_set(shape: Mapping[str, Any]) -> RecordSet:
    return RecordSet(
        shape["SetIdentifier"],
        shape.get("TTL", 0),
        tuple(sorted(plain(each["Value"]) for each in shape.get("ResourceRecords", ()))),
        shape.get("HealthCheckId", ""),
    )


def upserts(
    failover: NameFailover, pairs: tuple[Pair, ...], reason: str, *, deployed: bool
) -> dict[str, Any]:
    """Return one batch that sets the primary record set of every type.

    Args:
        failover: The failover.
        pairs: Its record sets as they are.
        reason: Why, for the comment of the change.
        deployed: Whether it is to be as deployed; otherwise it gets the secondary's values, so that
            nothing but another switch changes what the name answers. It keeps its health check:
            Route 53 takes no primary without one (kubernetes-sigs/external-dns#2362).
    """
    comment = f"ddns failover switch --to {'primary' if deployed else 'secondary'}"
    return {
        "Comment": f"{comment}: {reason}"[:_LONGEST_COMMENT] if reason else comment,
        "Changes": [
            {"Action": "UPSERT", "ResourceRecordSet": _primary(failover, pair, deployed=deployed)}
            for pair in pairs
        ],
    }


def _primary(failover: NameFailover, pair: Pair, *, deployed: bool) -> dict[str, Any]:
    values = pair.deployed.primary if deployed else pair.secondary.values
    return {
        "Name": f"{failover.name}.",
        "Type": pair.deployed.type,
        "SetIdentifier": pair.primary.identifier,
        "Failover": _PRIMARY,
        "TTL": failover.ttl if deployed else pair.secondary.ttl,
        "ResourceRecords": [{"Value": each} for each in values],
        "HealthCheckId": failover.health_check,
    }
