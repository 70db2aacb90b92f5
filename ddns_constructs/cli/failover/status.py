"""`ddns failover status`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.live import Live

from ddns_constructs.cli.errors import UsageError, reporting_errors
from ddns_constructs.cli.failover.options import (
    NameArgument,
    PrefixOption,
    StackOption,
    TableOption,
)
from ddns_constructs.cli.failover.view import shown
from ddns_constructs.cli.failovers import clock
from ddns_constructs.cli.failovers.denied import FAILOVER_WAYS_OUT
from ddns_constructs.cli.failovers.look import look_at
from ddns_constructs.cli.failovers.stack import chosen
from ddns_constructs.cli.options import JsonOption, as_given
from ddns_constructs.cli.terminal import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs.cli.failover.view import Shown
    from ddns_constructs.cli.failovers.kinds import Failover

__all__ = ["status"]

_EVERY = 2.0


def status(
    name: NameArgument = "",
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look every two seconds, until Ctrl-C.")
    ] = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Show where failovers are, since when and why, and what is wrong: then it ends with 1.

    Without NAME it shows all failovers of the stack.
    """
    with reporting_errors(FAILOVER_WAYS_OUT):
        if watch and as_json:
            raise UsageError("--watch is for people: leave --json out, or ask again in a loop")
        asked = chosen(name, stack=stack, prefix=prefix, table=table)
        where = as_given(stack=stack, prefix=prefix, table=table)
        if watch:
            _watch(asked, where)
            return
        found = _look(asked, where)
        wrong = sum(len(each.wrong) for each in found)
        if as_json:
            print_json({"wrong": wrong, "failovers": [each.about for each in found]})
        else:
            Console().print(_together(found), soft_wrap=True)
        if wrong:
            raise typer.Exit(1)


def _watch(failovers: Sequence[Failover], where: str) -> None:
    """Show failovers until the user interrupts it, which is how it ends."""
    console = Console()
    live = Live(console=console, auto_refresh=False, vertical_overflow="visible")
    in_place = console.is_terminal and not console.is_dumb_terminal
    with contextlib.suppress(KeyboardInterrupt), live if in_place else contextlib.nullcontext():
        while True:
            found = _together(_look(failovers, where))
            if in_place:
                live.update(found, refresh=True)
            else:  # a file or a pipe: one look below the other
                console.print(found, soft_wrap=True)
            clock.sleep(_EVERY)


def _look(failovers: Sequence[Failover], where: str) -> list[Shown]:
    return [shown(each, look_at(each), where) for each in failovers]


def _together(found: Sequence[Shown]) -> Group:
    return Group(*(line for each in found for line in each.lines))
