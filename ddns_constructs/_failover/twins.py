"""Failovers of one app that would move the same thing, each back to where it wants it."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct, IConstruct

# By app: to look through all constructs of one would ask CDK for each, in another process.
_CLAIMS: weakref.WeakKeyDictionary[IConstruct, dict[str, str]] = weakref.WeakKeyDictionary()


def claim(scope: Construct, id: str, claims: Mapping[str, str]) -> None:
    """Note what a failover has for itself.

    Args:
        scope: Where it is defined.
        id: Its name within the scope.
        claims: What to call it in an error, by what tells it apart.

    Raises:
        ValueError: Another failover of the app has it.
    """
    taken = _CLAIMS.setdefault(scope.node.root, {})
    path = f"{scope.node.path}/{id}"
    for key, text in claims.items():
        if taken.get(key, path) != path:
            raise ValueError(
                f"{text} must be that of one failover, and {taken[key]} has it: give each its own"
            )
    taken.update(dict.fromkeys(claims, path))
