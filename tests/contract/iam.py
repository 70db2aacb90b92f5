"""IAM as far as the policies of the constructs need it: what a call asks for, and who allows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.contract.deployment import queue_arn
from tests.handlers.account import ACCOUNT, REGION, Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHANGE = "route53:ChangeResourceRecordSets"
VPCS = "route53:VPCs"
# What the policies allow to Lambda itself, which acts with the function's role.
LAMBDAS_OWN = {
    "logs:CreateLogStream": "Lambda opens a stream for each environment",
    "logs:PutLogEvents": "Lambda writes what the function prints",
    "sqs:DeleteMessage": "the event source deletes what was handled",
    "sqs:GetQueueAttributes": "the event source watches the queue",
    "sqs:ReceiveMessage": "the event source polls",
}


@dataclass(frozen=True)
class Request:
    """What IAM is asked: an action on a resource, and the values of condition keys."""

    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]]


def many(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's own "one or many"
    """Return a list, also where there is one."""
    return value if isinstance(value, list) else [value]


def allows(statement: Mapping[str, Any], request: Request) -> bool:
    """Tell whether an Allow statement covers a request.

    Only what the statements here use is understood; anything else is an error, not a yes.
    """
    known = {"Sid", "Effect", "Action", "Resource", "Condition"}
    if statement.keys() - known or statement["Effect"] != "Allow":
        raise NotImplementedError(statement)
    return (
        request.action.lower() in [each.lower() for each in many(statement["Action"])]
        and any(fnmatchcase(request.resource, arn) for arn in many(statement["Resource"]))
        and all(
            _holds(operator, request.keys.get(key, ()), [str(each) for each in many(expected)])
            for operator, keys in statement.get("Condition", {}).items()
            for key, expected in keys.items()
        )
    )


def _holds(operator: str, actual: tuple[str, ...], expected: list[str]) -> bool:
    if operator == "Null":
        (absent,) = expected
        return (not actual) == (absent == "true")
    if operator == "ForAllValues:StringEquals":  # true where the key is absent, as IAM has it
        return all(value in expected for value in actual)
    if operator == "ForAllValues:StringNotEquals":
        return all(value not in expected for value in actual)
    if operator == "ForAllValues:StringLike":  # `*` crosses dots and slashes, as IAM has it
        return all(any(fnmatchcase(value, each) for each in expected) for value in actual)
    if operator == "ForAllValues:StringNotLike":
        return all(not fnmatchcase(value, each) for value in actual for each in expected)
    if operator in ("StringEquals", "ArnEquals"):  # no ARN of the policies has a wildcard
        return bool(actual) and all(value in expected for value in actual)
    raise NotImplementedError(operator)


# ---------------------------------------------------------------- from calls to requests


def requests(call: Call) -> Iterator[Request]:
    """Yield what IAM is asked for a call, by the Service Authorization Reference."""
    yield from _BY_SERVICE[call.service](call)


def _of_ec2(call: Call) -> Iterator[Request]:
    region = {"ec2:Region": (REGION,)}
    resource = "*"
    if call.operation == "DescribeVpcAttribute":
        resource = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{call.parameters['VpcId']}"
    yield Request(f"ec2:{call.operation}", resource, region)


def _of_route53(call: Call) -> Iterator[Request]:
    zone_id = call.parameters.get("HostedZoneId") or call.parameters.get("Id")
    named = call.operation not in ("CreateHostedZone", "ListHostedZonesByName")
    resource = f"arn:aws:route53:::hostedzone/{zone_id}" if named else "*"
    changes = call.parameters.get("ChangeBatch", {}).get("Changes", ())
    sets = [change["ResourceRecordSet"] for change in changes]
    vpcs = [each for each in [call.parameters.get("VPC")] if each]
    keys = {
        f"{CHANGE}Actions": tuple(change["Action"] for change in changes),
        f"{CHANGE}NormalizedRecordNames": tuple(_normalised(each["Name"]) for each in sets),
        f"{CHANGE}RecordTypes": tuple(each["Type"] for each in sets),
        # The key of AssociateVPCWithHostedZone and CreateHostedZone, absent where a public zone is
        # made: "Using IAM policy conditions for fine-grained access control", Route 53 guide.
        VPCS: tuple(f"VPCId={each['VPCId']},VPCRegion={each['VPCRegion']}" for each in vpcs),
    }
    yield Request(f"route53:{call.operation}", resource, {k: v for k, v in keys.items() if v})
    if vpcs:
        # AssociateVPCWithHostedZone and CreateHostedZone have it as a dependent action.
        yield Request("ec2:DescribeVpcs", "*", {"ec2:Region": (REGION,)})


def _normalised(name: str) -> str:
    r"""Return a name as the condition key has it: lower case, octal escapes, no last dot."""
    kept = "abcdefghijklmnopqrstuvwxyz0123456789-_."
    lower = name.lower().removesuffix(".")
    return "".join(char if char in kept else f"\\{ord(char):03o}" for char in lower)


def _of_dynamodb(call: Call) -> Iterator[Request]:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"
    if call.operation in ("TransactGetItems", "TransactWriteItems"):
        # There is no action for the transaction: each part needs its own.
        for item in call.parameters["TransactItems"]:
            ((kind, part),) = item.items()
            action = {"ConditionCheck": "ConditionCheckItem"}.get(kind, f"{kind}Item")
            yield Request(f"dynamodb:{action}", arn + part["TableName"], {})
        return
    tables = call.parameters.get("RequestItems") or [call.parameters["TableName"]]
    keys = {}
    if call.operation == "UpdateItem":
        keys = {"dynamodb:Attributes": tuple(sorted(_attributes(call.parameters)))}
    for table in tables:
        yield Request(f"dynamodb:{call.operation}", arn + table, keys)


# What an expression holds beside names, placeholders and functions.
_WORDS = {"add", "and", "between", "delete", "in", "not", "or", "remove", "set"}


def _attributes(parameters: Mapping[str, Any]) -> set[str]:
    """Return the attributes that an UpdateItem names: its key's, written ones, and compared ones.

    "Attributes" is "a list of the attribute names in a request"; they "can be read, written, or
    evaluated in a conditional write", and the key's must be among them; of a path only its top:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    names = parameters.get("ExpressionAttributeNames", {})
    found = set(parameters["Key"])
    for kind in ("UpdateExpression", "ConditionExpression"):
        # No value's placeholder, no function, no index of a list.
        for path in re.findall(r"[\w#:][\w#.:]*(?![\w#.:]| *\()", parameters.get(kind, "")):
            top = path.partition(".")[0]
            if not top.startswith(":") and top.lower() not in _WORDS and not top.isdigit():
                found.add(names.get(top, top))
    return found


