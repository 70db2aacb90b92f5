"""`ddns host enable`."""

from __future__ import annotations

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.host.options import NameArgument
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import PrefixOption, StackOption, TableOption

__all__ = ["enable"]


def enable(
    name: NameArgument,
    *,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Take a host's requests again."""
    with reporting_errors():
        store = session.find_store(stack=stack, prefix=prefix, table=table)
        item = store.enable(store.get(canonical_host(name)))
        session.say(f"{item.name} is enabled")
