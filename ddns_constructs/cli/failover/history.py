"""`ddns failover history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ddns_constructs.cli.errors import CommandError, reporting_errors
from ddns_constructs.cli.failover.options import (
    NameArgument,
    PrefixOption,
    StackOption,
    TableOption,
)
from ddns_constructs.cli.failovers.address import journal_of
from ddns_constructs.cli.failovers.denied import FAILOVER_WAYS_OUT
from ddns_constructs.cli.failovers.kinds import NameFailover
from ddns_constructs.cli.failovers.stack import the_failover
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import JsonOption
from ddns_constructs.cli.terminal import print_json, printable
from ddns_constructs.cli.times import iso

if TYPE_CHECKING:
    from ddns.core.failover.journal import Move, State

__all__ = ["history"]


def history(
    name: NameArgument = "",
    *,
    limit: Annotated[
        int, typer.Option(min=1, max=1000, help="How many targets to look back.")
    ] = 20,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Show the moves of a service address, the last one first; they are kept for 90 days."""
    with reporting_errors(FAILOVER_WAYS_OUT):
        failover = the_failover(name, stack=stack, prefix=prefix, table=table)
        if isinstance(failover, NameFailover):
            raise CommandError(
                f"{failover.name} is a name, which has no journal: CloudWatch keeps what its "
                f"health check {failover.health_check} said (AWS/Route53, us-east-1), "
                "CloudTrail who wrote its records (ChangeResourceRecordSets, us-east-1)"
            )
        journal = journal_of(failover)
        state = journal.state()
        moves = list(journal.moves(state.epoch, limit))
        if as_json:
            print_json([_about(move) for move in moves])
            return
        for line in _lines(state, moves):
            session.say(printable(line))


def _lines(state: State, moves: list[Move]) -> list[str]:
    found = [_line(move) for move in moves]
    if state.moving and all(move.epoch != state.epoch or not move.done for move in moves):
        found = [_line(move) for move in moves if move.epoch != state.epoch]
        way = f"{state.source or '-'} -> {state.target}"
        found.insert(0, f"{iso(state.since)}  {way}  {state.by}: {state.reason}  (under way)")
    return found or ["no moves are noted: it is where it was at first, or they have expired"]


def _line(move: Move) -> str:
    took = f"{(move.done - move.started) / 1000:.1f} s" if move.done else "given up"
    way = f"{move.source or '-'} -> {move.target}"
    why = f"{move.by}: {move.reason}" if move.reason else move.by
    probes = f"  [{move.probes}]" if move.probes else ""
    return f"{iso(move.started)}  {way}  {why}  ({took}){probes}"


def _about(move: Move) -> dict[str, object]:
    return {
        "epoch": move.epoch,
        "from": move.source or None,
        "to": move.target,
        "by": move.by,
        "reason": move.reason or None,
        "started": iso(move.started),
        "done": iso(move.done),
        "seconds": (move.done - move.started) / 1000 if move.done else None,
        "probes": move.probes or None,
    }
