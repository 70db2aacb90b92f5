"""`ddns host show`."""

from __future__ import annotations

from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.host import view
from ddns_constructs.cli.host.options import NameArgument
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import JsonOption, PrefixOption, StackOption, TableOption
from ddns_constructs.cli.terminal import print_json

__all__ = ["show"]


def show(
    name: NameArgument,
    *,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Show a host: what was set when; of its credentials only how many there are."""
    with reporting_errors():
        store = session.find_store(stack=stack, prefix=prefix, table=table)
        item = store.get(canonical_host(name))
        if as_json:
            tokens, secrets = item.credentials
            counts = {"tokens": len(tokens), "secrets": len(secrets)}
            print_json({**view.about(item, store.defaults), **counts})
        else:
            view.show_host(item, session.now(), store.defaults)
