"""`ddns host remove`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import UsageError, reporting_errors
from ddns_constructs.cli.host import session
from ddns_constructs.cli.host.options import KeepOption, NameArgument
from ddns_constructs.cli.host.removal import check_removable, remove_host
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.options import PrefixOption, StackOption, TableOption

if TYPE_CHECKING:
    from ddns_constructs.cli.host.item import HostItem

__all__ = ["remove"]


def remove(
    name: NameArgument,
    *,
    keep_record: KeepOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Delete a host, and the records that its client has set."""
    with reporting_errors():
        store = session.find_store(stack=stack, prefix=prefix, table=table)
        item = store.get(canonical_host(name))
        check_removable(store, item)
        if not yes:
            _confirm(item, keep_record=keep_record)
        for line in remove_host(store, aws_client("route53"), item, keep_record=keep_record):
            session.say(line)
        session.say(f"{item.name} is removed")


def _confirm(item: HostItem, *, keep_record: bool) -> None:
    if not _interactive():
        raise UsageError(f"pass --yes to remove {item.name} without being asked")
    records = "" if keep_record or not item.kept else " and its records"
    typer.confirm(f"Remove {item.name}{records}?", abort=True)


def _interactive() -> bool:
    return sys.stdin.isatty()
