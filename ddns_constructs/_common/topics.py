"""What a topic, and its key, have to allow for alarms to arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import Annotations, Aspects, IAspect, Stack
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns
    from constructs import Construct, IConstruct

_SERVICE = "cloudwatch.amazonaws.com"


def allow_alarms(scope: Construct, topic: sns.ITopic) -> None:
    """Let the account's alarms publish to a topic; warn where somebody else has to do that.

    SNS lets its own account publish to a topic without a policy. Any statement, such as the Deny of
    `enforce_ssl=True`, replaces that, and then CloudWatch is refused: alarms go off and nobody
    hears of them. A topic without a policy is left without one, as others may rely on it.
    """
    account = Stack.of(scope).account
    if topic.node.default_child is None:
        Annotations.of(scope).add_warning_v2(
            "ddns-constructs:alarmTopic",
            "'add_alarms' cannot see who may publish to an imported topic: if it has a policy of "
            f"its own, that must allow sns:Publish to the service {_SERVICE}, and if it has a "
            "key, the key must be a customer managed one that allows kms:Decrypt and "
            "kms:GenerateDataKey* to it, or no alarm arrives",
        )
        return
    statement = _statement(["sns:Publish"], topic.topic_arn, account)
    Aspects.of(topic).add(_AllowAlarms(topic, statement))
    key = topic.master_key
    if key is None:
        return
    added = key.add_to_resource_policy(
        _statement(["kms:Decrypt", "kms:GenerateDataKey*"], "*", account)
    )
    if not added.statement_added:
        Annotations.of(scope).add_warning_v2(
            "ddns-constructs:alarmTopicKey",
            "'add_alarms' cannot change the policy of an imported key: it must be a customer "
            "managed one (alias/aws/sns can never be used) that allows kms:Decrypt and "
            f"kms:GenerateDataKey* to the service {_SERVICE}, or no alarm arrives",
        )


def _statement(actions: list[str], resource: str, account: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=actions,
        conditions={"StringEquals": {"aws:SourceAccount": account}},
        principals=[iam.ServicePrincipal(_SERVICE)],
        resources=[resource],
    )


@jsii.implements(IAspect)
class _AllowAlarms:
    """Adds the statement to a topic's policy if the topic has one when the app is synthesised."""

    def __init__(self, topic: sns.ITopic, statement: iam.PolicyStatement) -> None:
        self._topic = topic
        self._statement: iam.PolicyStatement | None = statement

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002 - the interface passes it
        """Add it once; CDK calls this for the topic and everything in it."""
        if self._statement is not None and self._topic.node.try_find_child("Policy") is not None:
            statement, self._statement = self._statement, None
            self._topic.add_to_resource_policy(statement)
