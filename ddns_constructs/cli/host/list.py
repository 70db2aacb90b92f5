"""`ddns host list`."""

from __future__ import annotations

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.host import session, view
from ddns_constructs.cli.options import JsonOption, PrefixOption, StackOption, TableOption

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
            view.print_json([view.about(item, store.defaults) for item in items])
        else:
            view.show_hosts(items, session.now(), store.where, store.defaults)
