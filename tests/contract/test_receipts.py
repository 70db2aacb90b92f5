"""The receipts that a queue counts, and the days for which the function tries a message."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from ddns.redelivery import GIVE_UP_AFTER
from tests.constructs.common.kinds import CLIENT, INSTANCE, Kind, new_bench
from tests.test_redelivery import World

_WINDOWS = (0, 1, 300)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    (
        (CLIENT, {}),
        *((INSTANCE, {"batching_window": cdk.Duration.seconds(w)}) for w in _WINDOWS),
    ),
    ids=["ClientDdns", *(f"InstanceDdns, window of {w} s" for w in _WINDOWS)],
)
def test_receipts_are_used_up_after_the_function_gives_up_and_before_the_queue_forgets(
    kind: Kind, arguments: dict[str, Any]
) -> None:
    bench = new_bench()
    kind.define(bench, **arguments)
    found = bench.template.find_resources("AWS::SQS::Queue").values()
    (queue,) = [q["Properties"] for q in found if "RedrivePolicy" in q["Properties"]]
    receipts = queue["RedrivePolicy"]["maxReceiveCount"]
    # What Lambda throttles, or the function dies over, comes again after the visibility timeout.
    used_up = receipts * queue["VisibilityTimeout"]
    assert GIVE_UP_AFTER < used_up < queue["MessageRetentionPeriod"] - 3_600
    # What fails comes again after the function's own pauses, and a window in which Lambda collects.
    window = arguments.get("batching_window", cdk.Duration.seconds(1)).to_seconds()
    assert all(len(World(seed).tried(window=window)) < receipts for seed in range(5))
    # SetQueueAttributes takes no more.
    assert receipts <= 1_000
