"""The head: who may write, one worker at a time; of the ledger as of the journal of a failover."""

from __future__ import annotations

from typing import NamedTuple


class Head(NamedTuple):
    """Who may write: one worker at a time.

    Every write of the head moves its version. A worker that takes the head does so on condition
    that it is as it was read before it looked at the world. So a look that is older than somebody
    else's never leads to a change.

    Attributes:
        version: how often the head was written.
        until: until when a worker has it (milliseconds of the epoch); 0 where nobody does.
        draining: of a ledger: whether all record sets are to go, and no others are to be written.
    """

    version: int = 0
    until: int = 0
    draining: bool = False

    def held(self, now: float) -> bool:
        """Tell whether a worker has it, at a time in seconds of the epoch."""
        return self.until > now * 1000

    def following(self, until: float) -> Head:
        """Return it after one more write.

        Args:
            until: until when a worker has it then, in seconds of the epoch; 0 to give it back.
        """
        return self._replace(version=self.version + 1, until=int(until * 1000))
