"""The arguments of `InstanceDdns` once checked, and what they become for the function."""

from __future__ import annotations

import enum
import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Duration

from ddns_constructs._common import arguments
from ddns_constructs._common.environment import check_environment, packed, zones_text
from ddns_constructs._common.role_policies import check_policies
from ddns_constructs._common.zones import read_zones
from ddns_constructs._instance import checks, names, policy
from ddns_constructs._instance.adopt import Adopt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import RemovalPolicy
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_route53 as route53
    from constructs import Construct

    from ddns_constructs._common.function import FunctionOptions
    from ddns_constructs._common.zones import Zone

PARTITION_KEY = "pk"
"""The one key of the ledger."""

_SHORT_TTL = 30
_LONG_TTL = 86_400
_MINUTE = 60
_RARE_SWEEP = 86_400


class RecordPolicy(enum.Enum):
    """Which changes the construct makes to the records that it owns."""

    SYNC = "sync"
    """Create, change and delete: the zone follows the instances."""

    UPSERT_ONLY = "upsert-only"
    """Create and change, never delete: the records of stopped instances stay."""

    CREATE_ONLY = "create-only"
    """Create, never change or delete: the first answer stays."""


class ReverseZones(enum.Enum):
    """Where PTR records go."""

    LISTED = "listed"
    """Into the listed zones below in-addr.arpa and ip6.arpa; without one, no PTR is written."""

    CREATE_AS_NEEDED = "create"
    """Into a listed zone where one covers the address, else into a private zone for the
    instance's VPC, made when the first instance of a subnet needs it and kept afterwards.
    Each costs as any hosted zone does; it is named by the subnet's mask, cut at an octet."""


@dataclass(frozen=True)
class TagKeys:
    """The keys of the instance tags that are read, compared without regard to case.

    Attributes:
        zone: Names the zone to be registered in. Default: `ZONE`.
        cname: A full name that becomes an alias of the instance. Default: `CNAME`.
        host_name: Overrides the host name that the template makes. Default: `HOSTNAME`.
    """

    zone: str = "ZONE"
    cname: str = "CNAME"
    host_name: str = "HOSTNAME"


