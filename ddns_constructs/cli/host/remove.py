"""`ddns host remove`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import CommandError, HostError, UsageError, reporting_errors
from ddns_constructs.cli.host.options import KeepOption
from ddns_constructs.cli.host.removal import check_removable, remove_all, remove_host
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import PrefixOption, StackOption, TableOption

if TYPE_CHECKING:
    from ddns_constructs.cli.hosts.item import HostItem
    from ddns_constructs.cli.hosts.store import HostStore

__all__ = ["remove"]


def remove(
    name: Annotated[str, typer.Argument(metavar="[HOST]", help="Its full name.")] = "",
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Every host of the table, instead of one.")
    ] = False,
    keep_record: KeepOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Delete a host, and the records that its client has set.

    With --all every host: before a stack is deleted, say, which leaves records and table behind.
    Run again it goes on where it ended.
    """
    with reporting_errors():
        if every == bool(name):
            raise UsageError("say which host, or --all for every one")
        store = session.find_store(stack=stack, prefix=prefix, table=table)
        if every:
            _remove_all(store, keep_record=keep_record, yes=yes)
            return
        item = store.get(canonical_host(name))
        check_removable(store, item)
        if not yes:
            records = "" if keep_record or not item.kept else " and its records"
            _confirm(item.name, f"{item.name}{records}")
        for line in remove_host(store, aws_client("route53"), item, keep_record=keep_record):
            session.say(line)
        session.say(f"{item.name} is removed")


def _remove_all(store: HostStore, *, keep_record: bool, yes: bool) -> None:
    if not yes:
        hosts = f"all hosts of table {store.table}, {store.count()} of them,"
        _confirm("all hosts", hosts if keep_record else f"{hosts} and their records")
    route53 = aws_client("route53")
    removed, left = 0, dict[str, str]()

    def remove_one(item: HostItem) -> bool:
        nonlocal removed
        try:
            for line in remove_host(store, route53, item, keep_record=keep_record):
                session.say(line)
        except HostError as err:
            left[item.name] = str(err).partition("\n")[0]
            return False
        removed += 1
        session.say(f"{item.name} is removed")
        return True

    remove_all(store, remove_one)
    session.say(f"removed: {removed}")
    if left:
        reasons = "\n".join(f"{each}: {reason}" for each, reason in sorted(left.items()))
        raise CommandError(
            f"{len(left)} of them are still there, and disabled:\n{reasons}\n"
            f"`ddns host remove HOST --keep-record{store.where}` removes one and leaves the zone "
            "as it is"
        )


def _confirm(short: str, what: str) -> None:
    if not _interactive():
        raise UsageError(f"pass --yes to remove {short} without being asked")
    typer.confirm(f"Remove {what}?", abort=True)


def _interactive() -> bool:
    return sys.stdin.isatty()
