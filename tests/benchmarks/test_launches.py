"""How soon a launch is in the zone: what the documentation promises, by the poller's model."""

from __future__ import annotations

from benchmarks.launches import WITH_WINDOW, launched


def test_a_launch_is_in_the_zone_within_seconds() -> None:
    assert launched(1).seconds < 5


def test_with_a_window_a_quiet_queue_may_take_twenty_seconds_longer() -> None:
    assert 20 < launched(1, WITH_WINDOW).seconds < 25


def test_a_window_makes_a_few_requests_of_a_thousand_launches() -> None:
    with_window, without = launched(1_000, WITH_WINDOW), launched(1_000)
    assert with_window.route53 <= 4
    assert with_window.seconds < 30
    # Ten at a time: two requests a batch, and as many again where two workers meet.
    assert without.route53 <= 240
    assert without.seconds < 180
