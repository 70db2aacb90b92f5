# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Web ACLs that CloudFormation puts in front of something.

MiniStack has `AWS::WAFv2::WebACL`, and associations in its API, but not
`AWS::WAFv2::WebACLAssociation`: a template with one would not be deployed at all. What a web ACL
would filter is not looked at, here or there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import waf
from ministack.services.cloudformation import provisioners

if TYPE_CHECKING:
    from collections.abc import Mapping

    _Made = tuple[str, dict[str, Any]]

__all__ = ["apply"]

_TYPE = "AWS::WAFv2::WebACLAssociation"


def apply() -> None:
    """Give CloudFormation the association that the API has."""
    provisioners._RESOURCE_HANDLERS[_TYPE] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }


def _create(logical_id: str, props: Mapping[str, Any], stack_name: str) -> _Made:  # noqa: ARG001 - theirs
    resource, web_acl = props["ResourceArn"], props["WebACLArn"]
    status, _, body = waf._associate_web_acl({"ResourceArn": resource, "WebACLArn": web_acl})
    if status >= 400:  # noqa: PLR2004 - the first status of an error
        raise ValueError(f"{_TYPE} create failed: {body!r}")
    return f"{web_acl}|{resource}", {}


def _update(
    physical_id: str, old_props: Mapping[str, Any], new_props: Mapping[str, Any], stack_name: str
) -> _Made:
    if new_props["ResourceArn"] != old_props["ResourceArn"]:
        _delete(physical_id, old_props)
    return _create(physical_id, new_props, stack_name)


def _delete(physical_id: str, props: Mapping[str, Any]) -> None:  # noqa: ARG001 - theirs
    waf._disassociate_web_acl({"ResourceArn": props["ResourceArn"]})
