"""`ddns local`: a local AWS to try things in, and demonstrations that run in it."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import signal
import sys
import time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ddns_constructs.cli._report import Report
from ddns_constructs.local.examples import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import NoReturn

    from ddns_constructs.local import LocalAws

__all__ = ["local"]

_NEEDED = ("airspeed", "boto3", "cryptography", "dns", "ministack")


class Example(str, Enum):
    """The example apps that the wheel holds."""

    INSTANCE_DDNS = "instance_ddns"
    CLIENT_DDNS = "client_ddns"
    API_GATEWAY_DIRECT = "api_gateway_direct"


local = typer.Typer(no_args_is_help=True, help="A local AWS: no account, no Docker.")
demo = typer.Typer(no_args_is_help=True, help="Show a construct at work, with real DNS answers.")
local.add_typer(demo, name="demo")


@local.command()
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
    with _local_aws(report) as aws:
        from ddns_constructs.cli._commands import show_how_to_use  # noqa: PLC0415 - extra `local`
        from ddns_constructs.local.examples import example_folder  # noqa: PLC0415 - likewise

        folder = app or example_folder(example.value)
        with report.working(f"deploying {folder}"):
            outputs = aws.deploy(folder)
        with contextlib.suppress(KeyboardInterrupt):
            show_how_to_use(report.console, aws, outputs)
            while True:
                time.sleep(60)


@demo.command()
def instance() -> None:
    """EC2 instances get names while they run, and lose them when they stop."""
    _demonstrate("InstanceDdns", Example.INSTANCE_DDNS, "instance")


@demo.command()
def client() -> None:
    """Routers and laptops keep a name on their changing address; strangers cannot."""
    _demonstrate("ClientDdns", Example.CLIENT_DDNS, "client")


@demo.command()
def direct() -> None:
    """Two clients keep their names without a function: a key each, and nobody moves the other's."""
    _demonstrate("ApiGatewayDirect", Example.API_GATEWAY_DIRECT, "direct")


def _demonstrate(stack: str, example: Example, module: str) -> None:
    """Deploy an example, play its steps, and end with 1 if one of them does not hold."""
    report = Report(Console())
    with _local_aws(report) as aws:
        from ddns_constructs.local.examples import example_folder  # noqa: PLC0415 - extra `local`

        with report.working(f"deploying the {stack} example with the CDK CLI"):
            outputs = aws.deploy(example_folder(example.value))
        steps = importlib.import_module(f"ddns_constructs.cli.demo.{module}")
        held = steps.play(aws, outputs[stack], report)
    report.total()
    if not held:
        raise typer.Exit(1)
    chosen = "" if example is Example.INSTANCE_DDNS else f" --example {example.value}"
    report.next(f"{command()} local up{chosen}")


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
