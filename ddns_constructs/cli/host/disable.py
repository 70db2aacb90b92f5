"""`ddns host disable`."""

from __future__ import annotations

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.host.options import NameArgument
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import PrefixOption, StackOption, TableOption

__all__ = ["disable"]


def disable(
    name: NameArgument,
    *,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Refuse every request for a host; its records stay."""
    with reporting_errors():
        store = session.find_store(stack=stack, prefix=prefix, table=table)
        item = store.disable(store.get(canonical_host(name)))
        session.say(f"{item.name} is disabled; its records stay")
