"""The record sets of both places of a name, and what the command line reads of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_route53 as route53

if TYPE_CHECKING:
    from constructs import Construct

    from ddns_constructs._failover.health_checks import Watch
    from ddns_constructs._failover.name_settings import NameSettings

# Route 53's two roles, and what tells their record sets apart.
_ROLES = {"PRIMARY": "primary", "SECONDARY": "secondary"}


def define_records(
    scope: Construct, settings: NameSettings, watch: Watch
) -> list[route53.CfnRecordSet]:
    """Define a record set for each role and type: `PrimaryA`, `SecondaryA`, `PrimaryAAAA` ...

    Only the primary needs a health check: a secondary without one always answers when the primary
    is unhealthy. Its state is part of what a relay and a canary say of the primary already.
    """
    checks = {"PRIMARY": watch.health_check, "SECONDARY": watch.secondary_check}
    places = {"PRIMARY": settings.primary, "SECONDARY": settings.secondary}
    found = []
    for record_type in settings.types:
        for role, identifier in _ROLES.items():
            check = checks[role]
            found.append(
                route53.CfnRecordSet(
                    scope,
                    f"{identifier.capitalize()}{record_type}",
                    failover=role,
                    health_check_id=None if check is None else check.health_check_id,
                    hosted_zone_id=settings.zone.id,
                    name=f"{settings.record_name}.",
                    resource_records=_values(record_type, places[role].values[record_type]),
                    set_identifier=identifier,
                    ttl=str(settings.ttl),
                    type=record_type,
                )
            )
    return found


def output_text(scope: Construct, settings: NameSettings, watch: Watch) -> str:
    """Return what `ddns failover` needs of a name, as JSON."""
    first, *others = settings.types
    found: dict[str, Any] = {
        "zone": settings.zone.id,
        "record": settings.record_name,
        **_both(settings, first),
        "ttl": settings.ttl,
        "health_check": watch.health_check.health_check_id,
    }
    if others:
        found["more"] = [_both(settings, each) for each in others]
    if watch.secondary_check is not None:
        found["secondary_check"] = watch.secondary_check.health_check_id
    if watch.zones:
        found["zones"] = [
            {
                "zone": each.relay.zone,
                "down": each.down.health_check_id,
                "up": each.up.health_check_id,
            }
            for each in watch.zones
        ]
    return Stack.of(scope).to_json_string(found)


def _both(settings: NameSettings, record_type: str) -> dict[str, Any]:
    """Return the values of both roles of a type, as they stand in the zone."""
    return {
        "type": record_type,
        "primary": _values(record_type, settings.primary.values[record_type]),
        "secondary": _values(record_type, settings.secondary.values[record_type]),
    }


def _values(record_type: str, values: tuple[str, ...]) -> list[str]:
    """Return values as Route 53 keeps them: a name with a dot at its end."""
    if record_type != "CNAME":
        return list(values)
    return [f"{value.removesuffix('.')}." for value in values]
