"""The arguments of `ClientDdns` once checked, and what they become for the function."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from aws_cdk import Duration

from ddns_constructs._client import checks, policy
from ddns_constructs._client.checks import AddressPolicy
from ddns_constructs._client.names import check_allowed_names
from ddns_constructs._common import arguments
from ddns_constructs._common.environment import check_environment, packed, zones_text
from ddns_constructs._common.queues import MAX_CONCURRENCY
from ddns_constructs._common.role_policies import check_policies
from ddns_constructs._common.zones import read_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import RemovalPolicy
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_route53 as route53
    from constructs import Construct

    from ddns_constructs._client.checks import ClientProtocol
    from ddns_constructs._client.endpoint import ClientEndpoint
    from ddns_constructs._common.function import FunctionOptions
    from ddns_constructs._common.zones import Zone

PARTITION_KEY = "hostname"
"""The one key of the table of hosts."""

RESERVED_CONCURRENCY = 20
"""Executions to reserve behind a function URL, which has no other limit. None are by default:
in an account whose quota is ten, as new ones have, a deployment that reserves some fails."""

MAX_READ_REQUEST_UNITS = 400
"""Units a second that hosts may be read with, where nothing else is asked for. A function URL
takes ten requests a second for each reserved execution, of 20 as we advise, an HTTP API 100 in all,
and a request that has proved nothing costs two units at most."""

MAX_WRITE_REQUEST_UNITS = 400
"""Units a second that hosts may be written with, likewise: a change is two writes at most."""

_UNAUTHORIZED = 401
_FORBIDDEN = 403
_OK = 200
_UNAVAILABLE = 503
_LONGEST_CHANGE_INTERVAL = 900  # what a message of SQS may be delayed by
# Two of them may be busy with the queue; a client is to find one.
_LEAST_CONCURRENCY = MAX_CONCURRENCY + 1


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
    refusal_status: int
    trouble_status: int
    change_interval: int
    allowed_cidrs: tuple[str, ...]
    origin_digests: tuple[str, ...]
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
        refusal_status: int,
        trouble_status: int,
        change_interval: Duration | None,
        allowed_cidrs: Sequence[str],
        origin_digests: Sequence[str],
        max_read_request_units: int | None,
        max_write_request_units: int | None,
        endpoint: ClientEndpoint | None,
        address_policy: AddressPolicy,
        allow_offline: bool,
        function: FunctionOptions,
    ) -> ClientSettings:
        """Return the settings, or raise a ValueError that lists every problem."""
        problems = arguments.Problems()
        zones = read_zones(hosted_zones, problems)
        patterns = check_allowed_names(allowed_names, zones, problems)
        endpoint = checks.check_endpoint(endpoint, scope, zones, patterns, problems)
        arguments.check_kind(
            "address_policy", address_policy, AddressPolicy, "e.g. AddressPolicy.SOURCE", problems
        )
        arguments.check_kind("allow_offline", allow_offline, bool, "True or False", problems)
        checks.check_status("bad_auth_status", bad_auth_status, (_UNAUTHORIZED, _OK), problems)
        checks.check_status("refusal_status", refusal_status, (_FORBIDDEN, _OK), problems)
        checks.check_status("trouble_status", trouble_status, (_UNAVAILABLE, _OK), problems)
        if reserved_concurrency is not None:
            arguments.check_number(
                "reserved_concurrency",
                reserved_concurrency,
                minimum=_LEAST_CONCURRENCY,
                maximum=1_000,
                hint="omit it to reserve nothing",
                problems=problems,
            )
        function.check(problems)
        arguments.check_table(
            table,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            partition_key=PARTITION_KEY,
            problems=problems,
        )
        checks.check_throughput(
            {
                "max_read_request_units": (max_read_request_units, MAX_READ_REQUEST_UNITS),
                "max_write_request_units": (max_write_request_units, MAX_WRITE_REQUEST_UNITS),
            },
            table,
            problems,
        )
        settings = cls(
            zones=tuple(zones),
            allowed_names=tuple(patterns),
            default_ttl=arguments.check_ttl("default_ttl", default_ttl, problems),
            record_types=checks.check_record_types(record_types, problems),
            verify_interval=arguments.check_seconds(
                "verify_interval",
                Duration.hours(1) if verify_interval is None else verify_interval,
                minimum=0,
                maximum=31 * 86_400,
                default="1 hour",
                problems=problems,
            ),
            reserved_concurrency=reserved_concurrency,
            protocols=checks.check_protocols(protocols, problems),
            bad_auth_status=bad_auth_status,
            refusal_status=refusal_status,
            trouble_status=trouble_status,
            change_interval=arguments.check_seconds(
                "change_interval",
                Duration.seconds(5) if change_interval is None else change_interval,
                minimum=0,
                maximum=_LONGEST_CHANGE_INTERVAL,
                default="5 seconds",
                problems=problems,
            ),
            allowed_cidrs=checks.check_cidrs(allowed_cidrs, problems),
            origin_digests=checks.check_digests(origin_digests, problems),
            endpoint=endpoint,
            address_policy=address_policy,
            allow_offline=allow_offline,
        )
        if not problems:
            settings.check_size((), problems)
            statements_of = partial(policy.zone_statements, settings)
            check_policies(scope, settings.zones, statements_of, problems)
        problems.raise_any("ClientDdns")
        return settings

    def environment(self) -> dict[str, str]:
        """Return the settings as the function reads them from its environment."""
        return {
            "DDNS_ZONES": zones_text(self.zones),
            "DDNS_TTL": str(self.default_ttl),
            "DDNS_RECORD_TYPES": json.dumps(self.record_types),
            "DDNS_ALLOWED_NAMES": packed(self.allowed_names),
            "DDNS_VERIFY_INTERVAL": str(self.verify_interval),
            "DDNS_PROTOCOLS": json.dumps(self.protocols),
            "DDNS_BAD_AUTH_STATUS": str(self.bad_auth_status),
            "DDNS_TROUBLE_STATUS": str(self.trouble_status),
            "DDNS_REFUSAL_STATUS": str(self.refusal_status),
            "DDNS_CHANGE_INTERVAL": str(self.change_interval),
            "DDNS_ALLOWED_CIDRS": packed(self.allowed_cidrs),
            "DDNS_ORIGIN_DIGESTS": json.dumps(self.origin_digests),
            "DDNS_ENDPOINT_NAMES": json.dumps(self.endpoint.names),
            "DDNS_ADDRESS_POLICY": self.address_policy.value,
            "DDNS_OFFLINE": arguments.flag(on=self.allow_offline),
        }

    def check_size(self, watched_hosts: Sequence[str], problems: arguments.Problems) -> None:
        """Note settings that do not fit into the environment of a function."""
        check_environment(
            {**self.environment(), "DDNS_WATCHED_HOSTS": packed(watched_hosts)},
            self.zones,
            keywords=("hosted_zones", "allowed_names", "allowed_cidrs", "silent_hosts"),
            advice="divide them among several ClientDdns",
            problems=problems,
        )
