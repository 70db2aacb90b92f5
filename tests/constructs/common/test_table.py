"""What becomes of the table with every credential, or of the ledger, when things go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from tests.constructs.common.kinds import WITH_FUNCTION, new_bench

if TYPE_CHECKING:
    from tests.constructs.common.kinds import Kind


@pytest.mark.parametrize("kind", WITH_FUNCTION, ids=str)
@pytest.mark.parametrize(
    ("arguments", "at_deletion", "protected"),
    (
        # Protected, it could not be taken back where the first deployment fails.
        ({}, "RetainExceptOnCreate", None),
        ({"removal_policy": cdk.RemovalPolicy.RETAIN}, "Retain", True),
        ({"removal_policy": cdk.RemovalPolicy.DESTROY}, "Delete", None),
    ),
    ids=("default", "RETAIN", "DESTROY"),
)
def test_a_table_is_kept_and_protected_as_asked(
    kind: Kind,
    arguments: dict[str, Any],
    at_deletion: str,
    protected: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    bench = new_bench()
    kind.define(bench, **arguments)
    (table,) = bench.template.find_resources("AWS::DynamoDB::Table").values()
    assert table["DeletionPolicy"] == at_deletion
    assert table["Properties"].get("DeletionProtectionEnabled") is protected
