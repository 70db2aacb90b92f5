"""`ddns local`: a local AWS to try things in, and demonstrations that run in it."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ddns_constructs.cli._report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import NoReturn

    from ddns_constructs.local import LocalAws

__all__ = ["local"]

_NEEDED = ("boto3", "cryptography", "dns", "ministack")

local = typer.Typer(no_args_is_help=True, help="A local AWS: no account, no Docker.")
demo = typer.Typer(no_args_is_help=True, help="Show a construct at work, with real DNS answers.")
local.add_typer(demo, name="demo")


@local.command()
def up(
    app: Annotated[
        Path | None,
        typer.Option(
            exists=True, help="A CDK app: its folder or app.py. Default: the InstanceDdns example."
        ),
    ] = None,
) -> None:
    """Start a local AWS, deploy an app into it, and keep it running until Ctrl-C."""
    report = Report(Console())
    with _local_aws(report) as aws:
        from ddns_constructs.cli._commands import show_how_to_use  # noqa: PLC0415 - extra `local`
        from ddns_constructs.local.examples import example  # noqa: PLC0415 - likewise

        folder = app or example("instance_ddns")
        with report.working(f"deploying {folder}"):
            outputs = aws.deploy(folder)
        with contextlib.suppress(KeyboardInterrupt):
            show_how_to_use(report.console, aws, outputs)
            while True:
                time.sleep(60)


@demo.command()
def instance() -> None:
    """EC2 instances get names while they run, and lose them when they stop."""
    report = Report(Console())
    with _local_aws(report) as aws:
        from ddns_constructs.cli._instance_demo import play  # noqa: PLC0415 - extra `local`
        from ddns_constructs.local.examples import example  # noqa: PLC0415 - likewise

        with report.working("deploying the InstanceDdns example with the CDK CLI"):
            outputs = aws.deploy(example("instance_ddns"))
        held = play(aws, outputs["InstanceDdns"], report)
    report.total()
    if not held:
        raise typer.Exit(1)


@contextlib.contextmanager
def _local_aws(report: Report) -> Iterator[LocalAws]:
    """Start a local AWS and end it, also when the process is told to end."""
    _check_extra()
    from ddns_constructs.local import LocalAws, LocalAwsError  # noqa: PLC0415 - extra `local`

    _end_on_signals()
    try:
        with report.working("starting a local AWS"):
            aws = LocalAws.start()
        with aws:
            yield aws
    except LocalAwsError as err:
        report.error(str(err))
        raise typer.Exit(1) from err


def _check_extra() -> None:
    missing = [module for module in _NEEDED if importlib.util.find_spec(module) is None]
    if missing:
        names = ", ".join(missing)
        sys.exit(f"the local AWS needs {names}: pip install 'ddns-constructs[local]'")


def _end_on_signals() -> None:
    """Leave in order, as after Ctrl-C, when the terminal closes or a supervisor says so."""

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for told in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, leave)
