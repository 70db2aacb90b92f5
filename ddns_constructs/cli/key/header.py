"""`ddns key header`."""

from __future__ import annotations

import typer

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.key.keys import Keys
from ddns_constructs.cli.key.options import NameArgument, StackOption

__all__ = ["header"]


def header(name: NameArgument = "", *, stack: StackOption = "") -> None:
    """Print the header that a client sends, for a file or for curl's standard input.

    Into a file that only you can read: (umask 077; ddns key header home > ~/.ddns), and then
    curl --header @$HOME/.ddns URL. Without a file: ddns key header home | curl --header @- URL
    """
    with reporting_errors():
        keys = Keys(stack)
        typer.echo(f"x-api-key: {keys.value(keys.find(name))}")
