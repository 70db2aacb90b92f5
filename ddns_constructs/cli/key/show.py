"""`ddns key show`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.key.keys import Keys
from ddns_constructs.cli.key.options import NameArgument, StackOption

__all__ = ["show"]


def show(name: NameArgument = "", *, stack: StackOption = "") -> None:
    """Print a key itself, and nothing else.

    For curl there is `ddns key header`: as an argument the key would be seen by all who can list
    processes, and the shell would keep it.
    """
    with reporting_errors():
        keys = Keys(stack)
        typer.echo(keys.value(keys.find(name)))
