"""Options that the commands of `ddns failover` have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["NameArgument", "PrefixOption", "ReasonOption", "StackOption", "TableOption"]

_WHERE = "Which deployment"

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="The failover: its name, the address or name that moves, or the prefix of its "
        "outputs. Default: the only one.",
    ),
]
StackOption = Annotated[
    str,
    typer.Option(
        envvar="DDNS_STACK",
        help="The stack; its outputs FailoverTable, FailoverFunction and FailoverName tell the "
        "rest.",
        rich_help_panel=_WHERE,
    ),
]
PrefixOption = Annotated[
    str,
    typer.Option(
        help="What the names of the outputs begin with, where a stack has several failovers.",
        rich_help_panel=_WHERE,
    ),
]
TableOption = Annotated[
    str,
    typer.Option(
        help="The table of an address failover's journal, instead of the stack's.",
        rich_help_panel=_WHERE,
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for whoever looks at it.")]
