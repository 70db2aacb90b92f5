"""`ddns host list`."""

from __future__ import annotations

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.host import view
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import JsonOption, PrefixOption, StackOption, TableOption
from ddns_constructs.cli.terminal import print_json

__all__ = ["list_"]


def list_(
    *,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """List every host, without credentials."""
    with reporting_errors():
        store = session.find_store(stack=stack, prefix=prefix, table=table)
        items = sorted(store.all(), key=lambda item: item.name.split(".")[::-1])
        if as_json:
            print_json([view.about(item, store.defaults) for item in items])
        else:
            view.show_hosts(items, session.now(), store.where, store.defaults)
