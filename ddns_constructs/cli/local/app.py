"""The commands of `ddns local`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.commands import Command, Group
from ddns_constructs.cli.local.ask import ask
from ddns_constructs.cli.local.demo.app import demo
from ddns_constructs.cli.local.examples import examples
from ddns_constructs.cli.local.up import up

__all__ = ["local"]

local = typer.Typer(cls=Group, no_args_is_help=True, help="A local AWS: no account, no Docker.")
local.command(cls=Command)(up)
local.command(cls=Command)(ask)
local.command(cls=Command)(examples)
local.add_typer(demo, name="demo")
