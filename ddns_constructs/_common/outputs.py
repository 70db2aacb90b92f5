"""Outputs of the stack, by which the command line finds a construct."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

__all__ = ["add_stack_outputs"]

_STATUS = "DdnsStatus"


def add_stack_outputs(scope: Construct, outputs: Mapping[str, str], *, prefix: str = "") -> None:
    """Add outputs, and the line that shows how the stack is, which it has once.

    Args:
        scope: The construct that they are about.
        outputs: Their values by their names; an empty one is left out.
        prefix: What their names begin with.

    Raises:
        ValueError: The prefix is not letters and digits, or a name is taken.
    """
    if not re.fullmatch("[A-Za-z0-9]*", prefix):
        raise ValueError(f"'prefix' must be letters and digits, got '{prefix}'")
    stack = Stack.of(scope)
    named = {f"{prefix}{name}": value for name, value in outputs.items() if value}
    for name in named:
        if stack.node.try_find_child(name) is not None:
            raise ValueError(
                f"'prefix' must differ for each construct of a stack, got '{prefix}', and the "
                f"stack has an output '{name}' already: write e.g. add_outputs(prefix='Office'), "
                "once for each construct"
            )
    for name, value in named.items():
        CfnOutput(stack, name, value=value)
    if stack.node.try_find_child(_STATUS) is None:
        line = f"ddns status {stack.stack_name} --region {stack.region}"
        CfnOutput(stack, _STATUS, value=line)
