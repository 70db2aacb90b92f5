"""The settings that ClientDdns writes into its function's environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ddns.client.web import WebTerms
from ddns.core.client.addresses import AddressPolicy
from ddns.core.client.desired import ClientRules
from ddns.environment import Reader, digests, flag, names, networks, packed_names, texts, zones


class ClientSettings(NamedTuple):
    """What ClientDdns was asked for; see the construct's arguments for their meaning."""

    table: str
    queue_url: str
    dead_letter_queue_url: str
    rules: ClientRules
    terms: WebTerms
    ttl: int
    verify: int
    interval: int
    function: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> ClientSettings:
        """Read and check the settings.

        Raises:
            BadSettingsError: a variable is missing or does not hold what it should; all are named.
        """
        reader = Reader(environment)
        rules = ClientRules(
            reader.read("DDNS_ZONES", zones),
            tuple(reader.read("DDNS_ALLOWED_NAMES", texts) or ()),
            reader.read("DDNS_RECORD_TYPES", texts),
            reader.read("DDNS_ADDRESS_POLICY", AddressPolicy),
            reader.read("DDNS_OFFLINE", flag),
            reader.read("DDNS_ENDPOINT_NAMES", names),
        )
        terms = WebTerms(
            reader.read("DDNS_PROTOCOLS", texts),
            reader.read("DDNS_BAD_AUTH_STATUS", int),
            reader.read("DDNS_TROUBLE_STATUS", int),
            reader.read("DDNS_REFUSAL_STATUS", int),
            reader.read("DDNS_WATCHED_HOSTS", packed_names),
            reader.read("DDNS_ALLOWED_CIDRS", networks),
            reader.read("DDNS_ORIGIN_DIGESTS", digests),
        )
        values: dict[str, Any] = {
            "table": reader.read("DDNS_TABLE", str),
            "queue_url": reader.read("DDNS_QUEUE_URL", str),
            "dead_letter_queue_url": reader.read("DDNS_DEAD_LETTER_QUEUE_URL", str),
            "ttl": reader.read("DDNS_TTL", int),
            "verify": reader.read("DDNS_VERIFY_INTERVAL", int),
            "interval": reader.read("DDNS_CHANGE_INTERVAL", int),
            "function": reader.read("AWS_LAMBDA_FUNCTION_NAME", str),
        }
        reader.check()
        return cls(rules=rules, terms=terms, **values)
