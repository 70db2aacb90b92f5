"""Where clients reach `ClientDdns`: a function URL, or an HTTP API by its own or other names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Stack, Token
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from ddns_constructs._client.http_api import StageTerms, define_http_api
from ddns_constructs._common.arguments import certificate_problem, host_name_problem
from ddns_constructs._common.function_urls import is_without_function_urls
from ddns_constructs._common.zones import Zone, canonical, is_within, with_plain_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_logs as logs

    from ddns_constructs._common.arguments import Problems


class Address(NamedTuple):
    """Where an endpoint turned out to be."""

    url: str
    ipv4_url: str | None = None
    ipv6_url: str | None = None
    http_api: apigatewayv2.HttpApi | None = None


class Duty(NamedTuple):
    """What an endpoint stands in front of.

    Attributes:
        function: What it invokes.
        zones: Where names of its own may lie.
        log_retention: How long its log is kept.
        concurrency: How many requests the function handles at once, None where nothing says so.
    """

    function: lambda_.Function
    zones: Sequence[Zone]
    log_retention: logs.RetentionDays
    concurrency: int | None


class ClientEndpoint(ABC):
    """Where clients reach the function; made by one of its static methods."""

    @staticmethod
    def function_url() -> ClientEndpoint:
        """Use a function URL: dual stack, free of charge, with a host name that AWS chooses.

        Pass `reserved_concurrency=20` with it: that is its only limit, as Lambda takes ten requests
        a second for each execution that is reserved, and as many as the account has executions
        where none is. An account whose quota of executions is small, as new ones have, cannot
        reserve any; its quota is the limit then.

        It renames the header `WWW-Authenticate`: wget, Java, .NET and other clients that wait to be
        asked for a password are not. The host name changes when the function is replaced, and all
        clients need the new one. China, GovCloud and eleven newer Regions have no function URLs.
        """
        return _FunctionUrl()

    @staticmethod
    def http_api(
        *, throttle: apigatewayv2.ThrottleSettings | None = None, access_log: bool = True
    ) -> ClientEndpoint:
        """Use an HTTP API under a host name that AWS chooses: dual stack, billed by the request.

        Every account and Region has it. Its throttle limits what a flood costs.

        Args:
            throttle: How many requests a second pass in the long run (`rate_limit`), and at once
                (`burst_limit`), whole numbers of 1 to 10,000; the rest is answered with 429
                before it reaches the function. AWS calls them targets, not ceilings. Let no more
                pass at once than the function may handle, by `reserved_concurrency` or the
                account's quota: what Lambda turns away then is answered with a 5xx, not with 429.
                Default: 100 a second, 20 at once, or as many as `reserved_concurrency` where that
                is less.
            access_log: Whether API Gateway writes a line for each request, those it throttles
                included: when, from which address, with which answer. Kept as long as
                `log_retention` says; about $0.20 for a million. Default: it does.
        """
        return _HttpApi(StageTerms(throttle, access_log))

    @staticmethod
    def custom_domain(
        *,
        domain_name: str,
        certificate: acm.ICertificate,
        hosted_zone: route53.IHostedZone | None = None,
        ipv4_domain_name: str | None = None,
        ipv6_domain_name: str | None = None,
        throttle: apigatewayv2.ThrottleSettings | None = None,
        access_log: bool = True,
    ) -> ClientEndpoint:
        """Use names of your own, on an HTTP API that API Gateway bills by the request.

        Args:
            domain_name: The name that clients use, by IPv4 and IPv6. It gets an A and an AAAA
                alias record, which no host may be named as.
            certificate: A certificate of ACM, in the stack's Region, for all the names here.
            hosted_zone: The zone of the alias records. Default: for each name the one of
                `hosted_zones` that covers it, the longest if there are several.
            ipv4_domain_name: A second name that is reached by IPv4 only, for clients that
                announce each family by a request of its own. Default: there is none.
            ipv6_domain_name: Likewise by IPv6 only. Default: there is none.
            throttle: As in `http_api`, for all the names together. Default: likewise.
            access_log: As in `http_api`. Default: there is one.
        """
        return _CustomDomain(
            StageTerms(throttle, access_log),
            domain_name,
            certificate,
            hosted_zone,
            ipv4_domain_name,
            ipv6_domain_name,
        )

    @property
    @abstractmethod
    def names(self) -> list[str]:
        """The names that alias records are made for, in canonical form."""

    @property
    def names_above(self) -> list[str]:
        """The names above them: who proves one may get a certificate for what lies below it.

        Names of one label are left out, as nobody gets a certificate for those.
        """
        above = {
            name.split(".", skipped)[-1]
            for name in self.names
            for skipped in range(1, name.count("."))
        }
        return sorted(above)

    @property
    def burst(self) -> float | None:
        """How many requests its throttle lets through at once, None where it is not the user's."""
        return None

    @property
    def has_throttle(self) -> bool:
        """Whether requests are turned away before they reach the function."""
        return True

    @abstractmethod
    def check(self, scope: Construct, zones: Sequence[Zone], problems: Problems) -> None:
        """Note what keeps the endpoint from being made."""

    @abstractmethod
    def define(self, scope: Construct, duty: Duty) -> Address:
        """Define the endpoint in a scope."""


