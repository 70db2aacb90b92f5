"""Doing things at once."""

from __future__ import annotations

import threading

import pytest

from ddns.adapters.threads import AtOnce, one_by_one, returned, side_by_side


def failing() -> int:
    raise ValueError("no")


@pytest.mark.parametrize("at_once", (side_by_side, one_by_one))
def test_every_outcome_comes_in_the_order_of_the_jobs(at_once: AtOnce) -> None:
    first, second, third = at_once([lambda: 1, failing, lambda: 3])
    assert (first, third) == (1, 3)
    assert isinstance(second, ValueError)


@pytest.mark.parametrize("at_once", (side_by_side, one_by_one))
def test_nothing_to_do_is_done(at_once: AtOnce) -> None:
    assert at_once([]) == []


def test_jobs_side_by_side_do_not_wait_for_each_other() -> None:
    both = threading.Barrier(2, timeout=30)
    assert sorted(map(str, side_by_side([both.wait, both.wait]))) == ["0", "1"]


def test_ten_jobs_at_a_time_and_no_more_are_done() -> None:
    ten = threading.Barrier(10, timeout=30)
    at_once: set[str] = set()

    def job() -> None:
        at_once.add(threading.current_thread().name)
        ten.wait()

    assert side_by_side([job] * 20) == [None] * 20
    assert len(at_once) == 10


def test_what_all_jobs_returned_is_had_only_where_none_failed() -> None:
    assert returned([1, 2]) == [1, 2]
    first, second = ValueError("first"), KeyError("second")
    with pytest.raises(ValueError, match="first"):
        returned([1, first, second])
