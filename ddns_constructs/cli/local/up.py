"""`ddns local up`."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ddns_constructs.cli.local.options import Example
from ddns_constructs.cli.local.session import running_local_aws
from ddns_constructs.cli.report import Report

__all__ = ["up"]


def up(
    app: Annotated[
        Path | None,
        typer.Option(exists=True, help="A CDK app: its folder or app.py. Default: the example."),
    ] = None,
    example: Annotated[
        Example, typer.Option(help="Which example to deploy.")
    ] = Example.INSTANCE_DDNS,
) -> None:
    """Start a local AWS, deploy an app into it, and keep it running until Ctrl-C."""
    report = Report(Console())
    with running_local_aws(report, app) as aws:
        from ddns_constructs.cli.local.usage import show_how_to_use  # noqa: PLC0415 - extra `local`
        from ddns_constructs.local.examples import example_folder  # noqa: PLC0415 - likewise

        folder = app or example_folder(example.value)
        with report.working(f"deploying {folder}") as progress:
            outputs = aws.deploy(folder, progress)
        with contextlib.suppress(KeyboardInterrupt):
            show_how_to_use(report.console, aws, outputs)
            while True:
                time.sleep(60)
