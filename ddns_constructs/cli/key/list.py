"""`ddns key list`."""

from __future__ import annotations

import json

import typer

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
        # In lines rather than a table: what is too long is still one word for who copies it.
        width = max(len(key.name) for key in keys)
        for key in keys:
            state = "enabled" if key.enabled else "disabled"
            typer.echo(f"{printable(key.name):<{width}}  {printable(key.id)}  {state}")
