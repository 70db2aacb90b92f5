"""Clients, and botocore's errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ddns.core.errors import (
    NoSuchZoneError,
    PermanentError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_sqs import SQSClient

_THROTTLED = frozenset(
    {
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_REJECTED = frozenset({"InvalidChangeBatch", "InvalidInput"})
_SERVER_ERROR = 500


class Clients:
    """One session and its clients.

    EC2, DynamoDB and Route 53 are made at once, while a cold start has a whole processor; SQS is
    made when first needed, which is when something failed.
    """

    def __init__(self, session: boto3.Session | None = None) -> None:
        """Make the clients that every invocation needs."""
        self._session = session or boto3.Session()
        patient = Config(
            connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 4}
        )
        # Retries of Route 53 are the applier's: it counts them, keeps to the time budget, and has
        # to know whether an earlier attempt may have worked.
        once = Config(
            connect_timeout=3,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        self.ec2: EC2Client = self._session.client("ec2", config=patient)
        self.dynamodb: DynamoDBClient = self._session.client("dynamodb", config=patient)
        self.route53: Route53Client = self._session.client("route53", config=once)
        self._patient = patient

    @cached_property
    def sqs(self) -> SQSClient:
        """Return the SQS client."""
        return self._session.client("sqs", config=self._patient)


@contextmanager
def translated() -> Iterator[None]:
    """Turn botocore's errors into this package's.

    Raises:
        ThrottledError: the service said to come back later.
        UnavailableError: no answer, or a server error: the call may have worked.
        RejectedError: Route 53 refused a change batch.
        NoSuchZoneError: there is no such hosted zone.
        PermanentError: any other refusal.
    """
    try:
        yield
    except ClientError as err:
        raise _error(err.response)(str(err)) from err
    except (BotoCoreError, ResponseParserError) as err:
        raise UnavailableError(str(err)) from err


def _error(response: Any) -> type[Exception]:  # noqa: ANN401 - botocore's untyped mapping
    code = response.get("Error", {}).get("Code", "")
    if code in _THROTTLED:
        return ThrottledError
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR:
        return UnavailableError
    if code == "NoSuchHostedZone":
        return NoSuchZoneError
    return RejectedError if code in _REJECTED else PermanentError
