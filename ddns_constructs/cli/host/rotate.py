"""`ddns host rotate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ddns.core.client.items import Credentials
from ddns_constructs.cli.deployment import Deployment
from ddns_constructs.cli.errors import reporting_errors
from ddns_constructs.cli.host import view
from ddns_constructs.cli.host.conflict import Hosts, few
from ddns_constructs.cli.host.options import NameArgument
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.hosts.credentials import new_credentials, stored_credentials
from ddns_constructs.cli.options import (
    JsonOption,
    PrefixOption,
    StackOption,
    TableOption,
    UrlOption,
)
from ddns_constructs.cli.terminal import print_json

if TYPE_CHECKING:
    from collections.abc import Collection

    from ddns_constructs.cli.hosts.item import HostItem

__all__ = ["rotate"]

_LIVE = 2  # credentials of a kind


def rotate(
    name: NameArgument,
    *,
    token: Annotated[bool, typer.Option("--token", help="Only the token.")] = False,
    secret: Annotated[bool, typer.Option("--secret", help="Only the shared secret.")] = False,
    now: Annotated[
        bool,
        typer.Option(
            "--now", help="Drop the old one at once; name other hosts that still accept it."
        ),
    ] = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
    url: UrlOption = "",
) -> None:
    """Make new credentials; the old ones open the host until the next rotation, or --now."""
    with reporting_errors():
        deployment = Deployment.find(stack=stack, prefix=prefix, table=table, url=url)
        store = session.open_store(deployment)
        item = store.usable(canonical_host(name))
        old = item.credentials
        chosen = token or secret
        made = new_credentials(
            token=token or (not chosen and bool(old.tokens or not old.secrets)),
            secret=secret or (not chosen and bool(old.secrets)),
        )
        new = stored_credentials(made)
        kept = 0 if now else _LIVE - 1
        after = Credentials(
            new.tokens + old.tokens[:kept] if new.tokens else old.tokens[:_LIVE],
            new.secrets + old.secrets[:kept] if new.secrets else old.secrets[:_LIVE],
        )
        hosts = Hosts(store.all())
        others = _others_opened_by(hosts, item, after) if now else []
        store.replace_credentials(item, after)
        _warn_of_certificates(Hosts(store.all()).at_odds() - hosts.at_odds())
        if as_json:
            found = {"host": item.name, "url": deployment.url, **made}
            print_json({**found, "still_open": others} if now else found)
            return
        view.show_new_credentials(made)
        if not ((new.tokens and old.tokens) or (new.secrets and old.secrets)):
            session.say(f"            {item.name} had none before")
            return
        if not now:
            session.say("            the ones before still work, until the next rotation")
            return
        session.say("            the ones before are dropped")
        if others:
            session.say(f"\nThey still open other hosts; rotate those too: {', '.join(others)}")


def _others_opened_by(hosts: Hosts, item: HostItem, after: Credentials) -> list[str]:
    """Return the other hosts that still accept what a host is about to drop."""
    old = item.credentials
    dropped = Credentials(
        tuple(each for each in old.tokens if each not in after.tokens),
        tuple(each for each in old.secrets if each not in after.secrets),
    )
    return [name for name in hosts.opened_by(dropped) if name != item.name]


def _warn_of_certificates(parted: Collection[tuple[str, str]]) -> None:
    """Tell of hosts that had the same credentials as one above them, and no longer have."""
    for upper in sorted({each for each, _ in parted}):
        lower = few([name for each, name in parted if each == upper])
        session.warn(
            f"{upper} could get certificates for {lower}, and no longer has the same credentials: "
            f"take TXT from {upper}, or remove the hosts below it and add them again with "
            "--same-credentials-as"
        )
