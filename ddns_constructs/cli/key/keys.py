"""Finds the API keys of a stack, and asks for the value of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.names import canonical
from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Key", "Keys"]

_TYPE = "AWS::ApiGateway::ApiKey"
# How the construct describes a key; keys of a stack that say something else are not its own.
_DESCRIPTION = "Dynamic DNS of "


class Key(NamedTuple):
    """An API key, without its value.

    Attributes:
        name: The name that its caller updates, in full.
        id: What API Gateway calls it.
        enabled: Whether it opens anything.
    """

    name: str
    id: str
    enabled: bool


class Keys:
    """The API keys of all ApiGatewayDirectDdns of a stack.

    Args:
        stack: The stack.

    Raises:
        UsageError: None is named.
    """

    def __init__(self, stack: str) -> None:
        if not stack:
            raise UsageError("say which deployment: --stack NAME (or DDNS_STACK)")
        self._stack = stack
        self._api_gateway = aws_client("apigateway")

    def all(self) -> list[Key]:
        """Return them in the order of their names.

        Raises:
            CommandError: There is no such stack, or it has none.
        """
        found = [key for id_ in self._ids() if (key := self._key(id_)) is not None]
        if not found:
            raise CommandError(
                f"stack {self._stack!r} has no API key of an ApiGatewayDirectDdns: it has them "
                "with DirectAccess.api_keys(), which is the default"
            )
        return sorted(found)

    def find(self, name: str) -> Key:
        """Return one key.

        Args:
            name: The full name that it is for, the beginning of that before a dot, or the key's
                id; nothing where there is one key only.

        Raises:
            UsageError: There is no such key, or there are several.
        """
        keys = self.all()
        asked = canonical(name)
        exact = [key for key in keys if name == key.id or asked == key.name]
        found = exact or [key for key in keys if not name or f"{key.name}.".startswith(f"{asked}.")]
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{key.name} ({key.id})" for key in found or keys)
        what = f"several keys fit {name!r}" if name else "there are several keys"
        raise UsageError(f"{what if found else f'no key fits {name!r}'}: name one of {known}")

    def value(self, key: Key) -> str:
        """Return the secret itself."""
        found: str = self._api_gateway.get_api_key(apiKey=key.id, includeValue=True)["value"]
        return found

    def _ids(self) -> Iterator[str]:
        cloudformation = aws_client("cloudformation")
        from botocore.exceptions import ClientError  # noqa: PLC0415 - extra `cli`

        pages = cloudformation.get_paginator("list_stack_resources")
        try:
            for page in pages.paginate(StackName=self._stack):
                for each in page["StackResourceSummaries"]:
                    # One that could not be made has no id.
                    if each["ResourceType"] == _TYPE and each.get("PhysicalResourceId"):
                        yield each["PhysicalResourceId"]
        except ClientError as err:
            if err.response.get("Error", {}).get("Code") != "ValidationError":
                raise
            raise CommandError(
                f"there is no stack {self._stack!r} in {cloudformation.meta.region_name} of this "
                "account: look for its name in CloudFormation, or set AWS_REGION or AWS_PROFILE"
            ) from None

    def _key(self, id_: str) -> Key | None:
        """Return a key; None for one that is gone, or is not the construct's."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - extra `cli`

        try:
            found: dict[str, Any] = self._api_gateway.get_api_key(apiKey=id_)
        except ClientError as err:
            if err.response.get("Error", {}).get("Code") == "NotFoundException":
                return None
            raise
        description = found.get("description", "")
        if not description.startswith(_DESCRIPTION):
            return None
        return Key(description.removeprefix(_DESCRIPTION), id_, bool(found.get("enabled")))
