"""When to move, as it is read from the environment."""

from __future__ import annotations

import json

import pytest

from ddns.core.failover.policy import Policy


def test_what_is_left_out_has_its_default() -> None:
    assert Policy.parse("{}") == Policy()
    assert Policy().failback is None


def test_what_is_given_counts() -> None:
    given = Policy(2.5, 1, 4, 600, 0, 9, "stop", 30)
    assert Policy.parse(json.dumps(given._asdict())) == given


@pytest.mark.parametrize(
    ("text", "wrong"),
    (
        ("[]", "must be an object"),
        ('{"pace": 3}', "'pace' is not known"),
        ('{"interval": 0}', "'interval' must be more than 0 seconds, got 0"),
        ('{"interval": true}', "'interval'"),
        ('{"interval": "3"}', "'interval'"),
        ('{"failures": 0}', "'failures' must be a whole number from 1, got 0"),
        ('{"failures": 1.5}', "'failures'"),
        ('{"recoveries": 0}', "'recoveries'"),
        ('{"failback": -1}', "'failback' must be null or seconds from 0, got -1"),
        ('{"failback": "no"}', "'failback'"),
        ('{"min_dwell": -1}', "'min_dwell' must be seconds from 0"),
        ('{"min_dwell": null}', "'min_dwell'"),
        ('{"max_moves_per_hour": 0}', "'max_moves_per_hour'"),
        ('{"fence": "reboot"}', "'fence' must be 'none' or 'stop', got 'reboot'"),
        ('{"verify_interval": 0}', "'verify_interval'"),
    ),
)
def test_what_cannot_be_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Policy.parse(text)


def test_all_that_is_wrong_is_named() -> None:
    with pytest.raises(ValueError, match=r"'failures'.*'fence'"):
        Policy.parse('{"failures": 0, "fence": 1}')
