"""A clock that stands still until somebody waits or winds it."""

from __future__ import annotations

from random import Random


class FakeClock:
    """Model time: sleeping takes no time of ours."""

    def __init__(self, start: float = 1_700_000_000.0, seed: int = 0) -> None:
        self.time = start
        self.slept: list[float] = []
        self._random = Random(seed)  # noqa: S311 - jitter is no secret

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def random(self) -> float:
        return self._random.random()
