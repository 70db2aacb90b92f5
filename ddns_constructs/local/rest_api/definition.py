"""What the emulator knows of a REST API: read anew for each request, so a change counts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Definition"]


class Definition:
    """One API.

    Args:
        api_gateway: A boto3 client of API Gateway.
        api_id: Which API.
    """

    def __init__(self, api_gateway: Any, api_id: str) -> None:  # noqa: ANN401 - boto3's
        self._api_gateway = api_gateway
        self.api_id = api_id

    def stages(self) -> tuple[str, ...]:
        """Return the names of the stages."""
        found = self._api_gateway.get_stages(restApiId=self.api_id)["item"]
        return tuple(str(stage["stageName"]) for stage in found)

    def resources(self) -> list[Mapping[str, Any]]:
        """Return the paths with their methods."""
        return list(self._pages("get_resources", restApiId=self.api_id, embed=["methods"]))

    def gateway_response(self, kind: str) -> Mapping[str, Any]:
        """Return how API Gateway answers where it refuses; what is not defined is inherited."""
        found: Mapping[str, Any] = self._api_gateway.get_gateway_response(
            restApiId=self.api_id, responseType=kind
        )
        return found

    def key_id(self, value: str, stage: str) -> str | None:
        """Return the id of an API key that opens a stage; None for one that does not.

        Args:
            value: What the caller has sent.
            stage: The name of the stage.
        """
        keys = self._pages("get_api_keys", includeValues=True)
        named = {str(key["id"]) for key in keys if key["enabled"] and key.get("value") == value}
        if not named:
            return None
        for plan in self._pages("get_usage_plans"):
            opened = {(each["apiId"], each["stage"]) for each in plan.get("apiStages", [])}
            if (self.api_id, stage) in opened:
                members = self._pages("get_usage_plan_keys", usagePlanId=plan["id"])
                if found := named & {str(key["id"]) for key in members}:
                    return found.pop()
        return None

    def _pages(self, operation: str, **arguments: object) -> Iterable[Mapping[str, Any]]:
        for page in self._api_gateway.get_paginator(operation).paginate(**arguments):
            yield from page["items"]
