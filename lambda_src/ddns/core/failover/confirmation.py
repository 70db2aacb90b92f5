"""Whether the primary of a name is down, confirmed by more than one try and by who else is up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answers


class Endpoints(NamedTuple):
    """Who answers for a name.

    Attributes:
        primary: addresses, or host names, of the primary; it is up if one of them is.
        others: those of everything else.
    """

    primary: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def nodes(self) -> Mapping[str, str]:
        """What is to be probed: each is called as it is."""
        return {each: each for each in (*self.primary, *self.others)}


def parse_endpoints(text: str) -> Endpoints:
    """Return the endpoints of a JSON text: lists of addresses by role, such as ``primary``.

    Raises:
        ValueError: it is none, or there is no primary, or nothing but it.
    """
    found = json.loads(text)
    if not isinstance(found, dict) or not all(map(_is_list, found.values())):
        raise ValueError("endpoints must be a JSON object of lists of addresses")
    primary = tuple(found.pop("primary", ()))
    others = tuple(each for role in found.values() for each in role if each not in primary)
    if not primary or not others:
        raise ValueError("endpoints must have a primary, and another one that is not the same")
    return Endpoints(primary, others)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


# tries                                                        | the primary is
# -------------------------------------------------------------|---------------
# an address of the primary is up in one of them               | up
# in each: all of the primary is down, and another is up       | down
# in one: nothing is up, so this may be cut off itself         | unknown
# in one: of an address of the primary nothing is known        | unknown
def confirmed(endpoints: Endpoints, tries: Sequence[Answers]) -> tuple[str, str]:
    """Say what is known of the primary.

    Args:
        endpoints: who was probed.
        tries: what was seen of them, one after another; one at least.

    Returns:
        ``UP``, ``DOWN`` or ``UNKNOWN``, and why.
    """
    if any(UP in _seen(endpoints.primary, each) for each in tries):
        return UP, "it answers"
    if any(UP not in _seen(endpoints.others, each) for each in tries):
        return UNKNOWN, "nothing is up from here: this may be cut off itself"
    if any(_seen(endpoints.primary, each) != {DOWN} for each in tries):
        return UNKNOWN, _why(endpoints.primary, tries[-1])
    return DOWN, _why(endpoints.primary, tries[-1])


def _seen(addresses: Sequence[str], answers: Answers) -> set[str]:
    return {answers[each].seen for each in addresses}


def _why(addresses: Sequence[str], answers: Answers) -> str:
    return "; ".join(sorted({answers[each].why for each in addresses}))
