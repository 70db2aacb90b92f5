"""Removes a host: its records first, then its item, and never the item alone by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddns_constructs.cli._host_records import remove_records
from ddns_constructs.cli._told import ToldError, going_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.cli._host_item import HostItem
    from ddns_constructs.cli._host_store import HostStore

__all__ = ["check_removable", "remove_host"]

# How often an update that was under way may come between the records and the item.
_ROUNDS = 5


def check_removable(store: HostStore, item: HostItem) -> None:
    """Refuse to remove a host that others are behind.

    Raises:
        ToldError: They are.
    """
    found = {name: store.find(name) for name in item.names("members")}
    behind = [name for name, other in found.items() if other and other.text("behind") == item.name]
    if behind:
        raise ToldError(f"hosts are behind {item.name}, remove them first: {', '.join(behind)}")


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
        ToldError: The zone holds something else than was written; the item stays, disabled.
    """
    # No other update may begin. One that is under way writes the item: then all is done again.
    item = store.disable(item)
    again = (
        f"{item.name} is still there, and disabled. `ddns host remove {item.name}` goes on, "
        "with --keep-record it removes the host alone; `ddns host enable` takes its requests again"
    )
    with going_on(again):
        for _ in range(_ROUNDS):
            is_left = False
            for outcome in () if keep_record else remove_records(route53, item):
                yield outcome.text
                is_left = is_left or outcome.is_left
            if not is_left and store.remove(item):
                break
            there = store.at(item.key)
            if there is None:
                break
            if is_left and there.raw("revision") == item.raw("revision"):
                raise ToldError("the zone holds something else than was written for this host")
            item = there
        else:
            raise ToldError("updates of this host are still under way")
    store.unmention(item)
