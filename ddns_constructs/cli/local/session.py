"""What every command of `ddns local` works with: a local AWS that ends in order."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType
    from typing import NoReturn

    from ddns_constructs.cli.report import Report
    from ddns_constructs.local import LocalAws

__all__ = ["check_extra", "end_on_signals", "running_local_aws"]

_INTERRUPTED = 128 + signal.SIGINT
_NEEDED = ("airspeed", "boto3", "cryptography", "dns", "ministack")


@contextlib.contextmanager
def running_local_aws(report: Report, app: Path | None = None) -> Iterator[LocalAws]:
    """Start a local AWS and end it, also when a signal ends the process.

    Args:
        report: Hears of it.
        app: What will be deployed: looked for before anything starts.
    """
    check_extra()
    from ddns_constructs.local import LocalAws, LocalAwsError  # noqa: PLC0415 - extra `local`
    from ddns_constructs.local.apps import check_app  # noqa: PLC0415 - likewise

    end_on_signals()
    try:
        if app is not None:
            check_app(app)
        with report.working("starting a local AWS"):
            aws = LocalAws.start()
        with aws:
            yield aws
    except LocalAwsError as err:
        report.error(str(err))
        raise typer.Exit(1) from err
    except KeyboardInterrupt:
        report.error("interrupted: everything is ended, nothing is left behind")
        raise typer.Exit(_INTERRUPTED) from None


def check_extra() -> None:
    """End the process if the extra `local` is not installed."""
    missing = [module for module in _NEEDED if importlib.util.find_spec(module) is None]
    if missing:
        names = ", ".join(missing)
        sys.exit(f"the local AWS needs {names}: pip install 'ddns-constructs[local]'")


def end_on_signals() -> None:
    """Leave in order, as after Ctrl-C, when the terminal closes or a supervisor says so."""

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
