"""Who has the head, and for how long."""

from __future__ import annotations

from ddns.core.head import Head


def test_nobody_has_a_head_that_was_never_written() -> None:
    assert not Head().held(0.0)


def test_a_worker_has_it_until_its_time_is_up() -> None:
    head = Head().following(110.0)
    assert head.held(109.9)
    assert not head.held(110.0)


def test_every_write_moves_the_version_and_keeps_the_rest() -> None:
    head = Head(4, 7, draining=True)
    assert head.following(12.5) == Head(5, 12_500, draining=True)
    assert head.following(0) == Head(5, 0, draining=True)
