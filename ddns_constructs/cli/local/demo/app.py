"""The commands of `ddns local demo`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.local.demo.client import client
from ddns_constructs.cli.local.demo.direct import direct
from ddns_constructs.cli.local.demo.everything import everything
from ddns_constructs.cli.local.demo.failover import failover
from ddns_constructs.cli.local.demo.instance import instance

__all__ = ["demo"]

demo = typer.Typer(no_args_is_help=True, help="Show a construct at work, with real DNS answers.")
demo.command()(instance)
demo.command()(client)
demo.command()(direct)
demo.command()(failover)
demo.command("all")(everything)
