"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "JsonOption",
    "PrefixOption",
    "StackOption",
    "TableOption",
    "UrlOption",
    "ZoneIdOption",
]

_WHERE = "Which deployment"

StackOption = Annotated[
    str,
    typer.Option(
        envvar="DDNS_STACK",
        help="The stack; its outputs TableName, Url and HostedZoneIds tell the rest.",
        rich_help_panel=_WHERE,
    ),
]
PrefixOption = Annotated[
    str,
    typer.Option(
        help="What the names of the outputs begin with, where a stack has several deployments.",
        rich_help_panel=_WHERE,
    ),
]
TableOption = Annotated[
    str, typer.Option(help="The table, instead of the stack's.", rich_help_panel=_WHERE)
]
UrlOption = Annotated[
    str, typer.Option(help="The URL, instead of the stack's.", rich_help_panel=_WHERE)
]
ZoneIdOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A hosted zone, instead of the stack's. May be repeated.", rich_help_panel=_WHERE
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
