"""Checks of single arguments of `ApiGatewayDirectDdns`: aware of tokens, every problem noted."""

from __future__ import annotations

import enum
import ipaddress
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Token
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2

from ddns_constructs._common import arguments
from ddns_constructs._common.zones import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_certificatemanager as acm

# What API Gateway itself takes of an account in most Regions.
_MAX_RATE = 10_000
_STAGE = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")
_WEB_ACL = re.compile(r"arn:[^:]+:wafv2:[^:]+:[^:]+:regional/webacl/[^/]+/[^/]+\Z")
# The API keeps the limit of a quota in 32 bits.
_MAX_QUOTA = 2_147_483_647
# What API Gateway takes as the offset of a quota, by its period: it refuses a plan with another.
_LAST_OFFSETS = {
    apigateway.Period.DAY: 0,
    apigateway.Period.WEEK: 6,
    apigateway.Period.MONTH: 27,
}


class DirectMethod(enum.Enum):
    """An HTTP method that updates a name."""

    GET = "GET"
    """What most routers can do; a browser or a preview that fetches the URL updates, too."""

    POST = "POST"
    """What a script does; a body is not looked at."""


def check_methods(
    methods: Sequence[DirectMethod] | None, problems: arguments.Problems
) -> tuple[str, ...]:
    """Return the methods that were chosen, in one order; note what is none."""
    if methods is None:
        return tuple(each.value for each in DirectMethod)
    example = "e.g. [DirectMethod.POST]"
    check_list("methods", methods, "DirectMethod", example)
    if not methods:
        problems.add("'methods' must name at least one, got none: omit it to use GET and POST")
    for each in methods:
        if not arguments.check_kind("methods", each, DirectMethod, example, problems):
            return ()
    return tuple(each.value for each in DirectMethod if each in methods)


def check_list(keyword: str, value: object, kind: str, example: str) -> None:
    """Raise a TypeError where a value is no list: to go through it would find other problems.

    A set has no order, and a generator is empty the second time.
    """
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return
    got = "a string" if isinstance(value, str) else type(value).__name__
    raise TypeError(f"'{keyword}' must be a list of {kind}, got {got}: write {example}")


def list_of(value: object, default: str) -> str:
    """Return what to write where one text was given in place of a list of them."""
    return f"['{(isinstance(value, str) and value) or default}']"


def check_switches(problems: arguments.Problems, **switches: object) -> None:
    """Note what is neither True nor False: a text such as 'no' would count as True."""
    for keyword, value in switches.items():
        arguments.check_kind(keyword, value, bool, "True or False", problems)


def check_stage(name: object, problems: arguments.Problems) -> None:
    """Note what is no name of a stage."""
    if not isinstance(name, str):
        arguments.check_kind("stage_name", name, str, "e.g. stage_name='ddns'", problems)
    elif Token.is_unresolved(name):
        problems.add("'stage_name' must be known at synthesis, got a token: write it out")
    elif not _STAGE.match(name):
        problems.add(
            "'stage_name' must be 1 to 128 letters, digits, hyphens and underscores, "
            f"got '{name}': omit it to use 'ddns'"
        )


def check_throttle(
    throttle: apigateway.ThrottleSettings | None, problems: arguments.Problems
) -> apigateway.ThrottleSettings:
    """Return the throttle, the default where there is none; note what is none."""
    default = apigateway.ThrottleSettings(rate_limit=2, burst_limit=5)
    if throttle is None:
        return default
    example = "e.g. ThrottleSettings(rate_limit=2, burst_limit=5)"
    kind = apigateway.ThrottleSettings
    if not arguments.check_kind("throttle", throttle, kind, example, problems):
        return default
    rate, burst = throttle.rate_limit, throttle.burst_limit
    if _is_token(rate) or _is_token(burst):
        problems.add("'throttle' must be known at synthesis, got a token: use numbers")
        return default
    if rate is None or not 0 < rate <= _MAX_RATE:
        problems.add(
            f"'throttle.rate_limit' must be above 0 and at most {_MAX_RATE:,} requests a second, "
            f"got {rate!r}: omit 'throttle' to use 2"
        )
        return default
    if not _is_whole(burst, 1, _MAX_RATE):
        problems.add(
            f"'throttle.burst_limit' must be a whole number from 1 to {_MAX_RATE:,}, "
            f"got {burst!r}: omit 'throttle' to use 5"
        )
        return default
    return throttle


def check_quota(
    quota: apigateway.QuotaSettings | None, problems: arguments.Problems
) -> apigateway.QuotaSettings | None:
    """Return the quota; note what API Gateway does not take."""
    kind = apigateway.QuotaSettings
    example = "e.g. QuotaSettings(limit=500, period=Period.DAY)"
    if quota is None or not arguments.check_kind("quota", quota, kind, example, problems):
        return None
    limit, period = quota.limit, quota.period
    if _is_token(limit) or not _is_whole(limit, 1, _MAX_QUOTA):
        problems.add(
            f"'quota.limit' must be a whole number of requests, got {limit!r}: "
            f"write 1 to {_MAX_QUOTA:,}"
        )
    if period is None:
        problems.add(f"'quota.period' must say what 'quota.limit' counts by, got none: {example}")
    elif arguments.check_kind("quota.period", period, apigateway.Period, "Period.DAY", problems):
        _check_offset(quota.offset, period, problems)
    return quota


