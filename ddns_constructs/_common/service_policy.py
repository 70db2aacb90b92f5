"""What the functions may do with queues and keys; docs/permissions.md says which code needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

# CDK's grants say kms:ReEncrypt* and kms:GenerateDataKey*; the names are enough.
KEY_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


def queue_statements(queue: sqs.IQueue, dead_letter_queue: sqs.IQueue) -> list[iam.PolicyStatement]:
    """Allow consuming the queue, sending to it, and handing over what cannot be done."""
    return [
        iam.PolicyStatement(
            actions=[
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ],
            resources=[queue.queue_arn],
        ),
        iam.PolicyStatement(
            actions=["sqs:SendMessage"], resources=[queue.queue_arn, dead_letter_queue.queue_arn]
        ),
    ]


def keys_of(key: kms.IKey | None, table: dynamodb.ITable) -> list[kms.IKey]:
    """Return the keys in use: the construct's own, and that of a table which was passed in."""
    return [each for each in (key, table.encryption_key) if each is not None]


def key_statements(scope: Construct, keys: Sequence[kms.IKey]) -> list[iam.PolicyStatement]:
    """Allow the use of keys, if there are any, through DynamoDB and SQS, never directly."""
    if not keys:
        return []
    return [
        iam.PolicyStatement(
            actions=list(KEY_ACTIONS),
            resources=[key.key_arn for key in keys],
            conditions=key_conditions(scope, "dynamodb", "sqs"),
        )
    ]


def key_conditions(scope: Construct, *services: str) -> dict[str, dict[str, list[str]]]:
    """Return the conditions under which a key is used on behalf of these services only."""
    stack = Stack.of(scope)
    return {
        "StringEquals": {
            "kms:ViaService": [f"{name}.{stack.region}.{stack.url_suffix}" for name in services]
        }
    }
