"""The arguments of `ClientDdns` once checked, and what they become for the function."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Duration, Stack, Token
from aws_cdk import aws_route53 as route53

from ddns_constructs._client.endpoint import ClientEndpoint
from ddns_constructs._client.names import check_allowed_names, matching_pattern
from ddns_constructs._common import arguments
from ddns_constructs._common.queues import MAX_CONCURRENCY
from ddns_constructs._common.zones import read_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import RemovalPolicy
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_logs as logs
    from constructs import Construct

    from ddns_constructs._common.zones import Zone

PARTITION_KEY = "hostname"
"""The one key of the table of hosts."""

_TYPES = ("A", "AAAA", "TXT")
_UNAUTHORIZED = 401
_OK = 200
_UNAVAILABLE = 503
_SHORT_TTL = 30
# A FRITZ!Box looks its own name up, and sends again where it has not changed after four minutes.
_LONG_TTL = 240
_SHORT_VERIFY_INTERVAL = 60
# Two of them may be busy with the queue; a client is to find one.
_LEAST_CONCURRENCY = MAX_CONCURRENCY + 1
_ENVIRONMENT_LIMIT = 4_096
# What the other settings, the names of the table and the queues, and Lambda's own bookkeeping may
# take of it.
_ENVIRONMENT_RESERVE = 1_024
_TOKEN_LENGTH = 32


class ClientProtocol(enum.Enum):
    """A way in which clients talk to the function."""

    SEED = "seed"
    """The protocol of the AWS blog sample: JSON with a digest of address, host name and secret."""

    DYNDNS2 = "dyndns2"
    """What routers speak: `/nic/update` with a user name and a password."""

    CHECKIP = "checkip"
    """Tells anybody their address; it changes nothing."""

    SIGNED = "signed"
    """JSON signed with HMAC-SHA-256, which nobody who sees it can send again."""

    QUERY_CREDENTIALS = "query-credentials"
    """dyndns2 with user name and password in the URL as well. They end up in logs: for devices
    that can do nothing else."""


class AddressPolicy(enum.Enum):
    """Which addresses a client may announce."""

    SOURCE = "source"
    """Only the address that its request comes from, and only a public one."""

    PUBLIC = "public"
    """Any public address that it states."""

    ANY = "any"
    """Any address of one host, private ones included: for names that are used inside."""


_DEFAULT_PROTOCOLS = (
    ClientProtocol.SEED,
    ClientProtocol.DYNDNS2,
    ClientProtocol.CHECKIP,
    ClientProtocol.SIGNED,
)
_UPDATES = {ClientProtocol.SEED, ClientProtocol.DYNDNS2, ClientProtocol.SIGNED}


@dataclass(frozen=True)
class ClientSettings:
    """Checked arguments; durations are whole seconds."""

    zones: tuple[Zone, ...]
    allowed_names: tuple[str, ...]
    default_ttl: int
    record_types: tuple[str, ...]
    verify_interval: int
    reserved_concurrency: int | None
    protocols: tuple[str, ...]
    bad_auth_status: int
    trouble_status: int
    endpoint: ClientEndpoint
    address_policy: AddressPolicy
    allow_offline: bool

    @classmethod
    def check(
        cls,
        scope: Construct,
        *,
        hosted_zones: Sequence[route53.IHostedZone],
        allowed_names: Sequence[str],
        default_ttl: Duration | None,
        record_types: Sequence[route53.RecordType] | None,
        table: dynamodb.ITable | None,
        encryption_key: kms.IKey | None,
        removal_policy: RemovalPolicy | None,
        verify_interval: Duration | None,
        reserved_concurrency: int | None,
        protocols: Sequence[ClientProtocol] | None,
        bad_auth_status: int,
        trouble_status: int,
        endpoint: ClientEndpoint | None,
        address_policy: AddressPolicy,
        allow_offline: bool,
        log_retention: logs.RetentionDays,
        memory_size: int,
    ) -> ClientSettings:
        """Return the settings, or raise a ValueError that lists every problem."""
        problems = arguments.Problems()
        zones = read_zones(hosted_zones, problems)
        patterns = check_allowed_names(allowed_names, zones, problems)
        endpoint = ClientEndpoint.function_url() if endpoint is None else endpoint
        _check_endpoint(endpoint, scope, zones, patterns, problems)
        arguments.check_kind(
            "address_policy", address_policy, AddressPolicy, "e.g. AddressPolicy.SOURCE", problems
        )
        arguments.check_kind("allow_offline", allow_offline, bool, "True or False", problems)
        _check_status("bad_auth_status", bad_auth_status, (_UNAUTHORIZED, _OK), problems)
        _check_status("trouble_status", trouble_status, (_OK, _UNAVAILABLE), problems)
        if reserved_concurrency is not None:
            arguments.check_number(
                "reserved_concurrency",
                reserved_concurrency,
                minimum=_LEAST_CONCURRENCY,
                maximum=1_000,
                hint="omit it to use 20, or pass None to reserve nothing",
                problems=problems,
            )
        arguments.check_function(
            log_retention=log_retention, memory_size=memory_size, problems=problems
        )
        arguments.check_table(
            table,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            partition_key=PARTITION_KEY,
            problems=problems,
        )
        settings = cls(
            zones=tuple(zones),
            allowed_names=tuple(patterns),
            default_ttl=arguments.check_ttl("default_ttl", default_ttl, problems),
            record_types=_check_record_types(record_types, problems),
            verify_interval=arguments.check_seconds(
                "verify_interval",
                Duration.hours(1) if verify_interval is None else verify_interval,
                minimum=0,
                maximum=31 * 86_400,
                default="1 hour",
                problems=problems,
            ),
            reserved_concurrency=reserved_concurrency,
            protocols=_check_protocols(protocols, problems),
            bad_auth_status=bad_auth_status,
            trouble_status=trouble_status,
            endpoint=endpoint,
            address_policy=address_policy,
            allow_offline=allow_offline,
        )
        settings.check_size((), problems)
        problems.raise_any("ClientDdns")
        return settings

    def environment(self, scope: Construct) -> dict[str, str]:
        """Return the settings as the function reads them from its environment."""
        return {
            "DDNS_ZONES": Stack.of(scope).to_json_string(self._zone_items()),
            "DDNS_TTL": str(self.default_ttl),
            "DDNS_RECORD_TYPES": json.dumps(self.record_types),
            "DDNS_ALLOWED_NAMES": json.dumps(self.allowed_names),
            "DDNS_VERIFY_INTERVAL": str(self.verify_interval),
            "DDNS_PROTOCOLS": json.dumps(self.protocols),
            "DDNS_BAD_AUTH_STATUS": str(self.bad_auth_status),
            "DDNS_TROUBLE_STATUS": str(self.trouble_status),
            "DDNS_REFUSAL_STATUS": str(_OK),
            "DDNS_CHANGE_INTERVAL": "0",
            "DDNS_ALLOWED_CIDRS": "[]",
            "DDNS_ORIGIN_DIGESTS": "[]",
            "DDNS_ENDPOINT_NAMES": json.dumps(self.endpoint.names),
            "DDNS_ADDRESS_POLICY": self.address_policy.value,
            "DDNS_OFFLINE": arguments.flag(on=self.allow_offline),
        }

    def annotate(self, scope: Construct) -> None:
        """Warn of what is legal and rarely meant. The ids are public: users acknowledge them."""
        for id_, text in self._warnings().items():
            Annotations.of(scope).add_warning_v2(f"ddns-constructs:{id_}", text)

    def _warnings(self) -> dict[str, str]:
        ttl, interval = self.default_ttl, self.verify_interval
        cases = {
            "shortTtl": (
                ttl < _SHORT_TTL,
                f"'default_ttl' is {ttl} s: below {_SHORT_TTL} s resolvers ask, and cost, more",
            ),
            "longTtl": (
                ttl > _LONG_TTL,
                (
                    f"'default_ttl' is {ttl} s: above {_LONG_TTL} s a FRITZ!Box, which looks its "
                    "own name up, takes an update for failed and sends it over and over"
                ),
            ),
            "shortVerifyInterval": (
                interval < _SHORT_VERIFY_INTERVAL,
                (
                    f"'verify_interval' is {interval} s: nearly every poll asks Route 53, which "
                    "takes few requests a second of a whole account"
                ),
            ),
            "badAuthStatus": (
                self.bad_auth_status == _OK,
                "'bad_auth_status' is 200: OPNsense and MikroTik take a refused update for done",
            ),
            "queryCredentials": (
                ClientProtocol.QUERY_CREDENTIALS.value in self.protocols,
                "'protocols' holds QUERY_CREDENTIALS: passwords in a URL end up in logs",
            ),
            "anyAddress": (
                self.address_policy is AddressPolicy.ANY,
                "'address_policy' is ANY: a client may point its name into private networks",
            ),
            "unreservedConcurrency": (
                self.reserved_concurrency is None,
                (
                    "'reserved_concurrency' is None: a flood of requests is billed, and takes "
                    "concurrency from every other function of the account"
                ),
            ),
        }
        return {id_: text for id_, (applies, text) in cases.items() if applies}

    def _zone_items(self) -> list[dict[str, str | bool | None]]:
        return [
            {"id": zone.hosted_zone.hosted_zone_id, "name": zone.name, "private": zone.private}
            for zone in self.zones
        ]

    def check_size(self, watched_hosts: Sequence[str], problems: arguments.Problems) -> None:
        """Note settings that do not fit into the environment of a function."""
        known = [
            {
                key: "x" * _TOKEN_LENGTH if Token.is_unresolved(value) else value
                for key, value in item.items()
            }
            for item in self._zone_items()
        ]
        lists: tuple[object, ...] = (known, self.allowed_names, watched_hosts)
        size = sum(len(json.dumps(each)) for each in lists) + _ENVIRONMENT_RESERVE
        if size > _ENVIRONMENT_LIMIT:
            problems.add(
                f"'hosted_zones', 'allowed_names' and 'silent_hosts' take about {size:,} of the "
                f"{_ENVIRONMENT_LIMIT:,} characters of a function's environment: "
                "divide them among several ClientDdns"
            )


def _check_endpoint(
    endpoint: ClientEndpoint,
    scope: Construct,
    zones: Sequence[Zone],
    patterns: Sequence[str],
    problems: arguments.Problems,
) -> None:
    example = "e.g. ClientEndpoint.function_url()"
    if not arguments.check_kind("endpoint", endpoint, ClientEndpoint, example, problems):
        return
    endpoint.check(scope, zones, problems)
    for name in endpoint.names:
        pattern = matching_pattern(name, patterns)
        if pattern is not None:
            problems.add(
                f"'allowed_names' must not match a name of 'endpoint', got '{pattern}', which "
                f"matches '{name}': a host of that name could take the endpoint over"
            )


def _check_status(
    keyword: str, status: object, allowed: tuple[int, int], problems: arguments.Problems
) -> None:
    default, other = allowed
    if type(status) is not int or status not in allowed:
        problems.add(
            f"'{keyword}' must be {default} or {other}, got {status!r}: omit it to use {default}"
        )


def _check_record_types(
    record_types: Sequence[object] | None, problems: arguments.Problems
) -> tuple[str, ...]:
    if record_types is None:
        return ("A", "AAAA")
    values: set[str] = set()
    for each in record_types:
        if not isinstance(each, route53.RecordType) or each.value not in _TYPES:
            problems.add(
                f"'record_types' may hold RecordType.A, AAAA and TXT, got {each!r}: "
                "omit it to use A and AAAA"
            )
        else:
            values.add(each.value)
    if not record_types:
        problems.add("'record_types' must name at least one, got none: omit it to use A and AAAA")
    return tuple(sorted(values))


def _check_protocols(
    protocols: Sequence[ClientProtocol] | None, problems: arguments.Problems
) -> tuple[str, ...]:
    chosen = _DEFAULT_PROTOCOLS if protocols is None else protocols
    example = "e.g. [ClientProtocol.DYNDNS2]"
    for each in chosen:
        if not arguments.check_kind("protocols", each, ClientProtocol, example, problems):
            return ()
    if not _UPDATES & set(chosen):
        names = ", ".join(each.name for each in chosen) or "none"
        problems.add(
            f"'protocols' must hold SEED, DYNDNS2 or SIGNED, got {names}: "
            "clients could not update anything"
        )
    elif ClientProtocol.QUERY_CREDENTIALS in chosen and ClientProtocol.DYNDNS2 not in chosen:
        problems.add(
            "'protocols' must hold DYNDNS2 beside QUERY_CREDENTIALS, got it alone: "
            "it is another way to log in there"
        )
    return tuple(each.value for each in ClientProtocol if each in chosen)
