"""What to ask of a template with ApiGatewayDirectDdns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_route53 as route53

from ddns_constructs import ApiGatewayDirectDdns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ZONE_ID = "Z0EXAMPLE0DIRECT0000"
_LITERALS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
}


def resolve(value: Any) -> Any:  # noqa: ANN401 - CloudFormation's own
    """Return a value with its references replaced: a resource's by its logical id."""
    if isinstance(value, list):
        return [resolve(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return _LITERALS.get(value["Ref"], value["Ref"])
    if "Fn::GetAtt" in value:
        return ".".join(value["Fn::GetAtt"])
    if "Fn::Join" in value:
        return _joined(*value["Fn::Join"])
    return {key: resolve(each) for key, each in value.items()}


def _joined(separator: str, parts: list[Any]) -> Any:  # noqa: ANN401 - CloudFormation's own
    """Return parts as one text; as they are where a function is among them."""
    known = [resolve(part) for part in parts]
    if not all(isinstance(part, str) for part in known):
        return {"Fn::Join": [separator, known]}
    return separator.join(known)


class Answer(NamedTuple):
    """What a method makes of an answer."""

    status: str
    template: str
    headers: dict[str, str]


@dataclass
class Method:
    """A method at a path, as the template has it."""

    path: str
    properties: dict[str, Any]

    @property
    def verb(self) -> str:
        """Its HTTP method."""
        return str(self.properties["HttpMethod"])

    @property
    def integration(self) -> dict[str, Any]:
        """What it calls."""
        found: dict[str, Any] = self.properties["Integration"]
        return found

    @property
    def request_template(self) -> str:
        """The one template of its request, whatever the media type."""
        (template,) = set(self.integration["RequestTemplates"].values())
        return str(template)

    def answer(self, status: str) -> Answer:
        """What becomes of an answer of Route 53, by its status."""
        responses = self.integration["IntegrationResponses"]
        (default,) = [each for each in responses if "SelectionPattern" not in each]
        matching = [
            each for each in responses if re.fullmatch(each.get("SelectionPattern", "$^"), status)
        ]
        (found,) = matching or [default]
        (template,) = found["ResponseTemplates"].values()
        return Answer(found["StatusCode"], template, found["ResponseParameters"])


def _imported(stack: cdk.Stack) -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id=ZONE_ID, zone_name="example.com"
    )


class Direct:
    """A stack of its own with the construct, and its template with references replaced."""

    def __init__(
        self,
        *,
        zone: Callable[[cdk.Stack], route53.IHostedZone] = _imported,
        **arguments: Any,  # noqa: ANN401 - any argument of it
    ) -> None:
        self.stack = cdk.Stack(cdk.App(), "Stack")
        defaults = {"hosted_zone": zone(self.stack), "record_names": ["home"]}
        self.ddns = ApiGatewayDirectDdns(self.stack, "Ddns", **{**defaults, **arguments})

    @cached_property
    def resources(self) -> dict[str, Any]:
        """All resources; nothing may be defined after the first look."""
        template = assertions.Template.from_stack(self.stack).to_json()
        found: dict[str, Any] = resolve(template["Resources"])
        return found

    def find(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of the resources of a type, by their logical ids."""
        return {
            id_: each.get("Properties", {})
            for id_, each in self.resources.items()
            if each["Type"] == kind
        }

    def only(self, kind: str) -> dict[str, Any]:
        """The properties of the one resource of a type."""
        (found,) = self.find(kind).values()
        return found

    def methods(self) -> list[Method]:
        """The methods with their paths."""
        parts = self.find("AWS::ApiGateway::Resource")
        paths = {id_: f"/{each['PathPart']}" for id_, each in parts.items()}
        return [
            Method(paths.get(each["ResourceId"], "/"), each)
            for each in self.find("AWS::ApiGateway::Method").values()
        ]

    def method(self, path: str, verb: str = "GET") -> Method:
        """The method at a path."""
        (found,) = [each for each in self.methods() if (each.path, each.verb) == (path, verb)]
        return found

    def keys(self) -> dict[str, str]:
        """The ids of the keys, by the names that they are for."""
        return {
            each["Description"].rpartition(" ")[2]: id_
            for id_, each in self.find("AWS::ApiGateway::ApiKey").items()
        }

    def statement(self) -> dict[str, Any]:
        """The one statement of the role."""
        (statement,) = self.statements()
        return statement

    def statements(self) -> list[dict[str, Any]]:
        """All statements of the role, those of managed policies included."""
        kinds = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        return [
            each
            for kind in kinds
            for document in self.policies(kind)
            for each in document["Statement"]
        ]

    def policies(self, kind: str) -> list[dict[str, Any]]:
        """The documents of the role's policies of a kind."""
        (role,) = [id_ for id_ in self.find("AWS::IAM::Role") if id_.startswith("DdnsRole")]
        found = self.find(kind).values()
        return [each["PolicyDocument"] for each in found if each["Roles"] == [role]]

    def log(self, name: str) -> tuple[str, dict[str, Any]]:
        """The logical id and the properties of a log group, by the id of its construct."""
        (found,) = [
            (id_, each)
            for id_, each in self.find("AWS::Logs::LogGroup").items()
            if id_.startswith(f"Ddns{name}")
        ]
        return found

    def gateway_responses(self) -> Mapping[str, dict[str, Any]]:
        """API Gateway's own errors, by their types."""
        found = self.find("AWS::ApiGateway::GatewayResponse").values()
        return {each["ResponseType"]: each for each in found}

    def warnings(self) -> list[str]:
        """The texts of the warnings on the construct."""
        found = assertions.Annotations.from_stack(self.stack).find_warning(
            "/Stack/Ddns", assertions.Match.any_value()
        )
        return [str(each.entry.data) for each in found]