@dataclass(frozen=True)
class _FunctionUrl(ClientEndpoint):
    @property
    def names(self) -> list[str]:
        return []

    @property
    def has_throttle(self) -> bool:
        return False

    def check(
        self,
        scope: Construct,
        zones: Sequence[Zone],  # noqa: ARG002 - it has no name in them
        problems: Problems,
    ) -> None:
        region = Stack.of(scope).region
        if is_without_function_urls(region):
            problems.add(
                f"'endpoint' may not be a function URL in {region}, which has none: omit it to use "
                "an HTTP API, or pass ClientEndpoint.custom_domain(...)"
            )

    def define(self, scope: Construct, duty: Duty) -> Address:
        # It also makes both permissions that a URL needs since October 2025.
        url = lambda_.FunctionUrl(
            scope, "Url", auth_type=lambda_.FunctionUrlAuthType.NONE, function=duty.function
        )
        return Address(url.url)


@dataclass(frozen=True)
class _HttpApi(ClientEndpoint):
    terms: StageTerms

    @property
    def burst(self) -> float | None:
        return self.terms.throttle.burst_limit if self.terms.throttle else None

    @property
    def names(self) -> list[str]:
        return []

    def check(
        self,
        scope: Construct,  # noqa: ARG002 - it depends on neither
        zones: Sequence[Zone],  # noqa: ARG002
        problems: Problems,
    ) -> None:
        self.terms.check(problems)

    def define(self, scope: Construct, duty: Duty) -> Address:
        api, stage = _define_http_api(scope, duty, self.terms, has_own_names=False)
        return Address(stage.url, http_api=api)


