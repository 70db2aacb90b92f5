"""Sends changes of names to hosted zones, in batches, and handles what Route 53 answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ddns.core.batches import MAX_ELEMENTS, batches, elements, halves
from ddns.core.changes import NameChange, fits, took_effect
from ddns.core.errors import (
    DdnsError,
    NoSuchZoneError,
    PermanentError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    ZoneFullError,
)
from ddns.core.records import NOTHING, NameKey, Observed
from ddns.core.results import ChangeResult, Status

if TYPE_CHECKING:
    from ddns.ports import Clock, RecordStore

_T = TypeVar("_T")

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
# Twice the halvings of a full batch: enough to find one name, and no storm where all are denied.
_DENIALS = 24
# A batch that was throttled this often may be more than the quota of record changes a second.
_THROTTLES = 2


class Applied:
    """Results by name, and how Route 53 answered on the way.

    Attributes:
        results: what became of each name.
        throttles: how often it said to come back later.
        denials: how often a call was not allowed, by zone id.
        doubts: how often a request had no answer: it may still take effect.
        full: ids of zones that are full.
        gone: ids of zones that do not exist (any more).
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.results: dict[NameKey, ChangeResult] = {}
        self.throttles = 0
        self.denials: Counter[str] = Counter()
        self.doubts = 0
        self.full: set[str] = set()
        self.gone: set[str] = set()

    def failed(self, keys: Iterable[NameKey]) -> bool:
        """Tell whether any of these names was sent and is not done."""
        return any(
            key in self.results and self.results[key].status is not Status.DONE for key in keys
        )

    def note(self, batch: Iterable[NameChange], result: ChangeResult) -> None:
        """Note one result for every name of a batch."""
        self.results.update((change.key, result) for change in batch)


class Task(NamedTuple):
    """One call of ``Applier.apply``.

    Attributes:
        applied: where results go.
        deadline: until when to send (epoch seconds).
        may_send: tells before each request whether it may still be sent.
    """

    applied: Applied
    deadline: float
    may_send: Callable[[], bool]


