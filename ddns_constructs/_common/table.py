"""The table that a construct defines where none is passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct


def define_table(
    scope: Construct,
    *,
    key: kms.IKey | None,
    partition_key: str,
    removal_policy: RemovalPolicy | None,
    max_read_request_units: int | None = None,
    max_write_request_units: int | None = None,
    time_to_live_attribute: str | None = None,
) -> dynamodb.Table:
    """Define `Table` in a scope: on demand, recoverable to any point in time.

    Without a removal policy it is kept, unless the deployment that makes it fails: a plain RETAIN
    would leave a table behind at each try. Whoever asks for that gets it protected against
    deletion as well, which CloudFormation could not take back while it rolls back.

    The two maxima are units a second; None sets none. Items go when the time in the attribute, in
    seconds, has come; without one they stay.
    """
    policy = removal_policy or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    # Not TableV2: with a key of one's own it needs a stack whose Region is known.
    return dynamodb.Table(
        scope,
        "Table",
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        deletion_protection=policy is RemovalPolicy.RETAIN or None,
        encryption_key=key,
        max_read_request_units=max_read_request_units,
        max_write_request_units=max_write_request_units,
        partition_key=dynamodb.Attribute(name=partition_key, type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=policy,
        time_to_live_attribute=time_to_live_attribute,
    )
