"""What each demonstration does: deploy an example, play its steps, say what to do next."""

from __future__ import annotations

import importlib

import typer
from rich.console import Console

from ddns_constructs.cli.local.options import Example
from ddns_constructs.cli.local.session import running_local_aws
from ddns_constructs.cli.report import Report
from ddns_constructs.local.examples import command

__all__ = ["demonstrate"]


def demonstrate(stack: str, example: Example, module: str) -> None:
    """Deploy an example, play its steps, and end with 1 if one of them does not hold.

    Args:
        stack: The name of the example's stack.
        example: The example.
        module: The module of this package with the steps; it needs the extra `local`.
    """
    report = Report(Console())
    with running_local_aws(report) as aws:
        from ddns_constructs.local.examples import example_folder  # noqa: PLC0415 - extra `local`

        with report.working(f"deploying the {stack} example with the CDK CLI"):
            outputs = aws.deploy(example_folder(example.value))
        steps = importlib.import_module(f"ddns_constructs.cli.local.demo.{module}")
        held = steps.play(aws, outputs[stack], report)
    report.total()
    if not held:
        raise typer.Exit(1)
    chosen = "" if example is Example.INSTANCE_DDNS else f" --example {example.value}"
    report.next(f"{command()} local up{chosen}")
