"""One thing that was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ddns_constructs.cli.errors import CommandError, aws_trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Finding", "seen"]


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        what: What it is.
        text: How it is.
        remedy: What to do, if it is wrong; empty if it is not.
    """

    what: str
    text: str
    remedy: str = ""


def seen(what: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings; what AWS does not let anybody see is one too, and no reason to stop.

    Args:
        what: What they are about.
        findings: They are looked for while they are read.
    """
    try:
        with aws_trouble():
            yield from findings
    except CommandError as err:
        yield Finding(what, "cannot be seen", str(err))
