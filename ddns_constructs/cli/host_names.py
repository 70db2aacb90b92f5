"""Host names as the function reads them, checked before they are stored."""

from __future__ import annotations

from ddns.core.errors import InvalidNameError
from ddns.core.names import record_name
from ddns_constructs.cli.errors import UsageError

__all__ = ["canonical_host"]


def canonical_host(text: str) -> str:
    """Return a host name in lower case, with A-labels, without a trailing dot.

    Args:
        text: As a person writes it; the first label may be `*`.

    Raises:
        UsageError: It is no host name.
    """
    try:
        return record_name(text)
    except InvalidNameError as err:
        raise UsageError(f"{err}: give the full name, such as home.example.com") from None
