"""The names of clients on the command line."""

from __future__ import annotations

from ddns_constructs.cli.errors import UsageError
from ddns_constructs.cli.router_templates import ROUTERS

__all__ = ["named", "short_names"]


def named(name: str) -> str:
    """Return the short name of a client that is named by it or by its title, in any case.

    Args:
        name: Its short name or its title.

    Raises:
        UsageError: There is no such client.
    """
    for each, found in ROUTERS.items():
        if name.lower() in (each, found.title.lower()):
            return each
    raise UsageError(f"no settings for {name!r}, only for: {', '.join(ROUTERS)}")


def short_names(incomplete: str) -> list[str]:
    """Return the short names that a shell may complete a word to."""
    return [each for each in ROUTERS if each.startswith(incomplete.lower())]
