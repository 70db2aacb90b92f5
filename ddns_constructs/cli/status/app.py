"""The command `ddns status`; it has none below it."""

from __future__ import annotations

import typer

from ddns_constructs.cli.commands import add_command
from ddns_constructs.cli.status.status import status as show_status

__all__ = ["status"]

status = typer.Typer()
add_command(status, show_status, "status")
