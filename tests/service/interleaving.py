"""Workers that run one request at a time, in an order that a test chooses, and may be cut short."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.service.instance.world import World


class Crash(BaseException):
    """The end of a worker between two calls: nothing of it runs any more."""


class _Worker(threading.Thread):
    def __init__(
        self, job: Callable[[], None], crash_at: int | None, done: threading.Semaphore
    ) -> None:
        super().__init__(daemon=True)
        self.turn = threading.Semaphore(0)
        self.finished = False
        self.crashed = False
        self.error: BaseException | None = None
        self._job = job
        self._done = done
        self._steps = 0
        self._crash_at = crash_at

    def run(self) -> None:
        self.turn.acquire()
        try:
            self._job()
        except Crash:
            self.crashed = True
        except BaseException as err:  # noqa: BLE001 - raised again by the test's own thread
            self.error = err
        self.finished = True
        self._done.release()

    def step(self) -> None:
        """Stop at a request, until it is this worker's turn again."""
        self._steps += 1
        if self._steps == self._crash_at:
            raise Crash
        self._done.release()
        self.turn.acquire()


def interleave(
    world: World,
    jobs: Sequence[tuple[Callable[[], None], int | None]],
    choices: Iterator[int],
) -> list[bool]:
    """Run jobs side by side, switching at requests as ``choices`` say.

    Args:
        world: whose requests are the switching points.
        jobs: what each worker does, and at which of its steps it crashes, if at all.
        choices: numbers that pick who goes on; when they run out, the first does.

    Returns:
        Whether each worker crashed.
    """
    done = threading.Semaphore(0)
    workers = [_Worker(job, crash_at, done) for job, crash_at in jobs]

    def hook(_operation: str, _moment: str) -> None:
        current = threading.current_thread()
        if isinstance(current, _Worker):
            current.step()

    world.observe(hook)
    for worker in workers:
        worker.start()
    while alive := [worker for worker in workers if not worker.finished]:
        alive[next(choices, 0) % len(alive)].turn.release()
        done.acquire()
    world.observe(None)
    for worker in workers:
        worker.join()
        if worker.error is not None:
            raise worker.error
    return [worker.crashed for worker in workers]
