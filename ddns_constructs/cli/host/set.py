"""`ddns host set`."""

from __future__ import annotations

from typing import Annotated

import typer

from ddns_constructs.cli.deployment import aws_client
from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.host import session, view
from ddns_constructs.cli.host.attributes import Default, Terms, changed_values
from ddns_constructs.cli.host.conflict import check_no_wildcard_host
from ddns_constructs.cli.host.options import (
    AddressesOption,
    KeepOption,
    NameArgument,
    TtlOption,
    TypesOption,
)
from ddns_constructs.cli.host.removal import remove_unwanted
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.options import PrefixOption, StackOption, TableOption

__all__ = ["set_"]


def set_(
    name: NameArgument,
    *,
    ttl: TtlOption = None,
    types: TypesOption = "",
    addresses: AddressesOption = None,
    adopt: Annotated[
        bool | None,
        typer.Option(
            "--adopt/--no-adopt", help="Take over records that are there, whosever they are."
        ),
    ] = None,
    wildcard: Annotated[
        bool | None,
        typer.Option("--wildcard/--no-wildcard", help="Every name below it follows too."),
    ] = None,
    default: Annotated[
        list[Default] | None,
        typer.Option(help="Leave this to the deployment again. May be repeated."),
    ] = None,
    keep_record: KeepOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Change how a host is kept, from its client's next request on.

    Records that it has and would not get any more are deleted.
    """
    with reporting_errors():
        canonical = canonical_host(name)
        sets, removes = changed_values(
            canonical, Terms(ttl, types, addresses, adopt, wildcard), default or ()
        )
        store = session.find_store(stack=stack, prefix=prefix, table=table)
        before = store.usable(canonical)
        if wildcard:
            check_no_wildcard_host(store, canonical)
        item = store.change(before, sets, removes)
        view.show_host(item, session.now())
        lines = view.left_behind(item)
        if not keep_record and item.unwanted:
            lines = remove_unwanted(store, aws_client("route53"), item)
        for line in lines:
            session.say(line)
