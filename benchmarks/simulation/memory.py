"""What an invocation adds to the function's memory, without what the fakes keep."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any


class Meter:
    """Measures with tracemalloc; off, it costs nothing.

    What a fake stores for good is allocated while it is called, so the growth of each call that
    stays is taken from every later figure; what it hands out is the function's own, as what
    botocore parses would be.
    """

    def __init__(self, on: bool) -> None:  # noqa: FBT001 - the only argument
        self._on = on
        self._base = 0
        self._kept = 0
        self._peak = 0
        self._called = 0
        if on and not tracemalloc.is_tracing():
            tracemalloc.start()

    def start(self) -> Callable[[], int]:
        """Begin an invocation; return what tells its peak in bytes."""
        if not self._on:
            return lambda: 0
        gc.collect()
        tracemalloc.reset_peak()
        self._base, self._kept, self._peak = tracemalloc.get_traced_memory()[0], 0, 0
        return self._end

    def _end(self) -> int:
        self._note()
        return self._peak

    def _note(self) -> None:
        peak = tracemalloc.get_traced_memory()[1] - self._base - self._kept
        self._peak = max(self._peak, peak)
        tracemalloc.reset_peak()

    def between(self, client: Any) -> Any:  # noqa: ANN401 - any client
        """Return a client whose calls are told from the function's own work."""
        return _Metered(client, self) if self._on else client

    def called(self, name: str, call: Callable[..., Any], arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        """Call a client's method."""
        self._note()
        self._called = before = tracemalloc.get_traced_memory()[0]
        answer = call(**arguments)
        if name not in _READS:
            self._kept += tracemalloc.get_traced_memory()[0] - before
        tracemalloc.reset_peak()
        return answer

    def parsing(self, parse: Callable[[bytes], Any], body: bytes) -> Any:  # noqa: ANN401
        """Parse an answer; that is the function's own work, though a fake asks for it."""
        before = tracemalloc.get_traced_memory()[0]
        others = before - self._called - len(body)
        tracemalloc.reset_peak()
        answer = parse(body)
        peak = tracemalloc.get_traced_memory()[1] - others - self._base - self._kept
        self._peak = max(self._peak, peak)
        tracemalloc.reset_peak()
        return answer


_READS = {"describe_instances", "scan", "batch_get_item", "transact_get_items", "get_item"}


class _Metered:
    def __init__(self, client: Any, meter: Meter) -> None:  # noqa: ANN401 - any client
        self._client = client
        self._meter = meter

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any client's
        found = getattr(self._client, name)
        if name == "get_paginator":
            return lambda operation: self._client.get_paginator(operation)._replace(
                call=getattr(self, operation)
            )
        return lambda **arguments: self._meter.called(name, found, arguments)
