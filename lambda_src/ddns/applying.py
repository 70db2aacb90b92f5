"""Sending name changes to hosted zones, whatever the zones answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ddns.core.batches import batches, halves
from ddns.core.errors import (
    NoSuchZoneError,
    PermanentError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from ddns.core.plan import NameChange, fits
from ddns.core.records import NOTHING, NameKey, Observed, RecordSet

if TYPE_CHECKING:
    from ddns.ports import Clock, RecordStore

_T = TypeVar("_T")

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
# Twice the halvings of a full batch: enough to find one name, and no storm where all are denied.
_DENIALS = 24


class Fate(Enum):
    """What became of a name change."""

    DONE = "the zone holds it"
    STALE = "the zone holds something else than the ledger says"
    HELD_BACK = "not sent: a name that it points to failed"
    NOT_NOW = "nothing changed: throttled, or not to be reached, until the time was up"
    DOUBTFUL = "nobody knows"
    REJECTED = "the zone never takes it"
    DENIED = "the call is not allowed, or there is no such zone"


class Verdict(NamedTuple):
    """The fate of a name change, the service's reason, and what the zone holds if that was read."""

    fate: Fate
    reason: str = ""
    observed: Observed | None = None


@dataclass(slots=True)
class Applied:
    """Verdicts by name, and how often Route 53 said to come back later, or never."""

    verdicts: dict[NameKey, Verdict] = field(default_factory=dict)
    throttles: int = 0
    denials: int = 0

    def failed(self, keys: Iterable[NameKey]) -> bool:
        """Tell whether any of these names was sent and is not done."""
        return any(
            key in self.verdicts and self.verdicts[key].fate is not Fate.DONE for key in keys
        )


class Applier:
    """Sends changes in as few requests as the quotas allow, and isolates what cannot be done.

    A batch is atomic, so one bad change would block all others of it. A refused batch is compared
    with the zone: what does not fit is left to its caller, the rest is sent again. Where the
    comparison explains nothing the batch is bisected until the culprit stands alone.
    """

    def __init__(self, store: RecordStore, clock: Clock) -> None:
        """Take the store to write to and the clock to wait with."""
        self._store = store
        self._clock = clock

    def apply(self, changes: Iterable[NameChange], deadline: float, applied: Applied) -> None:
        """Send changes, names that others point to first, until ``deadline`` (epoch seconds).

        The verdicts are added to ``applied``; what points to a name that failed there is not sent.
        """
        for batch in batches(sorted(changes, key=_order)):
            self._send(applied, batch, deadline)

    def _send(
        self,
        applied: Applied,
        batch: Sequence[NameChange],
        deadline: float,
        *,
        look: bool = True,
        doubt: bool = False,
    ) -> None:
        batch = _sendable(applied, batch)
        if not batch:
            return
        attempt = 0
        reason = "time is up"
        while attempt or self._clock.now() <= deadline:
            try:
                self._store.change(
                    batch[0].key.zone_id, [change for each in batch for change in each.changes]
                )
            except ThrottledError as err:
                applied.throttles += 1
                reason = str(err)
            except UnavailableError as err:
                doubt = True
                reason = str(err)
            except RejectedError as err:
                self._isolate(applied, batch, deadline, str(err), doubt=doubt, look=look)
                return
            except PermanentError as err:
                self._deny(applied, batch, deadline, err, doubt=doubt)
                return
            else:
                _judge(applied, batch, Verdict(Fate.DONE))
                return
            attempt += 1
            if not self.pause(attempt, deadline):
                break
        fate = Fate.DOUBTFUL if doubt else Fate.NOT_NOW
        _judge(applied, batch, Verdict(fate, reason))

    def _deny(
        self,
        applied: Applied,
        batch: Sequence[NameChange],
        deadline: float,
        error: PermanentError,
        *,
        doubt: bool,
    ) -> None:
        """Find the names that IAM denies: one denies the whole batch."""
        applied.denials += 1
        alone = len(batch) == 1 or isinstance(error, NoSuchZoneError)
        if alone or applied.denials > _DENIALS:
            fate = Fate.DOUBTFUL if doubt else Fate.DENIED
            _judge(applied, batch, Verdict(fate, str(error)))
            return
        for half in halves(batch):
            self._send(applied, half, deadline, doubt=doubt)

    def _isolate(
        self,
        applied: Applied,
        batch: Sequence[NameChange],
        deadline: float,
        reason: str,
        *,
        doubt: bool,
        look: bool,
    ) -> None:
        """Find out what a refused batch was refused for, and send the rest."""
        rest = batch
        if look or doubt:
            try:
                rest = self._compare(applied, batch, deadline, doubt=doubt)
            except (ThrottledError, UnavailableError, PermanentError) as err:
                fate = Fate.DOUBTFUL if doubt else Fate.NOT_NOW
                _judge(applied, batch, Verdict(fate, str(err)))
                return
        if len(rest) < len(batch):
            self._send(applied, rest, deadline)
        elif len(batch) == 1:
            _judge(applied, batch, Verdict(Fate.REJECTED, reason))
        else:
            for half in halves(batch):
                self._send(applied, half, deadline, look=False)

    def _compare(
        self, applied: Applied, batch: Sequence[NameChange], deadline: float, *, doubt: bool
    ) -> list[NameChange]:
        """Judge what the zone shows to be done or stale; return the rest."""
        zone_id = batch[0].key.zone_id
        seen = self.read(applied, zone_id, [change.key.name for change in batch], deadline)
        rest = []
        for change in batch:
            observed = seen.get(change.key.name, NOTHING)
            if doubt and _holds(observed, change):
                _judge(applied, [change], Verdict(Fate.DONE))
            elif fits(change.changes, observed):
                rest.append(change)
            else:
                fate = Fate.DOUBTFUL if doubt else Fate.STALE
                _judge(applied, [change], Verdict(fate, Fate.STALE.value, observed))
        return rest

    def read(
        self, applied: Applied, zone_id: str, names: Sequence[str], deadline: float
    ) -> dict[str, Observed]:
        """Read names of a zone, waiting while the service says to.

        Raises:
            ThrottledError, UnavailableError: until the deadline it did not answer.
            PermanentError: access denied, or no such zone.
        """
        return dict(self._patiently(applied, deadline, lambda: self._store.read(zone_id, names)))

    def read_all(self, applied: Applied, zone_id: str, deadline: float) -> dict[str, Observed]:
        """Read every name of a zone, page by page, waiting while the service says to.

        Raises:
            ThrottledError, UnavailableError: until the deadline it did not answer.
            PermanentError: access denied, or no such zone.
        """
        found: dict[str, dict[str, RecordSet | None]] = {}
        start: Mapping[str, str] | None = {}
        while start is not None:
            page, start = self._patiently(
                applied, deadline, partial(self._store.read_page, zone_id, start)
            )
            for name, observed in page.items():
                found.setdefault(name, {}).update(observed)
        return dict(found)

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


def _sendable(applied: Applied, batch: Sequence[NameChange]) -> list[NameChange]:
    """Hold back what points to a name that failed."""
    sendable = []
    for change in batch:
        if applied.failed(change.targets):
            applied.verdicts[change.key] = Verdict(Fate.HELD_BACK)
        else:
            sendable.append(change)
    return sendable


def _judge(applied: Applied, batch: Iterable[NameChange], verdict: Verdict) -> None:
    for change in batch:
        applied.verdicts[change.key] = verdict


def _holds(observed: Observed, change: NameChange) -> bool:
    """Tell whether a zone shows that the changes of a name took effect."""
    return all(observed.get(c.type) == change.result.get(c.type) for c in change.changes)
