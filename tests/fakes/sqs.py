"""The function's queues in memory, as a boto3 client sees them."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"
DEAD_LETTERS = "https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters"
# API Reference, SendMessageBatch: entries of one request, and their ids.
_AT_ONCE = 10
_LONGEST_ID = 80

MOVED_BY_SQS = "DeadLetterQueueSourceArn"
"""The attribute that a message has which SQS itself moved to the dead-letter queue."""


def arn(url: str) -> str:
    """Return the ARN of a queue."""
    _, _, host, account, name = url.split("/")
    return f"arn:aws:sqs:{host.split('.')[1]}:{account}:{name}"


class FakeSqs:
    """Two queues that keep what they are sent.

    Args:
        on_call: called with the operation and "before" or "after"; may raise to crash its caller.
    """

    def __init__(self, on_call: Callable[[str, str], None] | None = None) -> None:
        self.sent: dict[str, list[dict[str, Any]]] = {QUEUE: [], DEAD_LETTERS: []}
        self.shown_after: dict[str, int] = {}
        self.requests = 0
        self.on_call = on_call
        self.failing = ""
        self._moves: list[dict[str, Any]] = []

    def send_message(self, *, QueueUrl: str, MessageBody: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
        self._call("send_message", "before")
        self._take(QueueUrl, {"MessageBody": MessageBody, **more})
        self._call("send_message", "after")
        return {"MessageId": "m"}

    def send_message_batch(
        self, *, QueueUrl: str, Entries: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        self._call("send_message_batch", "before")
        ids = [entry["Id"] for entry in Entries]
        assert 0 < len(set(ids)) == len(ids) <= _AT_ONCE
        assert all(len(each) <= _LONGEST_ID for each in ids)
        for entry in Entries:
            self._take(QueueUrl, {name: entry[name] for name in entry.keys() - {"Id"}})
        self._call("send_message_batch", "after")
        return {"Successful": [{"Id": each, "MessageId": "m"} for each in ids]}

    def change_message_visibility_batch(
        self, *, QueueUrl: str, Entries: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        self._call("change_message_visibility_batch", "before")
        assert QueueUrl == QUEUE
        assert 0 < len(Entries) <= _AT_ONCE
        for entry in Entries:
            self.shown_after[entry["ReceiptHandle"]] = entry["VisibilityTimeout"]
        self._call("change_message_visibility_batch", "after")
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    def start_message_move_task(
        self,
        *,
        SourceArn: str,
        DestinationArn: str | None = None,
    ) -> dict[str, Any]:
        """Move the dead letters; ``list_message_move_tasks`` says what became of it.

        Without a destination SQS moves each message to the queue that it came from, and knows none
        for what was put there by SendMessage: such a task fails with CouldNotDetermineMessageSource
        (Developer Guide, "Amazon SQS dead-letter queue redrive", troubleshooting).
        """
        assert SourceArn == arn(DEAD_LETTERS)
        task: dict[str, Any] = {"SourceArn": SourceArn, "Status": "COMPLETED"}
        self._moves.insert(0, task)
        sent = [each for each in self.sent[DEAD_LETTERS] if not each.get(MOVED_BY_SQS)]
        if sent and DestinationArn is None:
            task |= {"Status": "FAILED", "FailureReason": "CouldNotDetermineMessageSource"}
        else:
            assert DestinationArn in (None, arn(QUEUE))
            self.sent[QUEUE] += self.sent[DEAD_LETTERS]
            self.sent[DEAD_LETTERS] = []
        return {"TaskHandle": f"task-{len(self._moves)}"}

    def list_message_move_tasks(self, *, SourceArn: str) -> dict[str, Any]:
        assert SourceArn == arn(DEAD_LETTERS)
        return {"Results": self._moves}

    def _take(self, url: str, message: dict[str, Any]) -> None:
        assert isinstance(message["MessageBody"], str)
        self.sent[url].append(message)

    def _call(self, operation: str, moment: str) -> None:
        if self.on_call:
            self.on_call(operation, moment)
        if moment == "before":
            self.requests += 1
            if self.failing:
                error: Any = {
                    "Error": {"Code": self.failing, "Message": f"{QUEUE}: {self.failing}"},
                    "ResponseMetadata": {"HTTPStatusCode": 403},
                }
                raise ClientError(error, operation)
