"""The host name that a template makes of an instance."""

from __future__ import annotations

import re

from ddns.core.instance.instances import Instance
from ddns.core.names import label

TEMPLATE_FIELDS = ("private_dns", "instance_id", "name", "az", "region", "vpc_id", "address")
"""The fields of a host-name template."""

_FIELD = re.compile(r"\{(\w+)\}")


def from_template(template: str, instance: Instance, region: str) -> str:
    """Fill a template; empty where a field that it uses has no value."""
    fields = template_fields(instance, region)
    if not all(fields.get(key) for key in _FIELD.findall(template)):
        return ""
    return _FIELD.sub(lambda found: fields[found[1]], template)


def template_fields(instance: Instance, region: str) -> dict[str, str]:
    """Return the value of each template field, empty where the instance has none.

    ``private_dns`` is the first label of the private DNS name, ``name`` the Name tag as a label,
    ``az`` the availability zone, ``address`` the private address with hyphens (10-0-0-5). An IPv6
    address has all its digits, so that no two addresses make one label.
    """
    address = instance.private_address or instance.ipv6_address
    digits = address.exploded.replace(".", "-").replace(":", "-") if address else ""
    values = (
        instance.private_dns.split(".")[0] or (f"ip-{digits}" if digits else ""),
        instance.id,
        label((instance.tags or {}).get("Name", "")),
        instance.availability_zone,
        region,
        instance.vpc_id,
        digits,
    )
    return dict(zip(TEMPLATE_FIELDS, values, strict=True))
