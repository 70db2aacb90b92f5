"""Lambda's detection of recursive loops: a function that feeds the queue which invokes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.fakes.sqs import QUEUE, FakeSqs

# Developer Guide, "Use Lambda recursive loop detection to prevent infinite loops": "approximately
# 16 times" in one chain of requests, then the next invocation is stopped and the event goes to the
# dead-letter queue. The chain is known by the trace header that the SDK passes on with what it
# sends; RecursiveLoop Allow, of PutFunctionRecursionConfig, turns that off.
_MOST = 16


class Chains:
    """Delivers a queue's messages to a function, and counts the hops of each chain of them.

    Args:
        sqs: what the function sends to.
        handle: the function: takes the body of a message.
        recursive_loop: the function's setting: Allow or Terminate.
    """

    def __init__(
        self, sqs: FakeSqs, handle: Callable[[str], object], recursive_loop: str = "Terminate"
    ) -> None:
        self.longest = 0
        self.stopped: list[str] = []
        self._sqs = sqs
        self._handle = handle
        self._allowed = recursive_loop == "Allow"
        self._waiting: list[tuple[str, int]] = []

    def run(self, bodies: Sequence[str]) -> None:
        """Deliver messages from outside, then whatever the function sends itself for them."""
        self._waiting += [(body, 1) for body in bodies]
        while self._waiting:
            body, hops = self._waiting.pop(0)
            if hops > _MOST and not self._allowed:
                self.stopped.append(body)
                continue
            self.longest = max(self.longest, hops)
            self._handle(body)
            sent, self._sqs.sent[QUEUE] = self._sqs.sent[QUEUE], []
            self._waiting += [(each["MessageBody"], hops + 1) for each in sent]


def order(**fields: Any) -> str:  # noqa: ANN401 - JSON
    """Return the body of an order."""
    return json.dumps(fields)
