"""What is printed for one client."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Router"]


class Router(NamedTuple):
    """One client.

    Attributes:
        title: Its name for people.
        settings: All that it needs, as its form or its file has it, with what there is to know.
        secret: Whether it needs the shared secret instead of the token.
    """

    title: str
    settings: str
    secret: bool = False
