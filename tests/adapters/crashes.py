"""Ending what uses EC2 at any of its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.ec2_network import FakeEc2Network


class Crash(BaseException):
    """The end of a controller."""


def always() -> bool:
    """Allow every request."""
    return True


def crashed(fake: FakeEc2Network, cut: int, act: Callable[[], object]) -> bool:
    """Do something, and end it before or after a call; tell whether it came so far.

    Args:
        fake: whose calls are counted.
        cut: the number of the moment from 0: before the first call, after it, and so on.
        act: what to do.
    """
    moments = iter(range(cut, -1, -1))

    def end(_operation: str, _moment: str) -> None:
        if next(moments) == 0:
            fake.on_call = None
            raise Crash

    fake.on_call = end
    try:
        act()
    except Crash:
        return True
    fake.on_call = None
    return False
