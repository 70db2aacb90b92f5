"""Removes a host, or what it no longer has: first the records, then what is kept of them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from ddns_constructs.cli.errors import CommandError, HostError, with_next_steps
from ddns_constructs.cli.host.records import remove_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddns_constructs.cli.hosts.item import HostItem
    from ddns_constructs.cli.hosts.store import HostStore

__all__ = ["check_removable", "remove_all", "remove_host", "remove_unwanted"]

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
                raise HostError("the zone holds something else than was written for this host")
            item = there
        else:
            raise HostError("updates of this host are still under way")
    store.unmention(item)


def remove_all(store: HostStore, remove: Callable[[HostItem], bool]) -> None:
    """Remove every host, those that are behind others before them.

    The table is read page by page, and each host is removed as a single one is: its item goes last.
    So what is interrupted goes on where it ended, and hosts that are added meanwhile go too.

    Args:
        store: The hosts.
        remove: Removes a host; returns whether it is gone.
    """
    stays: set[str] = set()
    # A host may come before those behind it: it goes when the table is read again, once they have.
    while True:
        done = False
        for item in store.all():
            if item.key in stays:
                continue
            if _has_members(store, item):
                continue
            if remove(item):
                done = True
            else:
                stays.add(item.key)
        if not done:
            break
    # Behind these are hosts that stay: refused to their clients they are all the same.
    for item in store.all():
        if item.key not in stays:
            remove(item)


def _has_members(store: HostStore, item: HostItem) -> bool:
    try:
        check_removable(store, item)
    except CommandError:
        return True
    return False


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
