"""Lambda: the probers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ddns.adapters.aws import translated
from ddns.adapters.threads import AtOnce, side_by_side
from ddns.core.errors import UnavailableError
from ddns.core.failover.verdicts import DOWN, UNKNOWN, UP, Answer, Answers

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


_MOST_WHY = 100


class LambdaProbers:
    """Functions in the VPC, one in each zone, that are asked all at once."""

    def __init__(
        self,
        client: LambdaClient,
        functions: Sequence[str],
        check: Mapping[str, Any],
        nodes: Mapping[str, str],
        at_once: AtOnce = side_by_side,
    ) -> None:
        """Take a client and what to ask.

        Args:
            client: of Lambda; how long it waits is how long a prober has.
            functions: the probers' ARNs.
            check: what they check, as JSON that they understand.
            nodes: the address at which to check each node, by name.
            at_once: how to ask all of them.
        """
        self._client = client
        self._functions = functions
        self._nodes = tuple(nodes)
        self._payload = json.dumps({"check": check, "nodes": nodes}).encode()
        self._at_once = at_once

    def probe(self) -> list[Answers | None]:
        """Ask every prober (Invoke); None for one that gave no answer that can be understood."""
        said = self._at_once([partial(self._ask, each) for each in self._functions])
        return [None if isinstance(each, Exception) else each for each in said]

    def _ask(self, function: str) -> Answers:
        with translated():
            answer = self._client.invoke(FunctionName=function, Payload=self._payload)
            text = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise UnavailableError(f"the prober {function!r} broke off")
        found = json.loads(text)
        return {node: _answer(found[node]) for node in self._nodes}


def _answer(found: Mapping[str, Any]) -> Answer:
    seen = found["seen"]
    if seen not in (UP, DOWN):
        seen = UNKNOWN
    # It goes into the journal, whose items have a size.
    why = "".join(filter(str.isprintable, str(found.get("why", ""))))[:_MOST_WHY]
    return Answer(seen, why, int(found.get("ms", 0)))