def _of_sqs(call: Call) -> Iterator[Request]:
    action = call.operation.removesuffix("Batch")
    yield Request(f"sqs:{action}", queue_arn(call.parameters["QueueUrl"]), {})


_BY_SERVICE = {
    "dynamodb": _of_dynamodb,
    "ec2": _of_ec2,
    "route53": _of_route53,
    "sqs": _of_sqs,
}


# ---------------------------------------------------------------- both ways


@dataclass(frozen=True)
class Proof:
    """What a deployment is allowed, and what it did."""

    statements: list[dict[str, Any]]
    calls: list[Call]

    @property
    def allowed(self) -> set[str]:
        """Every action that the policy names."""
        return {action for each in self.statements for action in many(each["Action"])}

    @property
    def requests(self) -> list[Request]:
        """Everything that IAM was asked."""
        return [request for call in self.calls for request in requests(call)]

    @property
    def denied(self) -> list[Request]:
        """What was asked for and no statement allows."""
        return [
            request
            for request in self.requests
            if not any(allows(statement, request) for statement in self.statements)
        ]

    @property
    def needless(self) -> list[dict[str, Any]]:
        """The statements that no call needed."""
        return [
            statement
            for statement in self.statements
            if not set(many(statement["Action"])) <= set(LAMBDAS_OWN)
            and not any(allows(statement, request) for request in self.requests)
        ]
