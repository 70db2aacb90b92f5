"""The queue of a construct, its dead-letter queue, and the function that consumes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

# AWS asks for six times the function's timeout, plus the batching window. The floor is what keeps
# the receipts of three days below the 1,000 that a queue may count.
_VISIBILITY_TIMEOUT_FACTOR = 6
_LEAST_VISIBILITY_TIMEOUT = 300
_RETENTION = Duration.days(4)
# The function tries what fails for three days, and then sends it to the dead-letter queue with the
# reason. SQS counts receipts: those of a batch that Lambda throttled, or whose function died, come
# a visibility timeout apart. Neither may use them up before those days are over, and they must be
# used up before the queue drops the message. A function's own pauses are no shorter in the end.
_RECEIPTS_FOR_SECONDS = 3.4 * 86_400
_BATCH_SIZE = 1_000
_BATCH_SIZE_WITHOUT_WINDOW = 10
MAX_CONCURRENCY = 2
"""The fewest that SQS takes. Reserved concurrency 1 would send good messages to the dead-letter
queue; the runtime is safe with two writers."""


def define_dead_letter_queue(scope: Construct, *, key: kms.IKey | None) -> sqs.Queue:
    """Define `DeadLetterQueue` in a scope."""
    return sqs.Queue(
        scope,
        "DeadLetterQueue",
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )


def visibility_timeout(timeout: int, window: int) -> int:
    """Return it for a function with a timeout and a batching window, all in seconds."""
    return max(timeout * _VISIBILITY_TIMEOUT_FACTOR + window, _LEAST_VISIBILITY_TIMEOUT)


def define_queue(
    scope: Construct,
    *,
    dead_letter_queue: sqs.IQueue,
    key: kms.IKey | None,
    timeout: int,
    window: int,
) -> sqs.Queue:
    """Define `Queue` in a scope, for a function with a timeout and a batching window in seconds."""
    visibility = visibility_timeout(timeout, window)
    return sqs.Queue(
        scope,
        "Queue",
        dead_letter_queue=sqs.DeadLetterQueue(
            max_receive_count=int(_RECEIPTS_FOR_SECONDS / visibility), queue=dead_letter_queue
        ),
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=_RETENTION,
        visibility_timeout=Duration.seconds(visibility),
    )


def define_event_source(
    scope: Construct, *, function: lambda_.IFunction, queue: sqs.IQueue, window: int
) -> lambda_.EventSourceMapping:
    """Define `EventSource` in a scope; without a window, ten messages are the most SQS gives."""
    return lambda_.EventSourceMapping(
        scope,
        "EventSource",
        batch_size=_BATCH_SIZE if window else _BATCH_SIZE_WITHOUT_WINDOW,
        event_source_arn=queue.queue_arn,
        max_batching_window=Duration.seconds(window),
        max_concurrency=MAX_CONCURRENCY,
        report_batch_item_failures=True,
        target=function,
    )
