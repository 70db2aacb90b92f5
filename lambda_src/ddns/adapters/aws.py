"""Clients, and botocore's errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import __version__ as botocore_version
from botocore import session as sessions
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError

from ddns.core.errors import (
    BusyZoneError,
    ConflictError,
    NoSuchZoneError,
    PermanentError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    UsedReferenceError,
    ZoneFullError,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_sqs import SQSClient

_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
# Of a zone with as many record sets as its quota allows the text says so (dnscontrol #908).
_FULL = "MAX_RRSETS_BY_ZONE"
_REJECTED = frozenset({"InvalidChangeBatch", "InvalidInput"})
PASSING = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})
"""What DynamoDB cancels a transaction for that passes by itself."""

_EXACTLY: dict[str, type[Exception]] = {
    "ConditionalCheckFailedException": ConflictError,
    "HostedZoneAlreadyExists": UsedReferenceError,
    "NoSuchHostedZone": NoSuchZoneError,
    "PriorRequestNotComplete": BusyZoneError,
}
_SERVER_ERROR = 500
_USER_AGENT = f"ddns-constructs botocore/{botocore_version}"


class Within(NamedTuple):
    """How long to wait, in seconds.

    Attributes:
        connected: for a connection.
        answered: for the next part of an answer; a short one comes in one.
    """

    connected: float
    answered: float


_WITHIN = Within(3, 10)
_PATIENTLY = Within(3, 4)


def _config(within: Within, attempts: int) -> Config:
    return Config(
        connect_timeout=within.connected,
        read_timeout=within.answered,
        retries={"mode": "standard", "total_max_attempts": attempts},
        # The default one is put together anew for each request: a fifth of its processor time.
        user_agent=_USER_AGENT,
    )


class Clients:
    """One session and its clients, each made when it is first asked for.

    What every invocation needs is asked for while a cold start has a whole processor; SQS when
    something failed.

    Args:
        session: botocore's. What boto3 puts around it is of no use here, and takes a cold start a
            twentieth longer. Default: a new one.
        within: how long to wait for a connection, and for an answer, in seconds.
        attempts: how often to ask where an answer does not come or is to come later.
        route53_within: how long to wait for Route 53. Default: as for all others.
        functions_within: how long to wait for a function that is invoked. Default: as for all
            others.
    """

    def __init__(
        self,
        session: sessions.Session | None = None,
        within: Within = _WITHIN,
        attempts: int = 5,
        route53_within: Within | None = None,
        functions_within: Within | None = None,
    ) -> None:
        """Take the session and how long and how often to wait."""
        self._make: Any = (session or sessions.get_session()).create_client
        self._often = _config(within, attempts)
        # Retries of Route 53 are the applier's: it counts them, keeps to the time budget, and has
        # to know whether an earlier attempt may have worked.
        self._once = _config(route53_within or within, 1)
        self._functions = functions_within or within, attempts
        # What is asked of DynamoDB has no part that botocore's own check could refuse: the table
        # and the shape of each request are ours. It takes a twelfth of an unchanged poll.
        self._unchecked = self._often.merge(Config(parameter_validation=False))

    @cached_property
    def ec2(self) -> EC2Client:
        """Return the EC2 client."""
        client: EC2Client = self._make("ec2", config=self._often)
        return client

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """Return the DynamoDB client."""
        client: DynamoDBClient = self._make("dynamodb", config=self._unchecked)
        return client

    @cached_property
    def route53(self) -> Route53Client:
        """Return the Route 53 client."""
        client: Route53Client = self._make("route53", config=self._once)
        return client

    @cached_property
    def patient_route53(self) -> Route53Client:
        """Return a Route 53 client for work that nobody waits for."""
        client: Route53Client = self._make("route53", config=_config(_PATIENTLY, 1))
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        """Return the SQS client."""
        client: SQSClient = self._make("sqs", config=self._often)
        return client

    @cached_property
    def functions(self) -> LambdaClient:
        """Return the Lambda client."""
        client: LambdaClient = self._make("lambda", config=_config(*self._functions))
        return client

    @cached_property
    def events(self) -> Any:  # noqa: ANN401 - no types of EventBridge are installed
        """Return the EventBridge client."""
        return self._make("events", config=self._often)


@contextmanager
def translated() -> Iterator[None]:
    """Turn botocore's errors into this package's.

    Raises:
        ThrottledError: the service said to come back later.
        BusyZoneError: Route 53 said so because another change of the zone is in progress.
        ConflictError: a condition of a write to DynamoDB does not hold.
        UnavailableError: no answer, or a server error: the call may have worked.
        RejectedError: Route 53, or botocore for it, refused a change batch.
        ZoneFullError: it did because the hosted zone is full.
        NoSuchZoneError: there is no such hosted zone.
        UsedReferenceError: a caller reference has made a hosted zone before.
        PermanentError: any other refusal.
    """
    try:
        yield
    except ClientError as err:
        raise _error(err.response)(str(err)) from err
    except ParamValidationError as err:
        raise RejectedError(str(err)) from err
    except (BotoCoreError, ResponseParserError) as err:
        raise UnavailableError(str(err)) from err


def _error(response: Any) -> type[Exception]:  # noqa: ANN401 - botocore's untyped mapping
    code = response.get("Error", {}).get("Code", "")
    if code in _EXACTLY:
        return _EXACTLY[code]
    if code == "TransactionCanceledException":
        reasons = {each.get("Code") for each in response.get("CancellationReasons", ())}
        return ThrottledError if reasons & PASSING else PermanentError
    if code in _THROTTLED:
        return ThrottledError
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR:
        return UnavailableError
    if code in _REJECTED:
        full = _FULL in response.get("Error", {}).get("Message", "")
        return ZoneFullError if full else RejectedError
    return PermanentError