@dataclass(frozen=True)
class InstanceSettings:
    """Checked arguments; durations are whole seconds."""

    zones: tuple[Zone, ...]
    ttl: int
    tags: TagKeys
    host_name: str
    allowed_names: tuple[str, ...]
    use_dhcp_domain: bool
    reverse_zones: ReverseZones
    associate_vpcs: bool
    record_policy: RecordPolicy
    adopt: Adopt
    max_deletes: int
    sweep_interval: int
    sweep_requests_per_second: int
    batching_window: int

    @classmethod
    def check(
        cls,
        scope: Construct,
        *,
        hosted_zones: Sequence[route53.IHostedZone],
        ttl: Duration | None,
        tags: TagKeys,
        host_name: str,
        allowed_names: Sequence[str],
        use_dhcp_domain: bool,
        reverse_zones: ReverseZones,
        associate_vpcs: bool,
        record_policy: RecordPolicy,
        adopt: Adopt,
        max_deletes: int,
        sweep_interval: Duration | None,
        sweep_requests_per_second: int,
        batching_window: Duration | None,
        table: dynamodb.ITable | None,
        encryption_key: kms.IKey | None,
        removal_policy: RemovalPolicy | None,
        function: FunctionOptions,
    ) -> InstanceSettings:
        """Return the settings, or raise a ValueError that lists every problem."""
        problems = arguments.Problems()
        zones = read_zones(hosted_zones, problems)
        checks.check_distinct_zones(zones, problems)
        example = "e.g. Adopt.names('web.example.com') | Adopt.identical()"
        if arguments.check_kind("adopt", adopt, Adopt, example, problems):
            adopt = adopt.check(zones, problems)
        else:
            adopt = Adopt()
        if arguments.check_kind("tags", tags, TagKeys, "e.g. TagKeys(zone='dns:zone')", problems):
            checks.check_tag_keys(asdict(tags).items(), problems)
        arguments.check_kind(
            "record_policy", record_policy, RecordPolicy, "e.g. RecordPolicy.SYNC", problems
        )
        arguments.check_kind(
            "reverse_zones", reverse_zones, ReverseZones, "e.g. ReverseZones.LISTED", problems
        )
        switches = {"use_dhcp_domain": use_dhcp_domain, "associate_vpcs": associate_vpcs}
        for keyword, value in switches.items():
            arguments.check_kind(keyword, value, bool, "True or False", problems)
        checks.check_host_name_template(host_name, problems)
        patterns = names.check_allowed_names(allowed_names, zones, problems)
        arguments.check_number(
            "max_deletes",
            max_deletes,
            minimum=1,
            maximum=1_000_000,
            hint="omit it to use 100; RecordPolicy.UPSERT_ONLY deletes nothing at all",
            problems=problems,
        )
        # Route 53 takes ten requests a second of a whole account, whoever sends them.
        arguments.check_number(
            "sweep_requests_per_second",
            sweep_requests_per_second,
            minimum=1,
            maximum=10,
            hint="omit it to use 4",
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
        settings = cls(
            zones=tuple(zones),
            ttl=arguments.check_ttl("ttl", ttl, problems),
            tags=tags,
            host_name=host_name,
            allowed_names=tuple(patterns),
            use_dhcp_domain=use_dhcp_domain,
            reverse_zones=reverse_zones,
            associate_vpcs=associate_vpcs,
            record_policy=record_policy,
            adopt=adopt,
            max_deletes=max_deletes,
            sweep_interval=_check_sweep_interval(
                Duration.hours(1) if sweep_interval is None else sweep_interval, problems
            ),
            sweep_requests_per_second=sweep_requests_per_second,
            batching_window=arguments.check_seconds(
                "batching_window",
                Duration.seconds(1) if batching_window is None else batching_window,
                minimum=0,
                maximum=300,
                default="1 second",
                problems=problems,
            ),
        )
        if not problems:
            settings._check_size(scope, problems)
        problems.raise_any("InstanceDdns")
        return settings

    @property
    def watched_tag_keys(self) -> list[str]:
        """The tag keys whose change may change a record."""
        keys = list(asdict(self.tags).values())
        if "name" in checks.template_fields(self.host_name):
            keys.append("Name")
        return keys

    def environment(self) -> dict[str, str]:
        """Return the settings as the function reads them from its environment."""
        return {
            "DDNS_ZONES": zones_text(self.zones),
            "DDNS_TTL": str(self.ttl),
            "DDNS_TAGS": json.dumps(asdict(self.tags)),
            "DDNS_HOST_NAME": self.host_name,
            "DDNS_ALLOWED_NAMES": packed(self.allowed_names),
            "DDNS_USE_DHCP_DOMAIN": arguments.flag(on=self.use_dhcp_domain),
            "DDNS_REVERSE_ZONES": self.reverse_zones.value,
            "DDNS_ASSOCIATE_VPCS": arguments.flag(on=self.associate_vpcs),
            "DDNS_RECORD_POLICY": self.record_policy.value,
            **self.adopt.environment(),
            "DDNS_MAX_DELETES": str(self.max_deletes),
            "DDNS_SWEEP_REQUESTS_A_SECOND": str(self.sweep_requests_per_second),
        }

    def annotate(self, scope: Construct) -> None:
        """Warn of what is legal and rarely meant. The ids are public: users acknowledge them."""
        for id_, text in self._warnings().items():
            Annotations.of(scope).add_warning_v2(f"ddns-constructs:{id_}", text)

    def _warnings(self) -> dict[str, str]:
        unused = ", ".join(zone.name for zone in self.zones if zone.is_classless)
        cases = {
            "shortTtl": (
                self.ttl < _SHORT_TTL,
                f"'ttl' is {self.ttl} s: below {_SHORT_TTL} s resolvers ask, and cost, more",
            ),
            "longTtl": (
                self.ttl > _LONG_TTL,
                f"'ttl' is {self.ttl} s: resolvers keep a stopped instance for days",
            ),
            "rareSweep": (
                self.sweep_interval > _RARE_SWEEP,
                "'sweep_interval' is more than a day: a lost event is not healed before",
            ),
            "sharedHostName": (
                checks.is_shared(self.host_name),
                f"'host_name' is '{self.host_name}', one name for the addresses of all instances",
            ),
            "onlyReverseZones": (
                all(zone.is_reverse for zone in self.zones),
                "'hosted_zones' holds reverse zones only: without names no record is written",
            ),
            "unusedReverseZone": (
                bool(unused),
                f"'hosted_zones' holds {unused}, cut as in RFC 2317: nothing is written there",
            ),
            "nothingToAssociate": (
                self.associate_vpcs and all(zone.private is False for zone in self.zones),
                "'associate_vpcs' has no effect: every listed zone is public",
            ),
        }
        return {id_: text for id_, (applies, text) in cases.items() if applies}

    def _check_size(self, scope: Construct, problems: arguments.Problems) -> None:
        check_environment(
            self.environment(),
            self.zones,
            keywords=("hosted_zones", "allowed_names", "adopt"),
            advice="divide the zones among several InstanceDdns, or allow and adopt names by "
            "patterns",
            problems=problems,
        )
        check_policies(scope, self.zones, partial(policy.zone_statements, scope, self), problems)


def _check_sweep_interval(value: Duration, problems: arguments.Problems) -> int:
    seconds = arguments.check_seconds(
        "sweep_interval",
        value,
        minimum=_MINUTE,
        maximum=31 * 86_400,
        default="1 hour",
        problems=problems,
    )
    if seconds > _MINUTE and seconds % _MINUTE:
        problems.add(
            f"'sweep_interval' must be whole minutes, got {value.to_human_string()}: "
            "omit it to use 1 hour"
        )
    return seconds
