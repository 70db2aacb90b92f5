"""What each demonstration does: deploy an example, play its steps, say what to do next."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, NamedTuple

import typer
from rich.console import Console

from ddns_constructs.cli.local.options import Example
from ddns_constructs.cli.local.session import running_local_aws
from ddns_constructs.cli.report import Report
from ddns_constructs.local.examples import command

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CLIENT", "DIRECT", "FAILOVER", "INSTANCE", "Demonstration", "demonstrate"]


class Demonstration(NamedTuple):
    """An example at work.

    Attributes:
        stack: The name of the example's stack.
        example: The example; None where the app is the demonstration's own.
        module: The module of this package with the steps; it needs the extra `local`.
    """

    stack: str
    example: Example | None
    module: str

    def is_played(self, report: Report) -> bool:
        """Play the steps in a local AWS of its own; return whether all of them held."""
        with running_local_aws(report) as aws:
            with report.working("deploying an example with the CDK CLI") as progress:
                outputs = aws.deploy(self.app(), progress)
            steps = importlib.import_module(f"ddns_constructs.cli.local.demo.{self.module}")
            return bool(steps.play(aws, outputs[self.stack], report))

    def app(self) -> Path:
        """Return the folder of the app."""
        from ddns_constructs.local import examples  # noqa: PLC0415 - extra `local`

        if self.example is None:
            return examples.failover_app()
        return examples.example_folder(self.example.value)

    @property
    def next_command(self) -> str:
        """What to run to play with the example oneself; empty where it is no example."""
        if self.example is None:
            return ""
        is_default = self.example is Example.INSTANCE_DDNS
        return f"{command()} local up{'' if is_default else f' --example {self.example.value}'}"


INSTANCE = Demonstration("InstanceDdns", Example.INSTANCE_DDNS, "instance_steps")
CLIENT = Demonstration("ClientDdns", Example.CLIENT_DDNS, "client_steps")
FAILOVER = Demonstration("Failover", None, "failover_steps")
DIRECT = Demonstration("ApiGatewayDirect", Example.API_GATEWAY_DIRECT, "direct_steps")


def demonstrate(*demonstrations: Demonstration) -> None:
    """Play demonstrations one after the other, and end with 1 if a step of one does not hold.

    Args:
        demonstrations: Which. Of several a summary stands at the end.
    """
    report = Report(Console())
    ended: list[tuple[str, bool, float]] = []
    for each in demonstrations:
        begun = time.monotonic()
        held = each.is_played(report)
        ended.append((each.stack, held, time.monotonic() - begun))
        report.console.print()
    if len(ended) > 1:
        for what, held, took in ended:
            report.ended(what, took, held=held)
    report.total()
    if not all(held for _, held, _ in ended):
        raise typer.Exit(1)
    for ending in filter(None, (each.next_command for each in demonstrations)):
        report.next(ending)