def _check_offset(offset: object, period: apigateway.Period, problems: arguments.Problems) -> None:
    last = _LAST_OFFSETS[period]
    if offset is None or (not _is_token(offset) and _is_whole(offset, 0, last)):
        return
    allowed = f"a whole number from 0 to {last}" if last else "0"
    problems.add(
        f"'quota.offset' must be {allowed} with Period.{period.name}, got {offset!r}: "
        "omit it to use 0"
    )


def _is_token(value: object) -> bool:
    """Whether a number is known at deployment only; CDK cannot be asked of what is no number."""
    return isinstance(value, (int, float)) and math.isfinite(value) and Token.is_unresolved(value)


def _is_whole(value: object, minimum: int, maximum: int) -> bool:
    """Whether a value is a whole number within bounds; CDK has whole numbers as floats, too."""
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and value == int(value)
        and minimum <= value <= maximum
    )


def check_cidrs(
    given: Sequence[object] | None, problems: arguments.Problems, *, dual_stack: bool
) -> tuple[str, ...]:
    """Return the ranges as they are written; note those that nobody comes from."""
    if given is None:
        return ()
    check_list("allowed_cidrs", given, "ranges", list_of(given, "203.0.113.0/24"))
    if not given:
        problems.add("'allowed_cidrs' must hold at least one range, got none: omit it to allow all")
    cidrs: list[str] = []
    for cidr in given:
        if isinstance(cidr, str) and Token.is_unresolved(cidr):
            problems.add("'allowed_cidrs' must be known at synthesis, got a token: write it out")
            continue
        network = arguments.network_of(cidr)
        if isinstance(network, str):
            problems.add(
                f"'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got {cidr}: {network}"
            )
            continue
        if isinstance(network, ipaddress.IPv6Network) and not dual_stack:
            problems.add(
                f"'allowed_cidrs' must hold IPv4 ranges with dual_stack=False, got '{cidr}': "
                "nobody comes from there"
            )
        cidrs.append(str(network))
    return tuple(cidrs)


def check_web_acl(web_acl: object, problems: arguments.Problems) -> str | None:
    """Return the ARN of a web ACL; note one that a stage cannot have."""
    if web_acl is None:
        return None
    if isinstance(web_acl, wafv2.CfnWebACL):
        if web_acl.scope != "REGIONAL" and not Token.is_unresolved(web_acl.scope):
            problems.add(f"'web_acl' must have the scope REGIONAL, got {web_acl.scope}")
        return web_acl.attr_arn
    if isinstance(web_acl, str) and (Token.is_unresolved(web_acl) or _WEB_ACL.match(web_acl)):
        return web_acl
    problems.add(
        f"'web_acl' must be a CfnWebACL or the ARN of a regional web ACL, got {web_acl!r}: "
        "write e.g. web_acl=acl.attr_arn"
    )
    return None


def check_certificate(certificate: object, region: str, problems: arguments.Problems) -> None:
    """Note what is no certificate, or one of another Region than the stack's."""
    if certificate is None:
        return
    reason = arguments.certificate_problem(certificate, region)
    if reason is not None:
        problems.add(f"'certificate' {reason}")


def check_retention(retention: object, problems: arguments.Problems) -> logs.RetentionDays | None:
    """Return how long logs are kept, None for no log; note what is neither."""
    if isinstance(retention, logs.RetentionDays) or retention is None:
        return retention
    example = "e.g. RetentionDays.ONE_WEEK, or None for no log"
    arguments.check_kind("access_log_retention", retention, logs.RetentionDays, example, problems)
    return None


def check_domain(
    name: str | None,
    certificate: acm.ICertificate | None,
    names: Mapping[str, str],
    problems: arguments.Problems,
) -> str | None:
    """Return the API's own name in canonical form; note one that cannot be, or lacks its half."""
    if (name is None) != (certificate is None):
        given, missing = (
            ("certificate", "domain_name")
            if name is None
            else (
                "domain_name",
                "certificate",
            )
        )
        problems.add(f"'{given}' goes with '{missing}', got it alone: pass both or none")
    if name is None:
        return None
    if not arguments.check_kind("domain_name", name, str, "e.g. 'ddns.example.com'", problems):
        return None
    if Token.is_unresolved(name):
        problems.add("'domain_name' must be known at synthesis, got a token: write it out")
        return None
    reason = arguments.host_name_problem(canonical(name))
    if reason is None and canonical(name) in names.values():
        reason = "it is among 'record_names', and its caller could take the API over"
    if reason is not None:
        problems.add(f"'domain_name' must be a host name, got '{name}': {reason}")
    return canonical(name)
