"""What somebody else wrote, as it may go to a terminal."""

from __future__ import annotations

import json

from rich.console import Console

__all__ = ["print_json", "printable"]


def printable(text: str) -> str:
    r"""Return a text in one line that does nothing to a terminal: `\x1b` for an escape."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def print_json(found: object) -> None:
    """Print JSON for programs."""
    # In ASCII: what somebody wrote into a note does nothing to a terminal.
    Console().print_json(json.dumps(found), ensure_ascii=True)
