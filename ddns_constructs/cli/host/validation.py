"""Why the function ignores an item: an attribute that it reads is not what it must be."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ddns_constructs.cli.errors import UsageError
from ddns_constructs.cli.host.values import is_texts, whole, whole_text
from ddns_constructs.cli.host_names import canonical_host

__all__ = ["ARTICLE_SECRET", "ARTICLE_TTL", "problem_with"]

ARTICLE_SECRET, ARTICLE_TTL = "shared_secret", "route_53_record_ttl"
_LONGEST_TTL = 2**31 - 1
_PREFIX_LENGTHS = range(32, 128)
_POLICIES = ("source", "public", "any")

_Check = tuple[Callable[[object], bool], str]


def _is_ttl(number: int | None) -> bool:
    return number is not None and 0 <= number <= _LONGEST_TTL


def _is_ipv6(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.IPv6Address(value).version)
    except ValueError:
        return False


def _is_signed(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    time, nonces = whole(value.get("time")), value.get("nonces")
    return not value or (time is not None and is_texts(nonces, set))


_TEXT: _Check = (lambda value: isinstance(value, str), "is no text")
_FLAG: _Check = (lambda value: isinstance(value, bool), "is no boolean")
_WHOLE: _Check = (lambda value: whole(value) is not None, "is no whole number")
_LIST: _Check = (lambda value: is_texts(value, list), "is no list of texts")
_SET: _Check = (lambda value: is_texts(value, set), "is no set of texts")
_TTL = f"is no whole number from 0 to {_LONGEST_TTL}"

_ALWAYS: Mapping[str, _Check] = {
    **dict.fromkeys(("state_zone", "data"), _TEXT),
    "address_policy": (lambda value: value in _POLICIES, f"is none of {', '.join(_POLICIES)}"),
    **dict.fromkeys(("disabled", "adopt", "wildcard", "pending"), _FLAG),
    **dict.fromkeys(("revision", "verified"), _WHOLE),
    **dict.fromkeys(("tokens", "secrets"), _LIST),
    "state": (lambda value: isinstance(value, dict), "is no map"),
    "signed": (_is_signed, "is not as the function writes it"),
}
# Of an item of the AWS blog sample the function does not read these.
_OF_OURS: Mapping[str, _Check] = {
    **dict.fromkeys(("zone_id", "behind"), _TEXT),
    **dict.fromkeys(("types", "members"), _SET),
    "ttl": (lambda value: _is_ttl(whole(value)), _TTL),
    "suffix": (_is_ipv6, "is no IPv6 address"),
    "prefix_length": (
        lambda value: whole(value) in _PREFIX_LENGTHS,
        "is no whole number from 32 to 127",
    ),
}


def problem_with(values: Mapping[str, Any], zone_id: str, data: Mapping[str, str]) -> str:
    """Return why the function ignores an item, whatever was set; empty if it does not.

    Args:
        values: Its attributes as Python values.
        zone_id: The id of its zone, empty if it has none.
        data: What it says, as texts, if it is an item of the AWS blog sample.
    """
    return next(_problems(values, zone_id, data), "")


def _problems(values: Mapping[str, Any], zone_id: str, data: Mapping[str, str]) -> Iterator[str]:
    try:
        canonical_host(values["hostname"])
    except UsageError:
        yield "its key is no host name: delete it in DynamoDB"
    article = "data" in values
    for name, (holds, complaint) in (_ALWAYS if article else {**_ALWAYS, **_OF_OURS}).items():
        if name in values and not holds(values[name]):
            yield f"{name} {complaint}"
    if not zone_id:
        yield "it names no zone"
    if article:
        yield from _problems_of_the_blog_sample(data)


def _problems_of_the_blog_sample(data: Mapping[str, str]) -> Iterator[str]:
    if ARTICLE_SECRET not in data:
        yield f"its data has no {ARTICLE_SECRET}"
    elif not _is_utf8(data[ARTICLE_SECRET]):
        yield f"{ARTICLE_SECRET} of its data holds half a character"
    if ARTICLE_TTL not in data:
        yield f"its data has no {ARTICLE_TTL}"
    elif not _is_ttl(whole_text(data[ARTICLE_TTL])):
        yield f"{ARTICLE_TTL} of its data {_TTL}"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
