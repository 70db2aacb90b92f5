"""When an address goes back, and what becomes of the node that it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import Duration


@dataclass(frozen=True)
class Failback:
    """When the address goes back to the preferred node; made by one of the static methods."""

    _after: Duration | None = None

    @staticmethod
    def manual() -> Failback:
        """Leave it where it is, until that node fails or somebody switches it."""
        return Failback()

    @staticmethod
    def after(duration: Duration) -> Failback:
        """Send it back by itself once the preferred node has been up for so long.

        Args:
            duration: For how long it has to be up without a break. Clients notice each way: this
                is for a preferred node that is better, not for one that was only first.
        """
        return Failback(duration)

    @property
    def duration(self) -> Duration | None:
        """For how long the preferred node has to be up; None where nothing goes back by itself."""
        return self._after


@dataclass(frozen=True)
class Fence:
    """What is done to a node that the address leaves; made by one of the static methods."""

    _stops: bool = False

    @staticmethod
    def none() -> Fence:
        """Do nothing: the node goes on, and sees no more requests to the address."""
        return Fence()

    @staticmethod
    def stop_instance() -> Fence:
        """Have its instance stopped before the address moves, for services that two must not run.

        It makes a move slower, as the controller waits, within bounds, until EC2 says that the
        instance stops: seconds, and up to half a minute. Nothing starts it again but you. What an
        instance store holds is gone. Each node has to be one made by `Node.instance`.
        """
        return Fence(_stops=True)

    @property
    def stops(self) -> bool:
        """Whether the instance is stopped."""
        return self._stops
