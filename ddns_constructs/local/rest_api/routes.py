"""Which path of an API a request is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Route", "find_route"]

_VARIABLE = re.compile(r"\{([^{}+]+)(\+?)\}\Z")


class Route(NamedTuple):
    """A path of an API, and what of a request's path its variables stand for.

    Attributes:
        path: As the API has it, such as `/{zone_id}`.
        methods: What the API does there, by HTTP method.
        parameters: Values by the names of the path's variables.
    """

    path: str
    methods: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, str]


def find_route(resources: Iterable[Mapping[str, Any]], path: str) -> Route | None:
    """Return the route of a request: a literal path comes before a variable, and that before all.

    Args:
        resources: As API Gateway lists them, with their methods.
        path: As it was sent, without the stage.
    """
    asked = [unquote(part) for part in path.split("/") if part]
    found: list[tuple[list[int], Route]] = []
    for resource in resources:
        parts = [part for part in resource["path"].split("/") if part]
        matched = _matched(parts, asked)
        if matched is not None:
            ranks, parameters = matched
            methods = resource.get("resourceMethods", {})
            found.append((ranks, Route(resource["path"], methods, parameters)))
    return min(found, key=lambda each: each[0], default=(None, None))[1]


def _matched(parts: list[str], asked: list[str]) -> tuple[list[int], dict[str, str]] | None:
    """Return how exact each part is, 0 for a literal, and the variables; None where it is none."""
    ranks: list[int] = []
    parameters: dict[str, str] = {}
    for index, part in enumerate(parts):
        if index >= len(asked):
            return None
        variable = _VARIABLE.match(part)
        if variable is None:
            if part != asked[index]:
                return None
            ranks.append(0)
        elif variable[2]:  # `{proxy+}` is the last part, and takes the rest
            parameters[variable[1]] = "/".join(asked[index:])
            return [*ranks, 2], parameters
        else:
            parameters[variable[1]] = asked[index]
            ranks.append(1)
    return (ranks, parameters) if len(parts) == len(asked) else None
