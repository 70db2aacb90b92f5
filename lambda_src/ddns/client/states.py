"""The table of hosts: what is written of a host, whoever else writes it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ddns.core.client.credentials import remembering, replayed
from ddns.core.client.hosts import Host, HostState, Kept
from ddns.core.errors import DdnsError

if TYPE_CHECKING:
    from ddns.client.ports import HostStore
    from ddns.client.progress import Progress
    from ddns.reporting import Report

# How often an item is read again that somebody else wrote between.
_CONFLICTS = 8


class HostStates:
    """Writes the state of hosts, each write on condition that nobody wrote it since it was read."""

    def __init__(self, hosts: HostStore, report: Report) -> None:
        """Take the table and where to report."""
        self._hosts = hosts
        self._report = report

    def confirm(self, progress: Progress, verified: int) -> bool:
        """Write that the zone holds what was decided; False at a conflict.

        Raises:
            DdnsError: DynamoDB does not take it.
        """
        host = progress.host
        state = HostState(
            progress.step.kept,
            pending=False,
            verified=verified,
            signed=remembering(host, progress.proof),
            asked=progress.asked or host.asked,
            ordered=0,
        )
        known = state == _state_of(host) and not progress.unsaved
        return known or self._save(progress, state)

    def note(
        self,
        progress: Progress,
        kept: Callable[[Host], Mapping[str, Kept]],
        *,
        pending: bool = False,
        ordered: bool = True,
    ) -> bool:
        """Write down what is known of a host, on top of what others write; tell whether it was.

        Args:
            progress: the host.
            kept: returns what to keep of it as it was last read.
            pending: whether the zone has to be written again, whatever the table says.
            ordered: whether the order that was noted still waits, as far as is known. It may be in
                the dead-letter queue by now: so it counts no longer than Route 53 is left alone.
        """
        try:
            for _ in range(_CONFLICTS):
                host = progress.host
                state = HostState(
                    kept(host),
                    pending=pending or host.pending or progress.unsaved,
                    verified=host.verified,
                    signed=remembering(host, progress.proof),
                    asked=progress.asked or host.asked,
                    ordered=host.ordered if ordered else 0,
                )
                if state == _state_of(host) and not progress.unsaved:
                    return pending
                if self._save(progress, state):
                    return True
                if not self.reload(progress):
                    return False
        except DdnsError as err:
            self.complain(progress, err)
        return False

    def mark_ordered(self, progress: Progress) -> None:
        """Write that the order with the host's revision for its number waits in the queue.

        Best effort: who does not see it orders once more.
        """
        host = progress.host
        try:
            self._save(progress, _state_of(host)._replace(ordered=host.revision))
        except DdnsError as err:
            self.complain(progress, err)

    def reload(self, progress: Progress) -> bool:
        """Read a host again after a conflict; False where it is gone, and as good as disabled.

        Raises:
            DdnsError: DynamoDB does not answer.
        """
        host = self._hosts.get(progress.host.key)
        if host is None:
            progress.host = progress.host._replace(disabled=True)
            return False
        if progress.proof and replayed(host, progress.proof):
            progress.void()
        progress.host, progress.seen = host, None
        return True

    def complain(self, progress: Progress, error: DdnsError) -> None:
        """Report that something could not be written down."""
        self._report.line("ERROR", "not written down", host=progress.host.name, reason=str(error))

    def _save(self, progress: Progress, state: HostState) -> bool:
        host = progress.host
        if not self._hosts.save(host, state):
            return False
        progress.host = host._replace(**state._asdict(), revision=host.revision + 1)
        progress.proof, progress.unsaved = None, False
        return True


def _state_of(host: Host) -> HostState:
    return HostState(host.kept, host.pending, host.verified, host.signed, host.asked, host.ordered)
