"""What a stranger can cost `ClientDdns` in a day: its own limits, by list price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs._client.http_api import RATE_LIMIT
from ddns_constructs._client.settings import MAX_READ_REQUEST_UNITS, RESERVED_CONCURRENCY

if TYPE_CHECKING:
    from collections.abc import Mapping

# US East (N. Virginia), the first tier of each, no free tier; docs/floods.md links the pages.
PRICES = {
    "Lambda request": 0.20e-6,
    "Lambda GB-second on Arm": 0.0000133334,
    "DynamoDB read unit": 0.125e-6,
    "DynamoDB write unit": 0.625e-6,
    "CloudWatch Logs GB": 0.50,
    "GB out": 0.09,
    "HTTP API request": 1.00e-6,
    "CloudFront HTTPS request": 1.00e-6,
    "WAF request": 0.60e-6,
}
DAY = 86_400
MEMORY_GB = 0.25
# https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html, "Throttling".
REQUESTS_PER_EXECUTION = 10
# What the runtime keeps to for a request that has proved nothing.
READ_UNITS_PER_REQUEST = 2
LINE_BYTES = 1_024
# At the most, answers and what API Gateway writes of a request.
ANSWER_BYTES = 1_024
ACCESS_LINE_BYTES = 384
# Many times what a request that has proved nothing takes: cold starts and slow days are in it.
SECONDS_PER_REQUEST = 0.2
_GB = 10**9  # the smaller of the two that go by that name, so the dearer


def function_url(concurrency: int = RESERVED_CONCURRENCY) -> Mapping[str, float]:
    """Return dollars a day by what is billed, at the limit of the function URL."""
    return _behind(REQUESTS_PER_EXECUTION * concurrency, concurrency)


def http_api(
    rate: int = RATE_LIMIT, concurrency: float | None = None, *, access_log: bool = True
) -> Mapping[str, float]:
    """Return dollars a day by what is billed, at the throttle of the HTTP API.

    ``concurrency`` is what is reserved, or the account's quota where that is less than what so many
    requests take.
    """
    requests = rate * DAY
    lines = requests * ACCESS_LINE_BYTES / _GB * access_log
    return {
        "requests of the HTTP API": requests * PRICES["HTTP API request"],
        **_behind(rate, concurrency or rate * SECONDS_PER_REQUEST),
        "the access log": lines * PRICES["CloudWatch Logs GB"],
    }


def stopped_by_waf(requests: int) -> float:
    """Return the dollars for requests that a web ACL in front of CloudFront blocks.

    CloudFront does not bill them: https://aws.amazon.com/about-aws/whats-new/2024/11/
    amazon-cloudfront-charges-requests-blocked-aws-waf/
    """
    return requests * PRICES["WAF request"]


def _behind(rate: int, concurrency: float) -> Mapping[str, float]:
    """Return dollars a day for requests that reach the function, so many a second."""
    requests = rate * DAY
    reads = min(READ_UNITS_PER_REQUEST * rate, MAX_READ_REQUEST_UNITS) * DAY
    return {
        "requests of Lambda": requests * PRICES["Lambda request"],
        "GB-seconds of Lambda": concurrency * DAY * MEMORY_GB * PRICES["Lambda GB-second on Arm"],
        "read units of DynamoDB": reads * PRICES["DynamoDB read unit"],
        "the function's log": requests * LINE_BYTES / _GB * PRICES["CloudWatch Logs GB"],
        "data out": requests * ANSWER_BYTES / _GB * PRICES["GB out"],
    }
