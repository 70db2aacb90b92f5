"""Resources that API Gateway makes a few at a time only: each waits for one that was before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aws_cdk import CfnResource, Stack

if TYPE_CHECKING:
    from constructs import Construct

_Resource = TypeVar("_Resource", bound=CfnResource)


class Turns:
    """Lets resources of one type be made, and deleted, a few at a time within a stack.

    CloudFormation makes at once whatever waits for nothing, and rolls back where API Gateway then
    says that it is too much. Others of the type that the stack has already are waited for, too:
    API Gateway counts by account and Region, not by API.

    Args:
        scope: A scope within the stack.
        kind: The type, as a class of CDK.
        at_once: How many may be made at a time.
    """

    def __init__(self, scope: Construct, kind: type[_Resource], *, at_once: int) -> None:
        stack = Stack.of(scope)
        self._at_once = at_once
        self._made: list[CfnResource] = [
            each
            for each in stack.node.find_all()
            if isinstance(each, kind) and each.stack.node.path == stack.node.path
        ]

    def add(self, resource: CfnResource) -> None:
        """Let a resource wait for its turn."""
        if len(self._made) >= self._at_once:
            resource.add_dependency(self._made[-self._at_once])
        self._made.append(resource)
