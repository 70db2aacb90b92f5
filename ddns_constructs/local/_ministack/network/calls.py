# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""How a handler reads a request, and how it refuses one."""

from __future__ import annotations

import functools
import ipaddress
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from xml.sax.saxutils import escape

from ministack.services import ec2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Params = dict[str, Any]
    _T = TypeVar("_T")

__all__ = [
    "RefusedError",
    "answers",
    "canonical",
    "find",
    "flag",
    "items",
    "matches",
    "members",
    "parameter",
    "refuse",
    "tag",
]


class RefusedError(Exception):
    """EC2 refuses a request.

    Attributes:
        code: The error's code.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def refuse(code: str, message: str) -> NoReturn:
    """Refuse the request."""
    raise RefusedError(code, message)


def answers(action: str, handle: Callable[[Params], str]) -> None:
    """Have a function answer an action.

    Args:
        action: Such as `ReplaceRoute`.
        handle: Takes the request and returns what is within the response; `refuse` refuses it.
    """

    @functools.wraps(handle)
    def respond(params: Params) -> object:
        try:
            return ec2._xml(200, f"{action}Response", handle(params))
        except RefusedError as err:
            return ec2._error(err.code, escape(str(err)), 400)

    ec2._ACTION_MAP[action] = respond


def parameter(params: Params, name: str) -> str:
    """Return a parameter; empty where it is not given."""
    return str(ec2._p(params, name) or "")


def flag(params: Params, name: str, *, default: bool = False) -> bool:
    """Return a parameter that is true or false."""
    given = parameter(params, name)
    return given.lower() == "true" if given else default


def members(params: Params, name: str) -> list[str]:
    """Return a list, whose parameters are `name.1`, `name.2`, ..."""
    return [str(each) for each in ec2._parse_member_list(params, name)]


def find(known: Mapping[str, _T], wanted: str, code: str, what: str) -> _T:
    """Return one of the known things by its id, or refuse.

    Args:
        known: By id.
        wanted: The id.
        code: Of the error where there is none, such as `InvalidRouteTableID.NotFound`.
        what: What EC2 calls it there, such as `routeTable`.
    """
    if wanted not in known:
        refuse(code, f"The {what} ID '{wanted}' does not exist")
    return known[wanted]


def matches(resource: str, values: Mapping[str, Iterable[str]], params: Params) -> bool:
    """Return whether something passes every filter of a request.

    Args:
        resource: The id of the thing, by which it has tags.
        values: What else it has, by the name of the filter.
        params: The request. A filter that is neither of tags nor of the values is refused.
    """
    tags = {f"tag:{each['Key']}": [each["Value"]] for each in ec2._tags.get(resource, [])}
    keys = [each.removeprefix("tag:") for each in tags]
    known = {**values, **tags, "tag-key": keys}
    for name, wanted in ec2._parse_filters(params).items():
        if name not in known and not name.startswith("tag:"):
            refuse("InvalidParameterValue", f"The filter '{name}' is invalid")
        has = list(known.get(name, ()))
        if not any(ec2._glob_match(pattern, each) for pattern in wanted for each in has):
            return False
    return True


def canonical(address: str) -> str:
    """Return an address as EC2 writes it, or refuse."""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        refuse("InvalidParameterValue", f"Invalid IP address: {address}")


def tag(name: str, value: object) -> str:
    """Return an XML element."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def items(name: str, each: Iterable[str]) -> str:
    """Return a list of XML elements."""
    return f"<{name}>{''.join(f'<item>{one}</item>' for one in each)}</{name}>"
