# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Keys of usage plans: one at a time, and each once.

API Gateway takes `CreateUsagePlanKey` one at a time for an account and Region, and answers another
at the same moment with 409; CloudFormation, which makes at once whatever waits for nothing, rolls
the stack back then (serverless #12065). It answers 409 as well where the plan has the key already
(aws-cdk pull request 13817). MiniStack makes the resources of a stack one after the other, and lets
a plan take a key again: a template that AWS refuses would be deployed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import apigateway_v1, cloudformation
from ministack.services.cloudformation import engine, provisioners

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    _Resources = Mapping[str, Mapping[str, Any]]
    _Response = tuple[int, dict[str, str], bytes]

__all__ = ["apply", "at_the_same_time"]

_TYPE = "AWS::ApiGateway::UsagePlanKey"


def apply() -> None:
    """Refuse a key that would be made while another is, and one that the plan has."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    create: Callable[..., tuple[str, dict[str, Any]]] = handlers["create"]
    subscribe: Callable[..., _Response] = apigateway_v1._create_usage_plan_key

    def create_one(
        logical_id: str, props: Mapping[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        stack = cloudformation._stacks[stack_name]
        template = engine._parse_template(stack["_template_body"])
        made = stack.get("_resources", {})
        if others := at_the_same_time(logical_id, template["Resources"], made):
            raise ValueError(
                f"{_TYPE} create failed: ConflictException (409): {', '.join(others)} would be "
                "made at the same time; let each depend on the one before"
            )
        return create(logical_id, props, stack_name)

    def subscribe_once(plan_id: str, data: Mapping[str, Any]) -> _Response:
        if data.get("keyId") in apigateway_v1._usage_plan_keys.get(plan_id, {}):
            text = "Usage Plan cannot take an API key twice"
            refused: _Response = apigateway_v1._v1_error("ConflictException", text, 409)
            return refused
        return subscribe(plan_id, data)

    handlers["create"] = create_one
    apigateway_v1._create_usage_plan_key = subscribe_once


def at_the_same_time(
    logical_id: str, resources: _Resources, made: Mapping[str, object]
) -> list[str]:
    """Return the keys of plans that CloudFormation would make along with one.

    Args:
        logical_id: Of the one.
        resources: Those of the template.
        made: Those that exist, by their logical ids.
    """
    needs = _needs(logical_id, resources)
    return sorted(
        other
        for other, resource in resources.items()
        if resource["Type"] == _TYPE
        and other not in {logical_id, *needs, *made}
        and logical_id not in _needs(other, resources)
    )


def _needs(logical_id: str, resources: _Resources) -> set[str]:
    """Return all that must exist before a resource."""
    names, found, new = set(resources), set[str](), {logical_id}
    while new:
        new = {
            need for each in new for need in engine._extract_deps(resources[each], names)
        } - found
        found |= new
    return found
