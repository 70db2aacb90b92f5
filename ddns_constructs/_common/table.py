"""The table of a construct: defined, or passed in and then looked at only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_dynamodb as dynamodb

if TYPE_CHECKING:
    from aws_cdk import RemovalPolicy
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from ddns_constructs._common.arguments import Faults


def define_table(
    scope: Construct, *, key: kms.IKey | None, partition_key: str, removal_policy: RemovalPolicy
) -> dynamodb.Table:
    """Define `Table` in a scope: on demand, recoverable to any point in time."""
    # Not TableV2: with a key of one's own it needs a stack whose Region is known.
    return dynamodb.Table(
        scope,
        "Table",
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption_key=key,
        partition_key=dynamodb.Attribute(name=partition_key, type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=removal_policy,
    )


def check_table(
    table: dynamodb.ITable | None,
    removal_policy: RemovalPolicy | None,
    *,
    partition_key: str,
    faults: Faults,
) -> None:
    """Note a table with other keys, and a removal policy for a table that is not ours."""
    if table is None:
        return
    if not hasattr(table, "table_name"):
        faults.add(
            f"'table' must be a DynamoDB table, got {table!r}: "
            "use e.g. dynamodb.Table.from_table_name(self, 'Hosts', 'NAME')"
        )
        return
    if removal_policy is not None:
        faults.add(
            "'removal_policy' is for the table that the construct defines, got 'table' too: "
            "set it on your table"
        )
    # Only a table of this app shows its keys; an imported one has no child to ask.
    schema = getattr(table.node.default_child, "key_schema", None)
    if not isinstance(schema, list):
        return
    keys = [key.attribute_name for key in schema]
    if keys != [partition_key]:
        faults.add(
            f"'table' must have the partition key '{partition_key}' and no sort key, "
            f"got {', '.join(keys)}: omit it to have one defined"
        )
