"""Requests to AWS, counted on the wire of the real handler against the local AWS."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import time
from collections import Counter
from unittest import mock

import botocore.session

from benchmarks import local_aws
from ddns_constructs.local.emulator import Emulator


class Context:
    """What the handler asks Lambda's context for."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return two minutes."""
        return 120_000


def burst(count: int) -> Counter[str]:
    """Count the requests for instances that are launched at once, cold caches included."""
    with contextlib.closing(_Running()) as aws:
        return _counted(aws.environment, [], local_aws.batch(local_aws.launch(count, aws.emulator)))


def warm_launch() -> Counter[str]:
    """Count the requests for one launch when the function has handled another one before."""
    with contextlib.closing(_Running()) as aws:
        before, event = (local_aws.batch(local_aws.launch(1, aws.emulator)) for _ in range(2))
        return _counted(aws.environment, [before], event)


class _Running:
    """A local AWS with everything in it."""

    def __init__(self) -> None:
        self.emulator = Emulator.start()
        self.environment = local_aws.prepare(self.emulator)

    def close(self) -> None:
        self.emulator.stop()


def _counted(
    environment: dict[str, str], before: list[dict[str, object]], event: dict[str, object]
) -> Counter[str]:
    counts: Counter[str] = Counter()

    def count(request: object, event_name: str, **_: object) -> None:  # noqa: ARG001 - botocore's
        counts[event_name.split(".")[1].replace("-", "")] += 1

    slept: list[float] = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, environment))
        stack.enter_context(mock.patch.object(time, "sleep", slept.append))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        session = botocore.session.get_session()
        session.register("before-send", count)
        stack.enter_context(mock.patch("botocore.session.get_session", return_value=session))
        handler = importlib.reload(importlib.import_module("ddns.handlers.instance")).handler
        for each in before:
            _handle(handler, each)
        counts.clear()
        _handle(handler, event)
    counts = Counter({name: number for name, number in counts.items() if number})
    counts["sleep"] = int(sum(slept))
    return counts


def _handle(handler: object, event: dict[str, object]) -> None:
    answer = handler(event, Context())  # type: ignore[operator]  # a handler is a function
    if answer != {"batchItemFailures": []}:
        raise AssertionError(f"the handler failed: {answer}")
