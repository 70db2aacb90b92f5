"""Doing some things at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

_T = TypeVar("_T")
# As many connections a client keeps: each further one would be made anew each time.
_AT_ONCE = 10


class AtOnce(Protocol):
    """What does some jobs: ``side_by_side``, or in a test ``one_by_one``."""

    def __call__(self, jobs: Sequence[Callable[[], _T]], /) -> list[_T | Exception]:
        """Return what each job returned or raised, in their order."""
        ...


def side_by_side(jobs: Sequence[Callable[[], _T]]) -> list[_T | Exception]:
    """Do jobs, ten at a time; return what each returned or raised, in their order."""
    if not jobs:
        return []
    with ThreadPoolExecutor(min(len(jobs), _AT_ONCE)) as pool:
        return list(pool.map(_outcome, jobs))


def one_by_one(jobs: Sequence[Callable[[], _T]]) -> list[_T | Exception]:
    """Do jobs one after another; return what each returned or raised, in their order."""
    return [_outcome(job) for job in jobs]


def returned(outcomes: Sequence[_T | Exception]) -> list[_T]:
    """Return what all jobs returned; raise the first error of one that did not."""
    for each in outcomes:
        if isinstance(each, Exception):
            raise each
    return [each for each in outcomes if not isinstance(each, Exception)]


def _outcome(job: Callable[[], _T]) -> _T | Exception:
    try:
        return job()
    except Exception as err:  # noqa: BLE001 - for the caller, who sees all of them
        return err
