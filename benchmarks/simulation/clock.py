"""Virtual time: threads of which exactly one runs, and a clock that jumps to what comes next."""

from __future__ import annotations

import heapq
import random
import threading
from collections.abc import Callable, Iterable


class Killed(BaseException):
    """A worker's time is over; thrown where it waits, past every handler of exceptions."""


class Task:
    """Something that runs in a thread of its own, and waits in virtual time."""

    def __init__(self, scheduler: Scheduler, run: Callable[[], None]) -> None:
        self.limit = float("inf")
        self.error: BaseException | None = None
        self.done = False
        self._run = run
        self._scheduler = scheduler
        self.waiter: Task | None = None
        self._baton = _taken_lock()
        self._thread = threading.Thread(target=self._main, daemon=True)
        self._thread.start()

    def _main(self) -> None:
        self._baton.acquire()
        try:
            self._run()
        except Killed:
            pass
        except BaseException as err:  # noqa: BLE001 - raised again where the scheduler runs
            self.error = err
        self.done = True
        self._scheduler.home.release()

    def go_on(self) -> None:
        """Hand the baton to the task."""
        self._baton.release()

    def wait(self) -> None:
        """Wait for the baton; called by the task itself, after it has handed the baton on."""
        self._baton.acquire()

    def join(self) -> None:
        """Wait for the end of the thread."""
        self._thread.join()


def _taken_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


class Scheduler:
    """Runs tasks and callbacks in the order of virtual time; equal times in the order they came.

    Args:
        start: the first moment, in seconds of the epoch.
        seed: of everything that is left to chance.
        direct: whether a task that waits does itself what comes next, and hands the baton to the
            next task: half of the changes from thread to thread. Whether something has ended is
            then asked less often.

    Attributes:
        now: the time.
        start: the first moment.
        random: what is left to chance.
        current: the task that runs.
        home: taken while a task has the baton.
    """

    def __init__(self, start: float, seed: int, *, direct: bool = False) -> None:
        self.now = start
        self.start = start
        self.random = random.Random(seed)  # noqa: S311 - a simulation is to be repeatable
        self.current: Task | None = None
        # A lock is several times as quick as a semaphore; it is taken and given in turn.
        self.home = _taken_lock()
        self._direct = direct
        self._until = start
        self._queue: list[tuple[float, int, Task | Callable[[], None]]] = []
        self._serial = 0
        self._tasks: list[Task] = []
        self._closing = False

    @property
    def elapsed(self) -> float:
        """Return how long it has been running in virtual time."""
        return self.now - self.start

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Call something later."""
        self._push(self.now + seconds, action)

    def spawn(self, run: Callable[[], None], limit: float = float("inf")) -> Task:
        """Start a task now; it is killed where it would wait beyond ``limit`` seconds from now."""
        task = Task(self, run)
        task.limit = self.now + limit
        self._tasks.append(task)
        self._push(self.now, task)
        return task

    def sleep(self, seconds: float) -> None:
        """Wait in virtual time; only a task may."""
        task = self.current
        if task is None:
            self.now += max(0.0, seconds)
            return
        wake = self.now + max(0.0, seconds)
        over = wake > task.limit
        wake = min(wake, task.limit)
        if self._direct:
            self._do_until(wake, task)
        if wake <= self._until and (not self._queue or wake < self._queue[0][0]):
            self.now = wake
        else:
            self._push(wake, task)
            self._hand_on(task)
        if over or self._closing:
            raise Killed

    def wait_for(self, tasks: Iterable[Task]) -> None:
        """Wait until other tasks have ended; only a task may, and one waits for each."""
        task = self.current
        assert task is not None, "only a task may wait for others"  # noqa: S101 - of this program
        for other in tasks:
            if not other.done:
                other.waiter = task
                self._hand_on(task)
            if self.now >= task.limit or self._closing:
                raise Killed

    def run(self, until: float, ended: Callable[[], bool] = lambda: False) -> bool:
        """Run until something has ended; return whether it did before ``until``, from the start."""
        self._until = self.start + until
        while not ended():
            if not self._queue or self._queue[0][0] > self._until:
                self.now = max(self.now, self._until)
                return ended()
            self.now, _, action = heapq.heappop(self._queue)
            if isinstance(action, Task):
                self._go_on(action)
            else:
                action()
        return True

    def close(self) -> None:
        """End every task where it waits."""
        self._closing = True
        for task in list(self._tasks):
            if not task.done:
                self._go_on(task)
            task.join()

    def _do_until(self, wake: float, task: Task) -> None:
        """Do what is to be called before a task goes on, in its place."""
        while self._queue and self._queue[0][0] <= min(wake, self._until):
            action = self._queue[0][2]
            if isinstance(action, Task):
                return
            self.now, _, _ = heapq.heappop(self._queue)
            self.current = None
            action()
            self.current = task

    def _hand_on(self, task: Task) -> None:
        """Hand the baton of a task to the next one, or home, and wait until it comes back."""
        following = self._queue[0] if self._queue and self._direct and not self._closing else None
        if following and following[0] <= self._until and isinstance(following[2], Task):
            self.now, _, _ = heapq.heappop(self._queue)
            self.current = following[2]
            if following[2] is not task:
                following[2].go_on()
                task.wait()
            return
        self.home.release()
        task.wait()

    def _go_on(self, task: Task) -> None:
        self.current = task
        task.go_on()
        self.home.acquire()
        # Where tasks hand the baton on, another one may have brought it.
        task, self.current = self.current, None
        if task.error is not None:
            raise task.error
        if task.done and task in self._tasks:
            self._tasks.remove(task)
            task.join()
            if task.waiter is not None:
                self._push(self.now, task.waiter)

    def _push(self, when: float, action: Task | Callable[[], None]) -> None:
        self._serial += 1
        heapq.heappush(self._queue, (when, self._serial, action))


class VirtualClock:
    """The clock that the runtime gets."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.sleep = scheduler.sleep
        self.random = scheduler.random.random

    def now(self) -> float:
        """Return the time in seconds of the epoch."""
        return self._scheduler.now
