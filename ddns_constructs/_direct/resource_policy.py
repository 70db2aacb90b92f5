"""The resource policy of `ApiGatewayDirectDdns`: which addresses callers may come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems

_RESOURCE = "execute-api:/*"
# What API Gateway makes of it; 64 characters hold the ARN of an API in any Region.
_ARN_LENGTH = 64
# API Gateway: quotas for configuring and running a REST API, "length of resource policy".
_MAX_LENGTH = 8_192


def resource_policy(cidrs: Sequence[str], *, signed: bool) -> iam.PolicyDocument | None:
    """Return a policy that denies all addresses but some ranges; None where there is no range.

    Args:
        cidrs: The ranges.
        signed: Whether callers sign for AWS.
    """
    if not cidrs:
        return None
    deny = iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=["execute-api:Invoke"],
        conditions={"NotIpAddress": {"aws:SourceIp": list(cidrs)}},
        principals=[iam.AnyPrincipal()],
        resources=[_RESOURCE],
    )
    allow = iam.PolicyStatement(
        actions=["execute-api:Invoke"],
        conditions={"IpAddress": {"aws:SourceIp": list(cidrs)}},
        principals=[iam.AnyPrincipal()],
        resources=[_RESOURCE],
    )
    # Without a signature nobody gets in unless the policy says so. With one, saying so would let
    # in every principal of the account, granted or not.
    return iam.PolicyDocument(statements=[deny] if signed else [allow, deny])


def check_length(cidrs: Sequence[str], problems: Problems, *, signed: bool) -> None:
    """Note ranges that make a policy longer than API Gateway takes."""
    policy = resource_policy(cidrs, signed=signed)
    if policy is None:
        return
    text = json.dumps(policy.to_json(), separators=(",", ":"))
    length = len(text.replace(_RESOURCE, "x" * _ARN_LENGTH))
    if length > _MAX_LENGTH:
        problems.add(
            f"'allowed_cidrs' must fit into a policy of {_MAX_LENGTH:,} characters, got "
            f"{len(cidrs)} ranges, which take about {length:,}: write wider ranges, or put an IP "
            "set into a web ACL and pass that as 'web_acl'"
        )
