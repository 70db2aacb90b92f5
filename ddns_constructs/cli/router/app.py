"""The command `ddns router`; it has none below it."""

from __future__ import annotations

import typer

from ddns_constructs.cli.commands import add_command
from ddns_constructs.cli.router.router import router as print_settings

__all__ = ["router"]

router = typer.Typer()
add_command(router, print_settings, "router")
