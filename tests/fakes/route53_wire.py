"""What lies between a boto3 client's caller and Route 53: validation, quotas, errors, failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

API_NAMES: Final = {
    "change_resource_record_sets": "ChangeResourceRecordSets",
    "list_resource_record_sets": "ListResourceRecordSets",
    "get_hosted_zone": "GetHostedZone",
    "create_hosted_zone": "CreateHostedZone",
    "list_hosted_zones_by_name": "ListHostedZonesByName",
    "associate_vpc_with_hosted_zone": "AssociateVPCWithHostedZone",
    "get_change": "GetChange",
    "get_health_check": "GetHealthCheck",
    "get_health_check_status": "GetHealthCheckStatus",
}
_STATUS: Final = {  # of the service model; 400 for the rest
    "NoSuchHostedZone": 404,
    "NoSuchChange": 404,
    "NoSuchHealthCheck": 404,
    "HostedZoneAlreadyExists": 409,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
}
_MESSAGES: Final = {
    "Throttling": "Rate exceeded",
    "PriorRequestNotComplete": (
        "The request was rejected because Route 53 was still processing a prior request."
    ),
}
_LOST: Final[dict[str, type[BotoCoreError]]] = {
    "ConnectTimeoutError": ConnectTimeoutError,
    "ReadTimeoutError": ReadTimeoutError,
    "EndpointConnectionError": EndpointConnectionError,
}
# Developer Guide, "Throttling API requests": capacity and refill per second, of the whole
# account and of each action on its own.
_ACCOUNT_QUOTA: Final = (50, 10)
_ACTION_QUOTAS: Final = {
    "associate_vpc_with_hosted_zone": (20, 5),
    "create_hosted_zone": (40, 2),
}
_RECORD_SET_FIELDS: Final = frozenset(
    (
        *("Name", "Type", "SetIdentifier", "Weight", "Region", "GeoLocation", "Failover"),
        *("MultiValueAnswer", "TTL", "ResourceRecords", "AliasTarget", "HealthCheckId"),
        *("TrafficPolicyInstanceId", "CidrRoutingConfig", "GeoProximityLocation"),
    )
)

ABSENT: Final = "(absent)"
NO_FIELDS: Final[Mapping[str, Any]] = {}


# ---------------------------------------------------------------- answers


def metadata(status: int) -> Any:  # noqa: ANN401 - botocore-stubs asks for a TypedDict of its own
    """ResponseMetadata."""
    return {
        "RequestId": "00000000-0000-0000-0000-000000000000",
        "HTTPStatusCode": status,
        "HTTPHeaders": {},
        "RetryAttempts": 0,
    }


def error_of(
    operation: str, code: str, message: str | None = None, status: int | None = None
) -> Exception:
    """Return the error of this code as the client raises it, in the service's words if known."""
    if code in _LOST:
        return _LOST[code](endpoint_url="https://route53.amazonaws.com", error=code)
    text = _MESSAGES.get(code, code) if message is None else message
    status = status or _STATUS.get(code, 400)
    error: Any = {"Code": code, "Message": text, "Type": "Sender" if status < 500 else "Receiver"}
    return ClientError({"Error": error, "ResponseMetadata": metadata(status)}, API_NAMES[operation])


@dataclass(frozen=True)
class Failure:
    """One scripted failure; `applied` means that only the answer is lost."""

    operation: str
    code: str
    message: str | None
    status: int | None
    applied: bool

    def error(self) -> Exception:
        """Make the error anew: an exception carries the traceback of its last raise."""
        return error_of(self.operation, self.code, self.message, self.status)


# ---------------------------------------------------------------- quotas


class Bucket:
    """A token bucket: how much it holds, and how much comes back a second."""

    def __init__(self, quota: tuple[float, float], clock: Callable[[], float]) -> None:
        self._capacity, self._refill = quota
        self._clock = clock
        self._tokens = float(self._capacity)
        self._at = clock()

    def holds(self, tokens: int = 1) -> bool:
        """Tell whether there are so many now."""
        now = self._clock()
        gained = max(0.0, now - self._at) * self._refill
        self._tokens, self._at = min(self._capacity, self._tokens + gained), now
        return self._tokens >= tokens

    def take(self, tokens: int = 1) -> None:
        """Take so many."""
        self._tokens -= tokens


class Quotas:
    """The documented token buckets; a request needs a token of the account's and its action's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._account = Bucket(_ACCOUNT_QUOTA, clock)
        self._actions: dict[str, Bucket] = {}

    def spend(self, operation: str) -> bool:
        """Take the tokens of one request; False if there is none to take."""
        if operation not in self._actions:
            quota = _ACTION_QUOTAS.get(operation, _ACCOUNT_QUOTA)
            self._actions[operation] = Bucket(quota, self._clock)
        buckets = [self._account, self._actions[operation]]
        if not all(bucket.holds() for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.take()
        return True


# ---------------------------------------------------------------- botocore's own validation


def check_strings(**parameters: object) -> None:
    """Refuse as botocore does: it converts nothing, and None is no way to leave something out."""
    for name, value in parameters.items():
        if not isinstance(value, str):
            raise _invalid(f"type for parameter {name}", value, "valid types: <class 'str'>")


def check_fields(**parameters: object) -> None:
    """Refuse what is no structure."""
    for name, value in parameters.items():
        if not isinstance(value, Mapping):
            raise _invalid(f"type for parameter {name}", value, "valid types: <class 'dict'>")


def check_batch(batch: Mapping[str, Any]) -> None:
    """Refuse what botocore refuses: it knows types, least lengths and the names of fields."""
    check_fields(ChangeBatch=batch)
    changes = batch.get("Changes")
    if not isinstance(changes, (list, tuple)) or not changes:
        raise _invalid("length for parameter ChangeBatch.Changes", changes, "valid min length: 1")
    if batch.keys() - {"Changes", "Comment"}:
        raise _invalid("parameter in ChangeBatch", list(batch), "must be one of: Comment, Changes")
    for index, change in enumerate(changes):
        where = f"parameter ChangeBatch.Changes[{index}]"
        if change.keys() != {"Action", "ResourceRecordSet"}:
            raise _invalid(where, change, "must be: Action, ResourceRecordSet")
        _check_record_set(where, change["ResourceRecordSet"])


def _check_record_set(where: str, fields: Mapping[str, Any]) -> None:
    if not {"Name", "Type"} <= fields.keys() <= _RECORD_SET_FIELDS:
        raise _invalid(where, fields, "Name and Type are required, the rest must be known")
    check_strings(Name=fields["Name"], Type=fields["Type"])
    ttl, records = fields.get("TTL", 0), fields.get("ResourceRecords", [{"Value": ""}])
    if not isinstance(ttl, int) or ttl < 0:
        raise _invalid(f"value for {where}.TTL", ttl, "valid min value: 0")
    if not isinstance(records, (list, tuple)) or not records:
        raise _invalid(f"length for {where}.ResourceRecords", records, "valid min length: 1")
    for record in records:
        if record.keys() != {"Value"}:
            raise _invalid(f"{where}.ResourceRecords", record, "must be: Value")
        check_strings(Value=record["Value"])


def _invalid(what: str, value: object, allowed: str) -> ParamValidationError:
    return ParamValidationError(report=f"Invalid {what}, value: {value!r}, {allowed}")
