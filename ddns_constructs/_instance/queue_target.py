"""EventBridge rules that deliver into a queue, with policies narrower than CDK's own target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sqs as sqs
    from aws_cdk.interfaces.aws_events import IRuleRef


@jsii.implements(events.IRuleTarget)
class QueueTarget:
    """A queue as the target of a rule; what cannot be delivered goes to its dead-letter queue.

    `aws_events_targets.SqsQueue` would do, were it not for queues with a key: there it lets
    every rule of every account in, unless the app has set a feature flag, and opens the key with
    wildcard actions.
    """

    def __init__(
        self,
        queue: sqs.IQueue,
        *,
        dead_letter_queue: sqs.IQueue,
        message: events.RuleTargetInput | None = None,
    ) -> None:
        self._queue = queue
        self._dead_letter_queue = dead_letter_queue
        self._message = message

    def bind(
        self,
        rule: IRuleRef,  # noqa: ARG002 - the interface passes it
        id: str | None = None,  # noqa: ARG002 - likewise
    ) -> events.RuleTargetConfig:
        """Return the target; `allow_rules` writes the policies, once for all rules."""
        return events.RuleTargetConfig(
            arn=self._queue.queue_arn,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                arn=self._dead_letter_queue.queue_arn
            ),
            input=self._message,
            target_resource=self._queue,
        )


def allow_rules(
    rules: Sequence[events.Rule], queues: Sequence[sqs.Queue], key: kms.IKey | None
) -> None:
    """Let the rules, and no others, send to the queues."""
    service = iam.ServicePrincipal("events.amazonaws.com")
    for queue in queues:
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowRules",
                principals=[service],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": [rule.rule_arn for rule in rules]}},
            )
        )
    if key is not None:
        # Naming the rules here would be a cycle: they name the queue, and the queue the key.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(queues[0]).account}},
            )
        )
