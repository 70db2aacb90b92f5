"""Options that the commands of `ddns key` have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["NameArgument", "StackOption"]

StackOption = Annotated[
    str,
    typer.Option(
        envvar="DDNS_STACK",
        help="The stack; its keys are found without any output.",
        rich_help_panel="Which deployment",
    ),
]
NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Whose key: the full name, its beginning, or the key's id. Default: the only one.",
    ),
]
