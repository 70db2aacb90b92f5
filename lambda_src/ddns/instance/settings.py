"""The settings that the constructs write into a function's environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ddns.core.instance.adoption import Adoption
from ddns.core.instance.allowed import AllowedNames
from ddns.core.instance.placement import Rules
from ddns.core.instance.policy import POLICIES, Policy
from ddns.core.instance.tags import TagKeys
from ddns.core.names import is_reverse
from ddns.core.records import ListedZone
from ddns.environment import Reader, flag, packed_names, texts, zones


class InstanceSettings(NamedTuple):
    """What InstanceDdns was asked for; see the construct's arguments for their meaning."""

    table: str
    queue_url: str
    dead_letter_queue_url: str
    zones: tuple[ListedZone, ...]
    ttl: int
    rules: Rules
    reverse_zones_created: bool
    associate_vpcs: bool
    record_policy: Policy
    adopt: Adoption
    max_deletes: int
    requests_a_second: float
    region: str
    function: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> InstanceSettings:
        """Read and check the settings.

        Raises:
            BadSettingsError: a variable is missing or does not hold what it should; all are named.
        """
        reader = Reader(environment)
        tags = reader.read("DDNS_TAGS", lambda text: TagKeys(**json.loads(text)))
        template = reader.read("DDNS_HOST_NAME", str)
        use_dhcp = reader.read("DDNS_USE_DHCP_DOMAIN", flag)
        region = reader.read("AWS_REGION", str)
        patterns = reader.read("DDNS_ADOPT", packed_names)
        identical = reader.read("DDNS_ADOPT_IDENTICAL", flag)
        allowed = reader.read("DDNS_ALLOWED_NAMES", texts)
        values: dict[str, Any] = {
            "table": reader.read("DDNS_TABLE", str),
            "queue_url": reader.read("DDNS_QUEUE_URL", str),
            "dead_letter_queue_url": reader.read("DDNS_DEAD_LETTER_QUEUE_URL", str),
            "zones": reader.read("DDNS_ZONES", zones),
            "ttl": reader.read("DDNS_TTL", int),
            "reverse_zones_created": reader.read("DDNS_REVERSE_ZONES", _created),
            "associate_vpcs": reader.read("DDNS_ASSOCIATE_VPCS", flag),
            "record_policy": reader.read("DDNS_RECORD_POLICY", POLICIES.__getitem__),
            "adopt": Adoption(patterns, identical),
            "max_deletes": reader.read("DDNS_MAX_DELETES", int),
            "requests_a_second": reader.read("DDNS_SWEEP_REQUESTS_A_SECOND", float),
            "function": reader.read("AWS_LAMBDA_FUNCTION_NAME", str),
        }
        reader.check()
        forward = [zone.name for zone in values["zones"] if not is_reverse(zone.name)]
        rules = Rules(tags, template, use_dhcp, region, AllowedNames.of(allowed, forward))
        return cls(rules=rules, region=region, **values)


def _created(text: str) -> bool:
    return {"create": True, "listed": False}[text]
