"""What every command has in common: the account, and how it ends when it is interrupted."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from ddns_constructs.cli.account import ACCOUNT, Account

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Command", "Group", "add_command", "with_account"]

_INTERRUPTED = 128 + 2  # what a shell says of a program that SIGINT ended
_ACCOUNT = "Which account"
_ProfileOption = Annotated[
    str,
    typer.Option(
        help="A profile of the AWS CLI, instead of AWS_PROFILE.", rich_help_panel=_ACCOUNT
    ),
]
_RegionOption = Annotated[
    str,
    typer.Option(help="The Region, instead of AWS_REGION's.", rich_help_panel=_ACCOUNT),
]


def _without_types_of_flags(params: list[Any]) -> list[Any]:
    """Leave out `<bool>`, which typer shows behind an option that takes nothing."""
    for each in params:
        if getattr(each, "is_flag", False) and each.metavar is None:
            each.metavar = ""
    return params


class Command(TyperCommand):
    """A command whose help shows flags as flags."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - click's, or typer's copy of it
        """Return the parameters."""
        return _without_types_of_flags(super().get_params(ctx))


class Group(TyperGroup):
    """Commands whose help shows flags as flags."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - likewise
        """Return the parameters."""
        return _without_types_of_flags(super().get_params(ctx))


def add_command(group: typer.Typer, function: Callable[..., None], name: str | None = None) -> None:
    """Add a command that asks AWS, with the options that every such command has.

    Args:
        group: Where to.
        function: What it does; typer reads its arguments.
        name: What it is called. Default: as the function is.
    """
    group.command(name=name, cls=Command)(with_account(function))


def with_account(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options `--profile` and `--region`, and one session for all it asks."""
    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    options = {"profile": _ProfileOption, "region": _RegionOption}
    own = [each.replace(annotation=hints[each.name]) for each in signature.parameters.values()]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default="", annotation=hint)
        for name, hint in options.items()
    ]

    @functools.wraps(function)
    def command(*args: Any, profile: str = "", region: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - what typer has read
        before = ACCOUNT.set(Account(profile, region))
        try:
            function(*args, **kwargs)
        except KeyboardInterrupt:
            typer.echo("\nddns: interrupted", err=True)
            raise typer.Exit(_INTERRUPTED) from None
        finally:
            ACCOUNT.reset(before)

    command.__annotations__ = {**hints, **options}
    vars(command)["__signature__"] = signature.replace(parameters=[*own, *more])
    del command.__wrapped__  # or its signature would be read
    return command
