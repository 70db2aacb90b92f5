"""The app of docs/floods.md works as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

_PAGE = Path(__file__).parents[2] / "docs" / "floods.md"


@pytest.fixture(scope="module")
def template() -> Template:
    """What the page's app synthesises."""
    (block,) = re.findall(r"```python\n(.*?)```", _PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(block, "floods.md", "exec"), names)  # noqa: S102 - it is the page's example
    assert isinstance(names["app"], App)
    return Template.from_stack(names["stack"])


def _only(template: Template, kind: str) -> dict[str, Any]:
    (found,) = template.find_resources(kind).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def _distribution(template: Template) -> dict[str, Any]:
    configuration: dict[str, Any] = _only(template, "AWS::CloudFront::Distribution")[
        "DistributionConfig"
    ]
    return configuration


def test_cloudfront_sends_the_secret_that_the_function_has_a_digest_of(template: Template) -> None:
    (origin,) = _distribution(template)["Origins"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == "X-Ddns-Origin"
    assert "{{resolve:secretsmanager:" in json.dumps(header["HeaderValue"])
    variables = _only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert len(json.loads(variables["DDNS_ORIGIN_DIGESTS"])) == 1
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert "execute-api" in json.dumps(origin["DomainName"])


def test_what_a_client_sends_is_forwarded_and_the_host_is_not(template: Template) -> None:
    cached = _only(template, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    forwarded = _only(template, "AWS::CloudFront::OriginRequestPolicy")["OriginRequestPolicyConfig"]
    key = cached["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["HeadersConfig"]["Headers"] == ["Authorization"]
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "all"
    headers = {each.lower() for each in forwarded["HeadersConfig"]["Headers"]}
    assert forwarded["HeadersConfig"]["HeaderBehavior"] == "whitelist"
    assert {"cloudfront-viewer-address", "content-type", "x-ddns-signature"} <= headers
    assert not {"host", "authorization", "x-ddns-origin"} & headers
    assert len(headers) <= 10  # of a policy, by CloudFront's quotas


def test_every_header_that_the_function_reads_is_forwarded(template: Template) -> None:
    runtime = Path(__file__).parents[2] / "lambda_src" / "ddns"
    sources = "".join(path.read_text() for path in runtime.rglob("*.py"))
    read = set(re.findall(r'(?:request\.header|_header)\((?:request, )?"([a-z-]+)"', sources))
    policies = template.find_resources("AWS::CloudFront::CachePolicy") | template.find_resources(
        "AWS::CloudFront::OriginRequestPolicy"
    )
    forwarded = json.dumps(policies).lower()
    assert "authorization" in read
    assert [each for each in read - {"x-ddns-origin"} if f'"{each}"' not in forwarded] == []


def test_nothing_is_cached(template: Template) -> None:
    cached = _only(template, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    assert (cached["MinTTL"], cached["DefaultTTL"]) == (0, 0)
    errors = _distribution(template)["CustomErrorResponses"]
    assert {each["ErrorCachingMinTTL"] for each in errors} == {0}
    assert {403, 503} <= {each["ErrorCode"] for each in errors}


def test_bodies_pass_and_a_web_acl_counts_by_address(template: Template) -> None:
    assert "POST" in _distribution(template)["DefaultCacheBehavior"]["AllowedMethods"]
    assert "Arn" in json.dumps(_distribution(template)["WebACLId"])
    acl = _only(template, "AWS::WAFv2::WebACL")
    (rule,) = acl["Rules"]
    assert (acl["Scope"], rule["Action"]) == ("CLOUDFRONT", {"Block": {}})
    assert rule["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
