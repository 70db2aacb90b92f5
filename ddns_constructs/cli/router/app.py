"""The command `ddns router`; it has none below it."""

from __future__ import annotations

import typer

from ddns_constructs.cli.router.router import router as print_settings

__all__ = ["router"]

router = typer.Typer()
router.command(name="router")(print_settings)
