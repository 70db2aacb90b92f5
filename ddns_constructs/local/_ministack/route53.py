# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Private hosted zones made by CloudFormation.

`AWS::Route53::HostedZone` with `VPCs` is a private zone. MiniStack's CloudFormation makes a public
one of it (its API call gets it right), so the two views of a split-horizon name would be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import route53
from ministack.services.cloudformation import provisioners

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["apply"]

_TYPE = "AWS::Route53::HostedZone"


def apply() -> None:
    """Make a zone with `VPCs` private and associate it with them, on create and on update."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    create = provisioners._r53_hosted_zone_create
    update = handlers["update"]

    def create_zone(
        logical_id: str, props: Mapping[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        zone_id, attributes = create(logical_id, props, stack_name)
        _associate(zone_id, props)
        return zone_id, attributes

    def update_zone(
        physical_id: str,
        old_props: Mapping[str, Any],
        new_props: Mapping[str, Any],
        stack_name: str,
        logical_id: str | None = None,
    ) -> tuple[str, dict[str, Any]]:
        zone_id, attributes = update(
            physical_id, old_props, new_props, stack_name, logical_id=logical_id
        )
        _associate(zone_id, new_props)
        return zone_id, attributes

    provisioners._r53_hosted_zone_create = create_zone  # what a replacing update calls
    handlers["create"] = create_zone
    handlers["update"] = update_zone


def _associate(zone_id: str, props: Mapping[str, Any]) -> None:
    zone = route53._zones[zone_id]
    for vpc in props.get("VPCs") or []:
        association = {"VPCRegion": vpc["VPCRegion"], "VPCId": vpc["VPCId"]}
        zone["private"] = True
        vpcs = zone.setdefault("vpcs", [])
        if association not in vpcs:
            vpcs.append(association)
