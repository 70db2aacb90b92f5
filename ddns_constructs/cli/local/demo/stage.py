"""What every demonstration shares: the account, a deployed stack, how to look at it, its steps."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ddns_constructs.local.dns.answers import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns_constructs.cli.report import Report
    from ddns_constructs.local import LocalAws

__all__ = ["Stage", "StepFailedError", "play_steps"]

_PATIENCE = 60.0
_POLL = 0.02
_MESSAGES = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_COMPLAINTS = 5


class StepFailedError(AssertionError):
    """What was expected did not come; the text says what came instead."""


@dataclass
class Stage:
    """What the steps share.

    Args:
        aws: The local AWS.
        outputs: The example stack's outputs.
        report: Hears of every answer.
    """

    aws: LocalAws
    outputs: Mapping[str, str]
    report: Report
    acted: float = field(default=0.0, kw_only=True)

    def act(self) -> None:
        """Begin to count the time until an answer: something is done now."""
        self.acted = time.monotonic()

    def expect(
        self, name: str, rdtype: str, *values: str, view: View = View.PRIVATE, status: str = ""
    ) -> None:
        """Ask until the answer is exactly these values, or no values with this status."""
        wanted = tuple(sorted(values))
        wanted_status = status or "NOERROR"

        def holds() -> str | None:
            response = self.aws.dns.ask_once(name, rdtype, view)
            seen = f"{where}, {name} {rdtype}: {response}"
            if response.values == wanted and response.status == wanted_status:
                self.report.seen(seen, time.monotonic() - self.acted)
                return None
            return seen

        where = "in the VPC" if view is View.PRIVATE else "on the internet"
        self.until(f"{where}, {name} {rdtype}: {', '.join(wanted) or wanted_status}", holds)

    def until(self, expected: str, missing: Callable[[], str | None]) -> None:
        """Repeat until `missing` returns None.

        Raises:
            StepFailedError: It still returned what was seen instead when the time was over.
        """
        deadline = time.monotonic() + _PATIENCE
        while (seen := missing()) is not None:
            if time.monotonic() > deadline:
                raise StepFailedError(
                    f"expected within {_PATIENCE:.0f} s: {expected}\nseen: {seen}"
                )
            time.sleep(_POLL)

    def emptied(self) -> None:
        """Wait until the function's queue has been worked off."""
        self.until("an empty queue", self._queued)

    def _queued(self) -> str | None:
        waiting, at_work = self.messages("QueueUrl")
        return f"{waiting} waiting and {at_work} at work" if waiting or at_work else None

    def messages(self, output: str) -> tuple[int, int]:
        """Return how many messages wait in a queue, and how many are being handled."""
        waiting, at_work = _MESSAGES
        found = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs[output], AttributeNames=_MESSAGES
        )["Attributes"]
        return int(found[waiting]), int(found[at_work])

    def complaints(self) -> list[str]:
        """Return the last lines of the function's log that are warnings or errors."""
        functions, logs = self.aws.client("lambda"), self.aws.client("logs")
        function = functions.get_function_configuration(FunctionName=self.outputs["FunctionName"])
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=function["LoggingConfig"]["LogGroup"]
        )
        lines = [event["message"].strip() for page in pages for event in page["events"]]
        return [line for line in lines if '"WARN"' in line or '"ERROR"' in line][-_COMPLAINTS:]

    def invoke(self, payload: Mapping[str, object]) -> dict[str, Any]:
        """Call the construct's function and return what it answers."""
        functions = self.aws.client("lambda")
        answer = functions.invoke(
            FunctionName=self.outputs["FunctionName"], Payload=json.dumps(payload).encode()
        )
        content: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise StepFailedError(f"the function failed: {content}")
        return content


_StageType = TypeVar("_StageType", bound=Stage)


def play_steps(stage: _StageType, steps: Mapping[str, Callable[[_StageType], None]]) -> bool:
    """Play every step; stop at the first that does not hold.

    Args:
        stage: What they share.
        steps: By title.

    Returns:
        Whether every step held.
    """
    try:
        for title, step in steps.items():
            with stage.report.working(title):
                step(stage)
    except StepFailedError as err:
        stage.report.error("\n".join([str(err), *stage.complaints()]))
        return False
    return True
