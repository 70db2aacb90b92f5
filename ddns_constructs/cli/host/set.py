"""`ddns host set`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.deployment import Deployment
from ddns_constructs.cli.errors import reporting_errors, with_next_steps
from ddns_constructs.cli.host import view
from ddns_constructs.cli.host.attributes import Default, Terms, changed_values
from ddns_constructs.cli.host.conflict import Hosts, check_endpoint
from ddns_constructs.cli.host.options import (
    AddressesOption,
    KeepOption,
    NameArgument,
    TtlOption,
    TypesOption,
)
from ddns_constructs.cli.host.removal import remove_unwanted
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import (
    PrefixOption,
    StackOption,
    TableOption,
    UrlOption,
    as_given,
)

if TYPE_CHECKING:
    from ddns_constructs.cli.hosts.item import HostItem
    from ddns_constructs.cli.hosts.store import HostStore

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
    url: UrlOption = "",
) -> None:
    """Change how a host is kept, from its client's next request on.

    Records that it has and would not get any more are deleted.
    """
    with reporting_errors():
        canonical = canonical_host(name)
        terms = Terms(ttl, types, addresses, adopt, wildcard)
        changed_values(
            canonical, terms, default or ()
        )  # what is wrong with it, before AWS is asked
        deployment = Deployment.find(stack=stack, prefix=prefix, table=table, url=url)
        sets, removes = changed_values(canonical, terms, default or (), deployment.defaults)
        store = session.open_store(deployment, as_given(stack=stack, prefix=prefix, table=table))
        before = store.usable(canonical)
        gets_txt = "TXT" in sets.get("types", ()) and not before.may_have_txt
        if gets_txt:
            check_endpoint(deployment.endpoints, canonical, txt=True)
        _check_against_others(store, before, txt=gets_txt, wildcard=bool(wildcard))
        item = store.change(before, sets, removes)
        with with_next_steps(_undoing(store, before, txt=gets_txt, wildcard=bool(wildcard))):
            _check_against_others(store, before, txt=gets_txt, wildcard=bool(wildcard))
        view.show_host(item, session.now(), deployment.defaults)
        lines = view.left_behind(item)
        if not keep_record and item.unwanted:
            lines = remove_unwanted(store, aws_client("route53"), item)
        for line in lines:
            session.say(line)


def _check_against_others(store: HostStore, item: HostItem, *, txt: bool, wildcard: bool) -> None:
    """Refuse TXT or a wildcard for a host that must not have it beside the hosts that are there."""
    if txt or wildcard:
        hosts = Hosts(store.all(), store.where)
        changed = hosts.named(item)._replace(txt=txt, wildcard=wildcard)
        hosts.check_wildcard(changed)
        hosts.check_txt(changed)


def _undoing(store: HostStore, before: HostItem, *, txt: bool, wildcard: bool) -> str:
    """Return what to do where hosts that came meanwhile forbid a change that is written."""
    types = f" --types {','.join(before.types)}" if before.types else " --default types"
    options = f"{types if txt else ''}{' --no-wildcard' if wildcard else ''}"
    command = f"ddns host set {shlex.quote(before.name)}{options}{store.where}"
    return f"{before.name} is changed, and so were other hosts meanwhile: `{command}` takes it back"
