"""The only module that knows the runtime: how a function is made, asked, and told to sweep."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

from benchmarks import local_aws
from benchmarks.simulation.clock import VirtualClock
from benchmarks.simulation.parameters import Parameters
from tests.fakes.sqs import DEAD_LETTERS, QUEUE

TABLE = "ledger"
PARTITION_KEY = "pk"
SWEEP = json.dumps({"action": "sweep", "verify": True})
"""What the schedule sends."""


def environment(
    zones: Sequence[Mapping[str, Any]], *, region: str, ttl: int, max_deletes: int
) -> dict[str, str]:
    """Return the environment that the construct gives the function, with its defaults."""
    return {
        **local_aws.settings(list(zones), QUEUE, DEAD_LETTERS),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "DDNS_TABLE": TABLE,
        "DDNS_TTL": str(ttl),
        "DDNS_MAX_DELETES": str(max_deletes),
    }


def is_sweep(body: str) -> bool:
    """Tell whether a message orders a sweep, or goes on with one."""
    return '"sweep"' in body and json.loads(body).get("action") == "sweep"


def start(
    variables: Mapping[str, str],
    clients: SimpleNamespace,
    clock: VirtualClock,
    parameters: Parameters,
) -> Callable[[Mapping[str, Any], float], Mapping[str, Any]]:
    """Make the function anew, as a cold start does; return what answers an event in some seconds.

    Args:
        variables: the environment.
        clients: ``ec2``, ``dynamodb``, ``route53`` and ``sqs``.
        clock: virtual time.
        parameters: the model.
    """
    # The handler's module reads its settings when it is imported.
    os.environ.update(variables)
    handler = importlib.import_module("ddns.handlers.instance")
    composition = importlib.import_module("ddns.instance.composition")
    settings = importlib.import_module("ddns.instance.settings").InstanceSettings
    parts = composition.instance_parts(
        settings.from_environment(variables), cast("Any", clients), cast("Any", clock)
    )

    def handle(event: Mapping[str, Any], left: float) -> Mapping[str, Any]:
        deadline = clock.now() + max(left - parameters.reserve, left / 2)
        return cast("Mapping[str, Any]", handler.respond(parts, event, deadline))

    return handle
