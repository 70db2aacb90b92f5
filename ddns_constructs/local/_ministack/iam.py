# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""What MiniStack's policy evaluator does not know: condition keys, and what batch actions need.

AWS gives a policy the names, types and actions of a `ChangeResourceRecordSets` request, normalised,
the VPC of a request that makes or associates a hosted zone, and the Region of every EC2 request.
Without them a condition with a `Null` guard denies everything and a `ForAllValues` condition
without one allows everything: least privilege would not be tested.

DynamoDB gives it the attributes that a request names, written or in a condition, the key's
included; MiniStack knows those of projections only.

EventBridge gives it the sources and detail types of the events that are put. With
`events:source` and `events:detail-type` a function may tell of its own and nothing else.

EC2 tells the subnet of an interface that a request is about; and what is detached is an interface,
where MiniStack takes any.

SQS knows no permission for a batch action: each needs that of the action that it repeats.

Keys: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, route53

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "apply",
    "event_keys",
    "normalised_name",
    "record_change_keys",
    "subnet_key",
    "vpc_keys",
    "written_attributes",
]

_CHANGE = "route53:ChangeResourceRecordSets"
_WITH_VPC = ("route53:AssociateVPCWithHostedZone", "route53:CreateHostedZone")
_NAMESPACE = "{https://route53.amazonaws.com/doc/2013-04-01/}"
_UPDATE = "dynamodb:UpdateItem"
_PUT_EVENTS = "events:PutEvents"
# Of an expression: the top of a path, and what follows it; a value's placeholder has a colon.
_PATH = re.compile(r"(?<![\w.#:])(#?[A-Za-z_]\w*)(?:\.[\w#]+)*")
_FUNCTION = re.compile(r"\w+ *\(")
_WORDS = frozenset(["add", "and", "between", "delete", "in", "not", "or", "remove", "set"])
_ESCAPE = re.compile(r"\\([0-3][0-7]{2})|(.)", re.DOTALL)


def apply() -> None:
    """Add the keys to every request's context, and take batch actions for what they repeat."""
    _correct_batch_actions()
    _correct_detachment()
    tags_of_request = iam_actions.request_tag_context

    def request_context(
        service: str, action: str, body: bytes, params: Mapping[str, object]
    ) -> dict[str, object]:
        context: dict[str, object] = tags_of_request(service, action, body, params)
        if service == "ec2":
            context["ec2:Region"] = get_region()
            context.update(subnet_key(params))
        if action == _CHANGE:
            context.update(record_change_keys(body))
        if action in _WITH_VPC:
            context.update(vpc_keys(body))
        if action == _PUT_EVENTS:
            context.update(event_keys(body))
        if action == _UPDATE:
            context["dynamodb:Attributes"] = written_attributes(body)
        return context

    iam_actions.request_tag_context = request_context


def _correct_batch_actions() -> None:
    action_of_request = iam_actions.extract_iam_action

    def action(service: str, *args: object, **kwargs: object) -> str | None:
        found: str | None = action_of_request(service, *args, **kwargs)
        return found.removesuffix("Batch") if found and service == "sqs" else found

    iam_actions.extract_iam_action = action


def _correct_detachment() -> None:
    resource_of_request = iam_actions.extract_resource_arn

    def resource(*request: Any) -> object:  # noqa: ANN401 - theirs: service first, parameters sixth
        service, params = request[0], request[5]
        if service == "ec2" and ec2._p(params, "Action") == "DetachNetworkInterface":
            wanted = ec2._p(params, "AttachmentId")
            for name, each in ec2._network_interfaces.items():
                if each["Attachment"] and each["Attachment"]["AttachmentId"] == wanted:
                    return _arn("network-interface", name)
        return resource_of_request(*request)

    iam_actions.extract_resource_arn = resource


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{name}"


def event_keys(body: bytes) -> dict[str, list[str] | str]:
    """Return the condition keys of a request that puts events: of one event, one value."""
    entries = json.loads(body or b"{}").get("Entries", [])
    keys = {"events:source": "Source", "events:detail-type": "DetailType"}
    found = {key: sorted({each.get(name, "") for each in entries}) for key, name in keys.items()}
    return {key: each[0] if len(each) == 1 else each for key, each in found.items()}


def subnet_key(params: Mapping[str, object]) -> dict[str, str]:
    """Return the condition key of a request about an interface that exists."""
    found = ec2._network_interfaces.get(ec2._p(params, "NetworkInterfaceId"))
    return {"ec2:Subnet": _arn("subnet", found["SubnetId"])} if found else {}


def record_change_keys(body: bytes) -> dict[str, list[str]]:
    """Return the condition keys of one ChangeResourceRecordSets request."""
    root = route53._parse_body(body)
    if root is None:
        return {}
    changes = list(root.iter(f"{_NAMESPACE}Change"))

    def texts(path: str) -> list[str]:
        return [change.findtext(path, "").strip() for change in changes]

    record_set = f"{_NAMESPACE}ResourceRecordSet/{_NAMESPACE}"
    names = texts(f"{record_set}Name")
    return {
        f"{_CHANGE}NormalizedRecordNames": [normalised_name(name) for name in names],
        f"{_CHANGE}RecordTypes": [text.upper() for text in texts(f"{record_set}Type")],
        f"{_CHANGE}Actions": [text.upper() for text in texts(f"{_NAMESPACE}Action")],
    }


def vpc_keys(body: bytes) -> dict[str, list[str]]:
    """Return the condition key of a request that may name a VPC; a public zone has none."""
    root = route53._parse_body(body)
    vpc = None if root is None else root.find(f"{_NAMESPACE}VPC")
    if vpc is None:
        return {}
    parts = (f"{name}={vpc.findtext(_NAMESPACE + name, '')}" for name in ("VPCId", "VPCRegion"))
    return {"route53:VPCs": [",".join(parts)]}


def written_attributes(body: bytes) -> list[str]:
    """Return the top-level attributes that an UpdateItem request names."""
    request = json.loads(body)
    names = request.get("ExpressionAttributeNames", {})
    expressions = (request.get(f"{kind}Expression", "") for kind in ("Update", "Condition"))
    tops = {top for each in expressions for top in _PATH.findall(_FUNCTION.sub("(", each))}
    named = {names.get(top, top) for top in tops if top.lower() not in _WORDS}
    return sorted({*request.get("Key", {}), *named})


def normalised_name(name: str) -> str:
    r"""Return `name` in lower case, without a trailing dot, other characters as `\ooo`."""

    def normalise(match: re.Match[str]) -> str:
        character = chr(int(match[1], 8)) if match[1] else match[2]
        if re.fullmatch(r"[A-Za-z0-9_.-]", character):
            return character.lower()
        return "".join(f"\\{byte:03o}" for byte in character.encode())

    return _ESCAPE.sub(normalise, name.removesuffix("."))
