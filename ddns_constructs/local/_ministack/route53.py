# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Which hosted zones there may be, and private ones made by CloudFormation.

`AWS::Route53::HostedZone` with `VPCs` is a private zone. MiniStack's CloudFormation makes a public
one of it (its API call gets it right), so the two views of a split-horizon name would be one.

Route 53 makes no public zone of the names that RFC 2606 reserves for examples, nor of one below
them. MiniStack does, and an app with such a zone would be deployed here and roll back on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import route53
from ministack.services.cloudformation import provisioners

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["apply"]

_TYPE = "AWS::Route53::HostedZone"
_RESERVED = (".example.com", ".example.net", ".example.org")


def apply() -> None:
    """Refuse reserved names; make a zone with `VPCs` private and associate it with them."""
    _refuse_reserved_names()
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    create = provisioners._r53_hosted_zone_create
    update = handlers["update"]

    def create_zone(
        logical_id: str, props: Mapping[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        if not props.get("VPCs") and (refusal := _refusal(props["Name"])):
            raise ValueError(f"{refusal} (Service: Route53, Status Code: 400)")
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


def _refuse_reserved_names() -> None:
    create = route53._create_hosted_zone

    def create_hosted_zone(body: bytes, query_params: Mapping[str, object]) -> object:
        root = route53._parse_body(body)
        is_public = root is not None and route53._find(root, "VPC") is None
        refusal = _refusal(route53._text(root, "Name")) if is_public else ""
        if refusal:
            return route53._error_response(*refusal.split(": ", 1))
        return create(body, query_params)

    route53._create_hosted_zone = create_hosted_zone


def _refusal(name: str) -> str:
    """Return why there can be no public zone of a name, as Route 53 says it; empty if there can."""
    bare = name.lower().rstrip(".")
    is_reserved = f".{bare}".endswith(_RESERVED)
    return f"InvalidDomainName: {bare} is reserved by AWS!" if is_reserved else ""


def _associate(zone_id: str, props: Mapping[str, Any]) -> None:
    zone = route53._zones[zone_id]
    for vpc in props.get("VPCs") or []:
        association = {"VPCRegion": vpc["VPCRegion"], "VPCId": vpc["VPCId"]}
        zone["private"] = True
        vpcs = zone.setdefault("vpcs", [])
        if association not in vpcs:
            vpcs.append(association)
