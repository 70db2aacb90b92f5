"""The settings that the constructs write into a function's environment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from ddns.core.errors import BadSettingsError
from ddns.core.names import canonical
from ddns.core.policy import POLICIES, Policy
from ddns.core.wishes import Rules, TagKeys
from ddns.zones import ListedZone

_T = TypeVar("_T")


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
    adopt: frozenset[str]
    max_deletes: int
    region: str
    function: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> InstanceSettings:
        """Read and check the settings.

        Raises:
            BadSettingsError: a variable is missing or does not hold what it should; all are named.
        """
        reader = _Reader(environment)
        tags = reader.read("DDNS_TAGS", lambda text: TagKeys(**json.loads(text)))
        template = reader.read("DDNS_HOST_NAME", str)
        use_dhcp = reader.read("DDNS_USE_DHCP_DOMAIN", _flag)
        region = reader.read("AWS_REGION", str)
        values: dict[str, Any] = {
            "table": reader.read("DDNS_TABLE", str),
            "queue_url": reader.read("DDNS_QUEUE_URL", str),
            "dead_letter_queue_url": reader.read("DDNS_DEAD_LETTER_QUEUE_URL", str),
            "zones": reader.read("DDNS_ZONES", _zones),
            "ttl": reader.read("DDNS_TTL", int),
            "reverse_zones_created": reader.read("DDNS_REVERSE_ZONES", _created),
            "associate_vpcs": reader.read("DDNS_ASSOCIATE_VPCS", _flag),
            "record_policy": reader.read("DDNS_RECORD_POLICY", POLICIES.__getitem__),
            "adopt": reader.read("DDNS_ADOPT", _names),
            "max_deletes": reader.read("DDNS_MAX_DELETES", int),
            "function": reader.read("AWS_LAMBDA_FUNCTION_NAME", str),
        }
        reader.check()
        return cls(rules=Rules(tags, template, use_dhcp, region), region=region, **values)


class _Reader:
    """Reads variables and keeps what is wrong with them until all were read."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._faults: list[str] = []

    def read(self, name: str, parse: Callable[[str], _T]) -> _T:
        """Return a parsed variable; the value is of no use where ``check`` raises."""
        text = self._environment.get(name, "")
        try:
            if not text:
                raise ValueError("it is missing")  # noqa: TRY301 - told with the other faults
            return parse(text)
        except (ValueError, KeyError, TypeError) as err:
            self._faults.append(f"{name}: {err}")
            return None  # type: ignore[return-value]  # check() raises before anybody sees it

    def check(self) -> None:
        """Raise if any variable was wrong."""
        if self._faults:
            raise BadSettingsError("; ".join(self._faults))


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _created(text: str) -> bool:
    return {"create": True, "listed": False}[text]


def _names(text: str) -> frozenset[str]:
    return frozenset(canonical(name) for name in json.loads(text))


def _zones(text: str) -> tuple[ListedZone, ...]:
    return tuple(
        ListedZone(zone["id"], canonical(zone["name"]), zone.get("private"))
        for zone in json.loads(text)
    )
