"""`ddns key list`."""

from __future__ import annotations

import json

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.key.keys import Keys
from ddns_constructs.cli.key.options import StackOption
from ddns_constructs.cli.options import JsonOption
from ddns_constructs.cli.terminal import printable

__all__ = ["list_"]


def list_(*, as_json: JsonOption = False, stack: StackOption = "") -> None:
    """List the keys and whose they are, without the secrets."""
    with reporting_errors():
        keys = Keys(stack).all()
        if as_json:
            typer.echo(json.dumps([key._asdict() for key in keys], indent=2))
            return
        table = Table("name", "key id", "state", box=None)
        for key in keys:
            state = "enabled" if key.enabled else "disabled"
            table.add_row(Text(printable(key.name)), Text(printable(key.id)), state)
        Console().print(table)