@dataclass(frozen=True)
class _CustomDomain(ClientEndpoint):
    terms: StageTerms
    domain_name: str
    certificate: acm.ICertificate
    hosted_zone: route53.IHostedZone | None
    ipv4_domain_name: str | None
    ipv6_domain_name: str | None

    @property
    def burst(self) -> float | None:
        return self.terms.throttle.burst_limit if self.terms.throttle else None

    @property
    def names(self) -> list[str]:
        given = (self.domain_name, self.ipv4_domain_name, self.ipv6_domain_name)
        return [canonical(name) for name in given if name is not None]

    def check(self, scope: Construct, zones: Sequence[Zone], problems: Problems) -> None:
        self.terms.check(problems)
        reason = certificate_problem(self.certificate, Stack.of(scope).region)
        if reason is not None:
            problems.add(f"'endpoint.certificate' {reason}")
        given = {
            "domain_name": self.domain_name,
            "ipv4_domain_name": self.ipv4_domain_name,
            "ipv6_domain_name": self.ipv6_domain_name,
        }
        seen: dict[str, str] = {}
        for field, name in given.items():
            if name is None:
                continue
            reason = _name_problem(name) or self._zone_problem(canonical(name), zones)
            other = seen.setdefault(canonical(name), field)
            if reason is None and other != field:
                reason = f"it is that of '{other}'; each needs a name of its own"
            if reason is not None:
                problems.add(f"'endpoint.{field}' must be a host name, got '{name}': {reason}")

    def _zone_problem(self, name: str, zones: Sequence[Zone]) -> str | None:
        if self.hosted_zone is None:
            if _covering(name, zones) is None:
                return "none of 'hosted_zones' is known to cover it; pass 'hosted_zone'"
            return None
        try:
            zone_name = self.hosted_zone.zone_name
        except RuntimeError:  # how CDK's own error of from_hosted_zone_id reaches Python
            return (
                "its 'hosted_zone' has no zone name, as from_hosted_zone_id leaves it out; "
                "use HostedZone.from_hosted_zone_attributes or HostedZone.from_lookup"
            )
        if Token.is_unresolved(zone_name) or is_within(name, canonical(zone_name)):
            return None
        return f"its 'hosted_zone' is '{zone_name}', which does not cover it"

    def define(self, scope: Construct, duty: Duty) -> Address:
        api, stage = _define_http_api(scope, duty, self.terms, has_own_names=True)
        dual = apigatewayv2.IpAddressType.DUAL_STACK
        ipv4 = apigatewayv2.IpAddressType.IPV4
        records = {"A": route53.ARecord, "AAAA": route53.AaaaRecord}
        urls: dict[str, str] = {}
        for id_, name, ip_address_type, types in (
            ("Domain", self.domain_name, dual, ("A", "AAAA")),
            ("Ipv4Domain", self.ipv4_domain_name, ipv4, ("A",)),
            # API Gateway knows no IPv6 alone: without A record nobody comes by IPv4.
            ("Ipv6Domain", self.ipv6_domain_name, dual, ("AAAA",)),
        ):
            if name is None:
                continue
            part = Construct(scope, id_)
            zone = with_plain_id(part, self._zone_of(canonical(name), duty.zones))
            domain = apigatewayv2.DomainName(
                part,
                "Name",
                certificate=self.certificate,
                domain_name=canonical(name),
                ip_address_type=ip_address_type,
                security_policy=apigatewayv2.SecurityPolicy.TLS_1_2,
            )
            apigatewayv2.ApiMapping(part, "Mapping", api=api, domain_name=domain, stage=stage)
            for type_ in types:
                records[type_](
                    part,
                    type_,
                    record_name=f"{canonical(name)}.",
                    target=_alias(domain),
                    zone=zone,
                )
            urls[id_] = f"https://{canonical(name)}/"
        return Address(urls["Domain"], urls.get("Ipv4Domain"), urls.get("Ipv6Domain"), api)

    def _zone_of(self, name: str, zones: Sequence[Zone]) -> route53.IHostedZone:
        zone = self.hosted_zone or _covering(name, zones)
        assert zone is not None, "check() was not called"  # noqa: S101 - for the type checker
        return zone


def _define_http_api(
    scope: Construct, duty: Duty, terms: StageTerms, *, has_own_names: bool
) -> tuple[apigatewayv2.HttpApi, apigatewayv2.HttpStage]:
    return define_http_api(
        scope,
        duty.function,
        terms,
        has_own_names=has_own_names,
        log_retention=duty.log_retention,
        concurrency=duty.concurrency,
    )


def _name_problem(name: str) -> str | None:
    if Token.is_unresolved(name):
        return "it must be known at synthesis; write it out"
    return host_name_problem(canonical(name))


def _covering(name: str, zones: Sequence[Zone]) -> route53.IHostedZone | None:
    """Return the zone with the longest name that covers a name and that the world may read."""
    covering = [
        zone for zone in zones if zone.is_named and not zone.private and is_within(name, zone.name)
    ]
    longest = max(covering, key=lambda zone: len(zone.name), default=None)
    return longest.hosted_zone if longest else None


def _alias(domain: apigatewayv2.DomainName) -> route53.RecordTarget:
    return route53.RecordTarget.from_alias(
        targets.ApiGatewayv2DomainProperties(
            domain.regional_domain_name, domain.regional_hosted_zone_id
        )
    )
