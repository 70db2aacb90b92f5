"""One sweep at a time: begun, continued through the queue step by step, and ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ddns.core.instance import walk
from ddns.core.instance.events import is_instance_id
from ddns.core.instance.walk import Progress
from ddns.instance.outcome import Outcome
from ddns.instance.sweep import deletes, instances
from ddns.instance.sweep.ledger import LedgerPages, MissingNames
from ddns.instance.sweep.step import Parts, Step
from ddns.instance.sweep.zones import ZonePages

if TYPE_CHECKING:
    from ddns.ports import Queue

# A step begins no page after this time, and has this long to end it.
_BEGIN_WITHIN = 10.0
_END_WITHIN = 22.0
# A sweep without progress for so long (milliseconds) has ended: its message is lost.
_STALE = 3_600_000
# One without progress for so long may lack the message for its next step.
_QUIET = 300_000

_PHASES: Mapping[str, Callable[[Step], Callable[[], bool]]] = {
    walk.INSTANCES: lambda step: partial(instances.page, step),
    walk.LEDGER: lambda step: LedgerPages(step).page,
    walk.DELETES: lambda step: partial(deletes.page, step),
    walk.ZONES: lambda step: ZonePages(step).page,
    walk.MISSING: lambda step: MissingNames(step).page,
}


class Sweeper:
    """Begins sweeps and does their steps."""

    def __init__(self, parts: Parts, queue: Queue) -> None:
        """Take what a sweep works with, and the queue that its steps go through."""
        self._parts = parts
        self._queue = queue

    def begin(self, *, verify: bool) -> bool:
        """Begin a sweep; False where one is under way: the order is noted there.

        Raises:
            DdnsError: the ledger or the queue did not take it: order again.
        """
        if self._parts.ledger.head().draining:
            return False
        progress = self._new("sweep", verify=verify)
        begun = self._parts.store.begin(progress, progress.touched - _STALE)
        current = begun or self._parts.store.progress()
        if current is not None:
            # At the first step it is not known whether the queue took its message: this may be the
            # order that began the sweep, delivered again.
            self._nudge(current, _QUIET if current.step else -1)
        return begun is not None

    def _nudge(self, progress: Progress, quiet: int) -> None:
        """Order the next step again if the sweep made no progress for ``quiet`` milliseconds."""
        if int(self._parts.clock.now() * 1000) - progress.touched > quiet:
            self._queue.continue_sweep(progress.sweep, progress.step)

    def _new(self, kind: str, *, verify: bool, dry_run: bool = False) -> Progress:
        now = int(self._parts.clock.now() * 1000)
        sweep = f"{kind}-{now}-{int(self._parts.clock.random() * 1e6):06}"
        return Progress(sweep, verify=verify, dry_run=dry_run, touched=now)

    def go_on(
        self, sweep: str, number: int, outcome: Outcome, deadline: float, *, again: bool = False
    ) -> None:
        """Do a step of the sweep that is under way, and have the next one done.

        A message of a step that was done, or of a sweep that is not under way, does nothing. But
        where it comes ``again`` since it failed, the order for the next step may be missing: it is
        sent once more.

        Raises:
            DdnsError: something failed: the message has to come again.
        """
        before = self._parts.store.progress()
        if before is None:
            return
        # The next step is of this sweep, or the first one of the sweep that follows it.
        ended = before.sweep != sweep
        if again and before.step == (0 if ended else number + 1):
            self._queue.continue_sweep(before.sweep, before.step)
        if ended or before.step != number:
            return
        if self._parts.ledger.head().draining:
            # Nothing is desired now: when draining ends, another sweep is ordered.
            self._parts.store.end(before)
            return
        after = self.step(before, outcome, deadline)
        self._hand_over(outcome, before.phase)
        if after is None or after.endless:
            self._end(before, outcome, abandoned=after is not None)
        elif self._parts.store.advance(before, after):
            self._queue.continue_sweep(after.sweep, after.step)

    def _hand_over(self, outcome: Outcome, phase: str) -> None:
        """Give instances that could not be done, or may have a name now, messages of their own."""
        # Who is to lose record sets is left to the next sweep, which counts them again.
        failed = outcome.failed.keys() if phase != walk.DELETES else set()
        owners = sorted(failed | outcome.freed)
        self._queue.order_looks([owner for owner in owners if is_instance_id(owner)])

    def _end(self, progress: Progress, outcome: Outcome, *, abandoned: bool) -> None:
        outcome.abandoned += abandoned
        if self._parts.store.end(progress):
            self.begin(verify=True)

    def plan(
        self, progress: Progress | None, outcome: Outcome, deadline: float, *, verify: bool
    ) -> Progress | None:
        """Do a step of a dry run, which its caller continues; return how far it is then."""
        progress = progress or self._new("plan", verify=verify, dry_run=True)
        return self.step(progress, outcome, deadline)

    def step(self, progress: Progress, outcome: Outcome, deadline: float) -> Progress | None:
        """Do some pages of a phase; return how far the sweep is then, None at its end."""
        clock = self._parts.clock
        begun = clock.now()
        step = Step(self._parts, progress, outcome, min(deadline, begun + _END_WITHIN))
        page = _PHASES[progress.phase](step)
        more = page()
        while more and clock.now() <= min(deadline, begun + _BEGIN_WITHIN):
            more = page()
        touched = int(clock.now() * 1000)
        after = step.progress._replace(step=progress.step + 1, touched=touched)
        return after if more else _following(after)


def _following(progress: Progress) -> Progress | None:
    """Return how far a sweep is when a phase has ended, None where it was the last."""
    phases = [walk.INSTANCES, walk.LEDGER, walk.DELETES]
    if progress.verify:
        phases += [walk.ZONES, walk.MISSING]
    index = phases.index(progress.phase) + 1
    if index == len(phases):
        return None
    return progress._replace(phase=phases[index], start="")
