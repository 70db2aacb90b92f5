"""The EventBridge rules of `InstanceDdns`: what makes it look at an instance, or at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

# A pending instance has nothing to register yet; the others each may be the only one seen.
_STATES = ["running", "stopping", "stopped", "shutting-down", "terminated"]


def define_state_rule(scope: Construct, target: events.IRuleTarget) -> events.Rule:
    """Define the rule for instances that start and stop."""
    return events.Rule(
        scope,
        "StateRule",
        description="EC2 instances that start and stop",
        event_pattern=events.EventPattern(
            source=["aws.ec2"],
            detail_type=["EC2 Instance State-change Notification"],
            detail={"state": _STATES},
        ),
        targets=[target],
    )


def define_tag_rule(
    scope: Construct, target: events.IRuleTarget, keys: Sequence[str]
) -> events.Rule:
    """Define the rule for changes of tags, by their keys in any case."""
    return events.Rule(
        scope,
        "TagRule",
        description="Tags of EC2 instances that name records",
        event_pattern=events.EventPattern(
            source=["aws.tag"],
            detail_type=["Tag Change on Resource"],
            detail={
                "service": ["ec2"],
                "resource-type": ["instance"],
                "changed-tag-keys": [{"equals-ignore-case": key} for key in keys],
            },
        ),
        targets=[target],
    )


def define_address_rule(scope: Construct, target: events.IRuleTarget) -> events.Rule:
    """Define the rule for Elastic IP addresses that move: calls that a trail has logged."""
    return events.Rule(
        scope,
        "AddressRule",
        description="Elastic IP addresses that are attached or taken away",
        event_pattern=events.EventPattern(
            source=["aws.ec2"],
            detail_type=["AWS API Call via CloudTrail"],
            detail={
                "eventSource": ["ec2.amazonaws.com"],
                "eventName": ["AssociateAddress", "DisassociateAddress"],
                # A call that was refused has changed nothing.
                "errorCode": [{"exists": False}],
            },
        ),
        targets=[target],
    )


def define_sweep_rule(scope: Construct, target: events.IRuleTarget, seconds: int) -> events.Rule:
    """Define the schedule of the sweep."""
    return events.Rule(
        scope,
        "SweepRule",
        description="Compares all instances with all records",
        schedule=events.Schedule.rate(Duration.seconds(seconds)),
        targets=[target],
    )


def sweep_order() -> events.RuleTargetInput:
    """Return the message that orders a sweep."""
    return events.RuleTargetInput.from_object({"action": "sweep", "verify": True})
