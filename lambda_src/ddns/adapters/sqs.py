"""SQS: the function's own queue and its dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ddns.adapters.aws import Clients, translated
from ddns.core.errors import UnavailableError

if TYPE_CHECKING:
    from ddns.ports import ApplyOrder

_AT_ONCE = 10
_ATTRIBUTE_VALUE = 1024


class SqsQueue:
    """Sends to both queues, and delays messages that failed."""

    def __init__(self, clients: Clients, url: str, dead_letter_url: str) -> None:
        """Take the clients and the URLs of both queues."""
        self._clients = clients
        self._url = url
        self._dead_letter_url = dead_letter_url

    def order_sweep(self) -> None:
        """Send an order to sweep, zones included (SendMessage)."""
        body = json.dumps({"action": "sweep", "verify": True})
        with translated():
            self._clients.sqs.send_message(QueueUrl=self._url, MessageBody=body)

    def continue_sweep(self, sweep: str, step: int) -> None:
        """Send an order to do a step of a sweep (SendMessage)."""
        body = json.dumps({"action": "sweep", "sweep": sweep, "step": step})
        with translated():
            self._clients.sqs.send_message(QueueUrl=self._url, MessageBody=body)

    def order_looks(self, instances: Sequence[str]) -> None:
        """Send an order for each instance (SendMessageBatch)."""
        self._send([{"action": "look", "instance": each} for each in instances])

    def order_apply(self, orders: Sequence[ApplyOrder]) -> None:
        """Send an order for each host, to be delivered after its delay (SendMessageBatch)."""
        self._send(
            [{"action": "apply", "hostname": o.key, "order": o.number} for o in orders],
            [order.delay for order in orders],
        )

    def _send(self, bodies: Sequence[Mapping[str, str | int]], delays: Sequence[int] = ()) -> None:
        delays = delays or [0] * len(bodies)
        for start in range(0, len(bodies), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            entries = [
                {"Id": str(n), "MessageBody": json.dumps(body), "DelaySeconds": delay}
                for n, (body, delay) in enumerate(zip(bodies[part], delays[part], strict=True))
            ]
            with translated():
                answer = self._clients.sqs.send_message_batch(
                    QueueUrl=self._url,
                    Entries=entries,  # type: ignore[arg-type]  # plain dicts
                )
            if answer.get("Failed"):
                raise UnavailableError(f"SQS did not take {len(answer['Failed'])} messages")

    def dead_letter(self, body: str, reason: str) -> None:
        """Send a message to the dead-letter queue with the attribute ``Reason`` (SendMessage)."""
        text = reason[:_ATTRIBUTE_VALUE] or "unknown"
        with translated():
            self._clients.sqs.send_message(
                QueueUrl=self._dead_letter_url,
                MessageBody=body,
                MessageAttributes={"Reason": {"DataType": "String", "StringValue": text}},
            )

    def retry_soon(self, delays: Mapping[str, int]) -> None:
        """Show messages again after so many seconds, by receipt handle (ChangeMessageVisibility).

        Best effort: a message that this does not reach comes back after the visibility timeout.
        """
        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
            for number, (handle, seconds) in enumerate(delays.items())
        ]
        for start in range(0, len(entries), _AT_ONCE):
            with translated():
                self._clients.sqs.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=entries[start : start + _AT_ONCE],  # type: ignore[arg-type]  # plain dicts
                )
