"""The table of hosts in memory: the same promises as DynamoDB, and a place to crash at."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from ddns.core.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from ddns.core.client.hosts import Host, HostState


_MAX_KEY = 2048


class FakeHosts:
    """Hosts in memory.

    As with the table, a write touches the state alone: whatever the administrator changes
    meanwhile stays, and a host that was removed does not come back. A partition key has 1 to 2,048
    bytes of UTF-8 (Developer Guide, "Constraints"): one key that has not fails the whole request.

    Args:
        on_call: called with the operation and "before" or "after"; may raise to crash its caller.
    """

    def __init__(self, *hosts: Host, on_call: Callable[[str, str], None] | None = None) -> None:
        self.items: dict[str, Host] = {}
        self.requests: Counter[str] = Counter()
        self.on_call = on_call
        self._failures: dict[str, list[Exception]] = {}
        self.add(*hosts)

    # ------------------------------------------------------------ for tests, uncounted

    def add(self, *hosts: Host) -> None:
        """Put items as the administrator does."""
        self.items.update({host.key: host for host in hosts})

    def edit(self, key: str, **fields: object) -> None:
        """Change some attributes as the administrator does: the revision stays."""
        self.items[key] = self.items[key]._replace(**fields)  # type: ignore[arg-type]  # by name

    def remove(self, key: str) -> None:
        """Delete an item."""
        del self.items[key]

    def fail_next(self, operation: str, error: Exception, times: int = 1) -> None:
        """Let the next calls of an operation fail without an effect."""
        self._failures.setdefault(operation, []).extend([error] * times)

    # ------------------------------------------------------------ the port

    def get(self, key: str) -> Host | None:
        self._call("get", "before")
        _check(key)
        found = self.items.get(key)
        self._call("get", "after")
        return found

    def get_many(self, keys: Collection[str]) -> Mapping[str, Host]:
        self._call("get_many", "before")
        for key in keys:
            _check(key)
        found = {key: self.items[key] for key in keys if key in self.items}
        self._call("get_many", "after")
        return found

    def save(self, host: Host, state: HostState) -> bool:
        self._call("save", "before")
        stored = self.items.get(host.key)
        saved = stored is not None and stored.revision == host.revision
        if stored is not None and saved:
            self.items[host.key] = stored._replace(
                kept=MappingProxyType(dict(state.kept)),
                pending=state.pending,
                verified=state.verified,
                signed=state.signed,
                asked=state.asked,
                ordered=state.ordered,
                revision=stored.revision + 1,
            )
        self._call("save", "after")
        return saved

    def _call(self, operation: str, moment: str) -> None:
        if moment == "before":
            self.requests[operation] += 1
        if self.on_call:
            self.on_call(operation, moment)
        if moment == "before" and self._failures.get(operation):
            raise self._failures[operation].pop(0)


def _check(key: str) -> None:
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= _MAX_KEY:
        raise PermanentError("ValidationException: a key of 1 to 2,048 bytes of UTF-8")
