"""The arguments of `ApiGatewayDirectDdns` once checked, and what is risky about them."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Duration, Stack
from aws_cdk import aws_apigateway as apigateway

from ddns_constructs._common import arguments
from ddns_constructs._common.zones import read_zone
from ddns_constructs._direct import checks
from ddns_constructs._direct.access import DirectAccess
from ddns_constructs._direct.names import (
    check_record_names,
    relative_names,
    with_plain_id,
)
from ddns_constructs._direct.resource_policy import check_length
from ddns_constructs._direct.response import DirectResponse
from ddns_constructs._direct.templates import PATH_PARAMETER, ZONE_PARAMETER

if TYPE_CHECKING:
    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_route53 as route53
    from aws_cdk import aws_wafv2 as wafv2
    from constructs import Construct

    from ddns_constructs._common.zones import Zone
    from ddns_constructs._direct.checks import DirectMethod

_SHORT_TTL = 30
# Route 53 takes 10 requests a second of an account, 50 at once: docs, "API request limits".
_HIGH_RATE = 5
_HIGH_BURST = 25


@dataclass(frozen=True)
class DirectSettings:
    """Checked arguments."""

    hosted_zone: route53.IHostedZone
    zone: Zone | None
    names: Mapping[str, str]
    """Full names by the names as they were given."""

    access: DirectAccess
    ttl: int
    methods: tuple[str, ...]
    zone_id_in_path: bool
    response: DirectResponse
    stage_name: str
    throttle: apigateway.ThrottleSettings
    quota: apigateway.QuotaSettings | None
    dual_stack: bool
    allowed_cidrs: tuple[str, ...]
    web_acl: str | None
    domain_name: str | None
    certificate: acm.ICertificate | None
    log_retention: logs.RetentionDays | None

    @classmethod
    def check(
        cls,
        scope: Construct,
        *,
        hosted_zone: route53.IHostedZone,
        record_names: Sequence[str],
        access: DirectAccess | None,
        ttl: Duration | None,
        methods: Sequence[DirectMethod] | None,
        zone_id_in_path: bool,
        response: DirectResponse | None,
        stage_name: str,
        throttle: apigateway.ThrottleSettings | None,
        quota: apigateway.QuotaSettings | None,
        dual_stack: bool,
        allowed_cidrs: Sequence[str] | None,
        web_acl: str | wafv2.CfnWebACL | None,
        domain_name: str | None,
        certificate: acm.ICertificate | None,
        access_log_retention: logs.RetentionDays | None,
    ) -> DirectSettings:
        """Return the settings, or raise a ValueError that lists every problem."""
        problems = arguments.Problems()
        zone = read_zone(hosted_zone, problems)
        names = check_record_names(record_names, zone, problems)
        access = DirectAccess.api_keys() if access is None else access
        is_access = _check_access(
            access, names, problems, zone_id_in_path=zone_id_in_path, quota=quota
        )
        response = DirectResponse.dyndns2() if response is None else response
        arguments.check_kind(
            "response", response, DirectResponse, "e.g. DirectResponse.json()", problems
        )
        checks.check_stage(stage_name, problems)
        checks.check_switches(problems, zone_id_in_path=zone_id_in_path, dual_stack=dual_stack)
        checks.check_certificate(certificate, Stack.of(scope).region, problems)
        throttle = checks.check_throttle(throttle, problems)
        settings = cls(
            hosted_zone=hosted_zone,
            zone=zone,
            names=names,
            access=access,
            ttl=arguments.check_ttl("ttl", ttl, problems),
            methods=checks.check_methods(methods, problems),
            zone_id_in_path=zone_id_in_path,
            response=response,
            stage_name=stage_name,
            throttle=throttle,
            quota=checks.check_quota(quota, problems),
            dual_stack=dual_stack,
            allowed_cidrs=checks.check_cidrs(allowed_cidrs, problems, dual_stack=dual_stack),
            web_acl=checks.check_web_acl(web_acl, problems),
            domain_name=checks.check_domain(domain_name, certificate, names, problems),
            certificate=certificate,
            log_retention=checks.check_retention(access_log_retention, problems),
        )
        if is_access:
            check_length(settings.allowed_cidrs, problems, signed=access.is_signed)
        problems.raise_any("ApiGatewayDirectDdns")
        return settings

    def placed(self, scope: Construct) -> DirectSettings:
        """Return the settings for a scope: the zone by its plain id, if need be imported there."""
        return replace(self, hosted_zone=with_plain_id(scope, self.hosted_zone))

    @property
    def record_types(self) -> list[str]:
        """The types that a caller can have: those of the families that reach the API."""
        return ["A", "AAAA"] if self.dual_stack else ["A"]

    @property
    def paths(self) -> list[str]:
        """The paths of the API, as few as can be.

        A path for each name would be a hundred methods, which API Gateway does not make at once
        (its control plane takes 10 requests a second), and two such APIs more than a template.
        """
        if self.zone_id_in_path:
            return [f"{{{ZONE_PARAMETER}}}"]
        return [f"{{{PATH_PARAMETER}}}"] if self.access.is_by_path else ["", "update"]

    @property
    def zone_name(self) -> str | None:
        """The name of the zone; None where it is known at deployment only."""
        return self.zone.name if self.zone is not None and self.zone.is_named else None

    @property
    def has_fixed_name(self) -> bool:
        """Whether nothing of a call says which name: there is one, and the path is the zone's."""
        return self.zone_id_in_path and self.access.is_by_path

    @property
    def method_throttle(self) -> apigateway.ThrottleSettings:
        """The share of `throttle` of one method at one path, as API Gateway counts by these."""
        count = len(self.paths) * len(self.methods)
        rate, burst = self.throttle.rate_limit or 0, self.throttle.burst_limit or 0
        return apigateway.ThrottleSettings(
            rate_limit=rate / count, burst_limit=math.ceil(burst / count)
        )

    @property
    def key_throttle(self) -> apigateway.ThrottleSettings:
        """What one key may use: of several half a method's, as one client may run wild."""
        share = self.method_throttle
        if len(self.names) == 1:
            return self.throttle
        rate = (share.rate_limit or 0) / 2
        return apigateway.ThrottleSettings(rate_limit=rate, burst_limit=share.burst_limit)

    @property
    def total_throttle(self) -> apigateway.ThrottleSettings:
        """What passes in all: more at once than `throttle` has where shares were rounded up."""
        share, count = self.method_throttle, len(self.paths) * len(self.methods)
        return apigateway.ThrottleSettings(
            rate_limit=(share.rate_limit or 0) * count, burst_limit=(share.burst_limit or 0) * count
        )

    def annotate(self, scope: Construct) -> None:
        """Warn of what is legal and rarely meant. The ids are public: users acknowledge them."""
        for id_, text in self._warnings().items():
            Annotations.of(scope).add_warning_v2(f"ddns-constructs:{id_}", text)

    def _warnings(self) -> dict[str, str]:
        total = self.total_throttle
        rate, burst = total.rate_limit or 0, self.throttle.burst_limit or 0
        versions = {ipaddress.ip_network(cidr).version for cidr in self.allowed_cidrs}
        relative = dict(relative_names(self.names))
        cases = {
            "openEndpoint": (
                self.access.is_open,
                (
                    "'access' is none(): whoever fetches the URL, a preview in a chat included, "
                    "points the name at themselves; DirectAccess.api_keys() asks for a key"
                ),
            ),
            "relativeName": (
                bool(relative),
                (
                    "'record_names' holds names with a dot that are relative to the zone: "
                    + ", ".join(f"'{name}' is '{full}'" for name, full in relative.items())
                    + "; write a name in full, or end it with a dot if it is full already"
                ),
            ),
            "shortTtl": (
                self.ttl < _SHORT_TTL,
                f"'ttl' is {self.ttl} s: below {_SHORT_TTL} s resolvers ask, and cost, more",
            ),
            "highThrottle": (
                rate > _HIGH_RATE or burst > _HIGH_BURST,
                (
                    f"'throttle' lets {rate:g} requests a second pass, {total.burst_limit:g} at "
                    "once: each is a request to Route 53, which takes 10 and 50 of a whole "
                    "account, its deployments included"
                ),
            ),
            "oneAddressFamily": (
                self.dual_stack and len(versions) == 1,
                (
                    f"'allowed_cidrs' holds IPv{min(versions, default=4)} ranges only, so callers "
                    "by the other family are turned away: add theirs"
                    + (", or pass dual_stack=False" if versions == {4} else "")
                ),
            ),
        }
        return {id_: text for id_, (applies, text) in cases.items() if applies}


def _check_access(
    access: DirectAccess,
    names: Mapping[str, str],
    problems: arguments.Problems,
    *,
    zone_id_in_path: bool,
    quota: apigateway.QuotaSettings | None,
) -> bool:
    """Return whether it is an access; note what is wrong with it, and with what goes along."""
    example = "e.g. DirectAccess.api_keys()"
    if not arguments.check_kind("access", access, DirectAccess, example, problems):
        return False
    access.check(names, problems)
    if zone_id_in_path and access.is_by_path and len(names) > 1:
        problems.add(
            "'zone_id_in_path' leaves one path, and with iam() or none() the path is what tells "
            f"names apart, got {len(names)} names: use api_keys() or cognito(), or leave it out"
        )
    if quota is not None and not access.has_keys:
        problems.add("'quota' counts by API key, got an access without: use api_keys()")
    return True
