"""Removes a host, or what it no longer has: first the records, then what is kept of them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from ddns_constructs.cli.errors import CommandError, with_next_steps
from ddns_constructs.cli.host.records import remove_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.cli.host.item import HostItem
    from ddns_constructs.cli.host.store import HostStore

__all__ = ["check_removable", "remove_host", "remove_unwanted"]

# How often an update that was under way may come between the records and what is kept of them.
_ROUNDS = 5


def check_removable(store: HostStore, item: HostItem) -> None:
    """Refuse to remove a host that others are behind.

    Raises:
        CommandError: They are.
    """
    found = {name: store.at(name) for name in item.names("members")}
    behind = [name for name, other in found.items() if other and other.text("behind") == item.name]
    if behind:
        raise CommandError(f"hosts are behind {item.name}, remove them first: {', '.join(behind)}")


def remove_host(
    store: HostStore,
    route53: Any,  # noqa: ANN401 - a boto3 client
    item: HostItem,
    *,
    keep_record: bool,
) -> Iterator[str]:
    """Disable a host, delete its records, then its item.

    Args:
        store: The hosts.
        route53: A boto3 client of Route 53.
        item: The host.
        keep_record: Whether its records are to stay.

    Yields:
        A line about each record set.

    Raises:
        CommandError: The zone holds something else than was written; the item stays, disabled.
    """
    # No other update may begin. One that is under way writes the item: then all is done again.
    item = store.disable(item)
    quoted = shlex.quote(item.name)
    again = (
        f"{item.name} is still there, and disabled. `ddns host remove {quoted}{store.where}` "
        "goes on, with --keep-record it removes the host alone; "
        f"`ddns host enable {quoted}{store.where}` takes its requests again"
    )
    with with_next_steps(again):
        for _ in range(_ROUNDS):
            is_left = False
            for outcome in () if keep_record else remove_records(route53, item, item.kept):
                yield outcome.text
                is_left = is_left or outcome.is_left
            if not is_left and store.remove(item):
                break
            there = store.at(item.key)
            if there is None:
                break
            if is_left and there.value("revision") == item.value("revision"):
                raise CommandError("the zone holds something else than was written for this host")
            item = there
        else:
            raise CommandError("updates of this host are still under way")
    store.unmention(item)


def remove_unwanted(
    store: HostStore,
    route53: Any,  # noqa: ANN401 - a boto3 client
    item: HostItem,
) -> Iterator[str]:
    """Delete the records that a host has and, as it is kept now, would not get.

    What the zone holds instead of what was written is somebody else's, stays, and is forgotten.

    Args:
        store: The hosts.
        route53: A boto3 client of Route 53.
        item: The host.

    Yields:
        A line about each record set.

    Raises:
        CommandError: A record set cannot be deleted; what is kept of the host tells of it still.
    """
    again = (
        f"{item.name} is changed, and {', '.join(item.unwanted)} of it are still there: "
        "run it again, or with --keep-record to leave them"
    )
    with with_next_steps(again):
        for _ in range(_ROUNDS):
            if not item.unwanted:
                return
            for outcome in remove_records(route53, item, item.unwanted):
                yield outcome.text
            item = store.forget(item, item.unwanted)
        raise CommandError("updates of this host are still under way")