class Applier:
    """Sends changes in as few requests as the quotas allow, and isolates those that are refused.

    A batch is atomic, so one bad change would block all others of it. A refused batch is compared
    with the zone: a change that does not fit has drifted and is left to the caller, the rest is
    sent again. If all of them fit, the batch is halved until the bad change stands alone.

    Route 53 also limits record changes a second, by a number that it does not publish. So a batch
    that is throttled twice is halved, and batches grow again with each one that is accepted.
    """

    def __init__(self, store: RecordStore, clock: Clock, *, punctual: bool = False) -> None:
        """Take the store to write to and the clock to wait with.

        One that is ``punctual`` begins no request behind its deadline; another one finishes to read
        what it has begun to.
        """
        self._store = store
        self._clock = clock
        self._punctual = punctual
        self._most = MAX_ELEMENTS

    def apply(
        self,
        changes: Iterable[NameChange],
        deadline: float,
        applied: Applied,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        """Send changes, names that others point to first, until ``deadline`` (epoch seconds).

        The results are added to ``applied``. A change that points to a name that failed is not
        sent. Before each request ``may_send`` is asked; if it says no, nothing more is sent.
        """
        task = Task(applied, deadline, may_send)
        for batch in batches(sorted(changes, key=_order), max_elements=lambda: self._most):
            self._send(task, batch)

    def _send(
        self,
        task: Task,
        batch: Sequence[NameChange],
        *,
        look: bool = True,
        doubt: bool = False,
    ) -> None:
        batch = _sendable(task.applied, batch, doubt=doubt)
        if not batch:
            return
        attempt = throttled = 0
        reason = "time is up"
        while attempt or self._clock.now() <= task.deadline:
            if not task.may_send():
                reason = "another writer may be at work"
                break
            error = self._change(batch)
            if error is None:
                task.applied.note(batch, ChangeResult(Status.DONE))
                self._most = min(2 * self._most, MAX_ELEMENTS)
                return
            if not isinstance(error, (ThrottledError, UnavailableError)):
                self._refused(task, batch, error, look=look, doubt=doubt)
                return
            reason = str(error)
            if isinstance(error, UnavailableError):
                doubt = True
                task.applied.doubts += 1
            task.applied.throttles += isinstance(error, ThrottledError)
            throttled += type(error) is ThrottledError
            attempt += 1
            if not self.pause(attempt, task.deadline):
                break
            if throttled >= _THROTTLES and len(batch) > 1:
                self._most = max(1, elements(batch) // 2)
                self._send_halves(task, batch, look=look, doubt=doubt)
                return
        status = Status.UNKNOWN if doubt else Status.NOT_NOW
        task.applied.note(batch, ChangeResult(status, reason))

    def _change(self, batch: Sequence[NameChange]) -> DdnsError | None:
        changes = [change for each in batch for change in each.changes]
        try:
            self._store.change(batch[0].key.zone_id, changes)
        except DdnsError as err:
            return err
        return None

    def _refused(
        self,
        task: Task,
        batch: Sequence[NameChange],
        error: DdnsError,
        *,
        look: bool,
        doubt: bool,
    ) -> None:
        """Handle a refusal that repeating the request does not change: try parts of the batch."""
        if isinstance(error, NoSuchZoneError):
            _note_gone(task.applied, batch)
        elif isinstance(error, ZoneFullError):
            self._fill(task, batch, str(error), doubt=doubt)
        elif isinstance(error, RejectedError):
            self._isolate(task, batch, str(error), doubt=doubt, look=look)
        else:
            self._deny(task, batch, str(error), doubt=doubt)

    def _send_halves(
        self, task: Task, batch: Sequence[NameChange], *, look: bool, doubt: bool
    ) -> None:
        for half in halves(batch):
            self._send(task, half, look=look, doubt=doubt)

    def _fill(self, task: Task, batch: Sequence[NameChange], reason: str, *, doubt: bool) -> None:
        """Send what there is room for: ever smaller parts, until one name alone has none."""
        zone_id = batch[0].key.zone_id
        if doubt:
            task.applied.note(batch, ChangeResult(Status.UNKNOWN, reason))
            return
        if len(batch) == 1:
            task.applied.full.add(zone_id)
            task.applied.note(batch, ChangeResult(Status.FULL, reason))
            return
        self._send_halves(task, batch, look=True, doubt=False)

    def _deny(self, task: Task, batch: Sequence[NameChange], reason: str, *, doubt: bool) -> None:
        """Find the names that IAM denies: one denies the whole batch."""
        zone_id = batch[0].key.zone_id
        task.applied.denials[zone_id] += 1
        if len(batch) == 1 or task.applied.denials[zone_id] > _DENIALS:
            status = Status.UNKNOWN if doubt else Status.DENIED
            task.applied.note(batch, ChangeResult(status, reason))
            return
        self._send_halves(task, batch, look=True, doubt=doubt)

    def _isolate(
        self, task: Task, batch: Sequence[NameChange], reason: str, *, doubt: bool, look: bool
    ) -> None:
        """Find the changes that a batch was refused for, and send the rest."""
        rest = batch
        if look or doubt:
            try:
                rest = self._compare(task, batch, doubt=doubt)
            except NoSuchZoneError:
                _note_gone(task.applied, batch)
                return
            except (ThrottledError, UnavailableError, PermanentError) as err:
                status = Status.UNKNOWN if doubt else Status.NOT_NOW
                task.applied.note(batch, ChangeResult(status, str(err)))
                return
        if len(rest) < len(batch):
            self._send(task, rest)
        elif len(batch) == 1:
            status = Status.UNKNOWN if doubt else Status.REJECTED
            task.applied.note(batch, ChangeResult(status, reason))
        else:
            self._send_halves(task, batch, look=False, doubt=False)

    def _compare(self, task: Task, batch: Sequence[NameChange], *, doubt: bool) -> list[NameChange]:
        """Note what the zone shows to be done or drifted; return the rest."""
        zone_id = batch[0].key.zone_id
        names = [change.key.name for change in batch]
        seen = self.read(task.applied, zone_id, names, task.deadline)
        rest = []
        for change in batch:
            observed = seen.get(change.key.name, NOTHING)
            if doubt and took_effect(change, observed):
                task.applied.note([change], ChangeResult(Status.DONE))
            elif fits(change.changes, observed):
                rest.append(change)
            else:
                status = Status.UNKNOWN if doubt else Status.DRIFTED
                result = ChangeResult(status, Status.DRIFTED.value, observed)
                task.applied.note([change], result)
        return rest

    def read(
        self, applied: Applied, zone_id: str, names: Sequence[str], deadline: float
    ) -> dict[str, Observed]:
        """Read names of a zone, waiting and repeating while Route 53 throttles or does not answer.

        Raises:
            ThrottledError, UnavailableError: until the deadline it did not answer.
            PermanentError: access denied, or no such zone.
        """

        def may_ask() -> bool:
            return not self._punctual or self._clock.now() <= deadline

        read = partial(self._store.read, zone_id, names, may_ask)
        return dict(self._patiently(applied, deadline, read))

    def read_page(
        self, applied: Applied, zone_id: str, start: Mapping[str, str], deadline: float
    ) -> tuple[Mapping[str, Observed], Mapping[str, str] | None]:
        """Read a page of a zone, and where to go on, waiting as ``read`` does.

        Raises:
            ThrottledError, UnavailableError: until the deadline it did not answer.
            PermanentError: access denied, or no such zone.
        """
        return self._patiently(applied, deadline, partial(self._store.read_page, zone_id, start))

    def _patiently(self, applied: Applied, deadline: float, call: Callable[[], _T]) -> _T:
        attempt = 0
        while True:
            try:
                return call()
            except (ThrottledError, UnavailableError) as err:
                applied.throttles += isinstance(err, ThrottledError)
                attempt += 1
                if not self.pause(attempt, deadline):
                    raise

    def pause(self, attempt: int, deadline: float) -> bool:
        """Wait before another attempt, longer each time and at random; False if time is up."""
        longest = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
        seconds = longest * (0.5 + self._clock.random() / 2)
        if self._clock.now() + seconds > deadline:
            return False
        self._clock.sleep(seconds)
        return True


def _order(change: NameChange) -> tuple[bool, str, bool, NameKey]:
    """Sort by zone; what points to a name of another zone last, and to one of its own after it."""
    elsewhere = any(target.zone_id != change.key.zone_id for target in change.targets)
    return elsewhere, change.key.zone_id, bool(change.targets), change.key


def _note_gone(applied: Applied, batch: Sequence[NameChange]) -> None:
    """Note that a zone does not exist (any more), whatever became of requests before."""
    zone_id = batch[0].key.zone_id
    applied.gone.add(zone_id)
    reason = f"hosted zone {zone_id} is gone: Route 53 has no zone of this id (any more)"
    applied.note(batch, ChangeResult(Status.GONE, reason))


def _sendable(applied: Applied, batch: Sequence[NameChange], *, doubt: bool) -> list[NameChange]:
    """Hold back what points to a name that failed, and what grows a zone that is full.

    With ``doubt`` a request before may have done it all the same: then nobody knows.
    """
    sendable = []
    for change in batch:
        if change.key.zone_id in applied.gone:
            _note_gone(applied, [change])
        elif applied.failed(change.targets):
            applied.note([change], ChangeResult(Status.UNKNOWN if doubt else Status.HELD_BACK))
        elif change.key.zone_id in applied.full and change.grows:
            applied.note(
                [change], ChangeResult(Status.UNKNOWN if doubt else Status.FULL, Status.FULL.value)
            )
        else:
            sendable.append(change)
    return sendable
