"""`ddns host add`."""

from __future__ import annotations

import contextlib
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from ddns.core.client.items import Credentials
from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.deployment import Deployment
from ddns_constructs.cli.errors import CommandError, UsageError, reporting_errors
from ddns_constructs.cli.host import view
from ddns_constructs.cli.host.attributes import NewHost, Terms, item_values
from ddns_constructs.cli.host.conflict import Hosts, check_endpoint
from ddns_constructs.cli.host.digests import check_digests
from ddns_constructs.cli.host.options import AddressesOption, NameArgument, TtlOption, TypesOption
from ddns_constructs.cli.host.removal import remove_host
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.hosts.credentials import new_credentials, stored_credentials
from ddns_constructs.cli.options import (
    JsonOption,
    PrefixOption,
    StackOption,
    TableOption,
    UrlOption,
    ZoneIdOption,
    as_given,
)
from ddns_constructs.cli.router_names import named, short_names
from ddns_constructs.cli.router_settings import settings_of
from ddns_constructs.cli.router_templates import ROUTERS
from ddns_constructs.cli.terminal import print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.cli.hosts.item import HostItem
    from ddns_constructs.cli.hosts.store import HostStore

__all__ = ["add"]


def add(
    name: NameArgument,
    *,
    ttl: TtlOption = None,
    types: TypesOption = "",
    addresses: AddressesOption = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over records that are there, whosever they are.")
    ] = False,
    wildcard: Annotated[
        bool, typer.Option("--wildcard", help="Every name below it follows too.")
    ] = False,
    behind: Annotated[
        str, typer.Option(metavar="HOST", help="The host whose client tells its IPv6 prefix.")
    ] = "",
    suffix: Annotated[
        str, typer.Option(help="Its IPv6 address without the prefix: ::211:32ff:fe01:2")
    ] = "",
    prefix_length: Annotated[
        int | None, typer.Option(help="Bits that hosts behind it share with it. Default: 64.")
    ] = None,
    secret: Annotated[
        bool,
        typer.Option(
            "--secret", help="Also a shared secret, for the AWS blog sample's and signed requests."
        ),
    ] = False,
    same_credentials_as: Annotated[
        str, typer.Option(metavar="HOST", help="Let what opens that host open this one.")
    ] = "",
    client: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="CLIENT",
            help="Print the finished settings of this client; `ddns router` lists them.",
            autocompletion=short_names,
        ),
    ] = "",
    note: Annotated[str, typer.Option(help="For people.")] = "",
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
    url: UrlOption = "",
    zone_id: ZoneIdOption = None,
) -> None:
    """Let a client keep a name; show its credentials, once."""
    with reporting_errors():
        canonical = canonical_host(name)
        deployment = Deployment.find(
            stack=stack, prefix=prefix, table=table, url=url, zone_ids=zone_id or ()
        )
        if secret and same_credentials_as:
            raise UsageError("--secret makes a new one: leave --same-credentials-as out")
        wanted = _client(client, secret=secret, has_none=bool(same_credentials_as or behind))
        where = as_given(stack=stack, prefix=prefix, table=table)
        store = session.open_store(deployment, where)
        zone = deployment.zone_of(canonical, aws_client("route53"), zone_id or ())
        parent = store.get(canonical_host(behind)) if behind else None
        same_as = canonical_host(same_credentials_as) if same_credentials_as else ""
        made: dict[str, str] = {}
        if same_as:
            other = store.usable(same_as)
            credentials = other.credentials
            # One request names both: what it states is to be allowed to both.
            addresses = addresses or other.policy
        else:
            # A host behind another needs none: that one's client speaks for it.
            made = new_credentials(token=parent is None or secret, secret=secret)
            credentials = stored_credentials(made)
        new = NewHost(
            canonical,
            zone.id,
            Terms(ttl, types, addresses, adopt or None, wildcard or None),
            suffix,
            prefix_length,
            note,
        )
        values = item_values(new, credentials, parent, session.now(), deployment.defaults)
        item = store.new_item(values)
        check_endpoint(deployment.endpoints, canonical, txt=item.may_have_txt)
        store.check_free(canonical)
        _check_against_others(store, item)
        store.add(values, parent)
        with _removed_again(store, canonical):
            _check_against_others(store, item)
        if as_json:
            print_json({"host": canonical, "url": deployment.url, **made})
            return
        session.say(f"{'host':<12}{canonical}\n{'zone':<12}{zone.name} ({zone.id})")
        if made:
            view.show_new_credentials(made)
            if wanted:
                policy = item.policy or deployment.defaults.policy
                parts = {"url": deployment.url, "host": canonical, "where": where, **made}
                session.say(f"\n{settings_of(wanted, policy=policy, **parts).rstrip()}")
                return
            more = as_given(stack=stack, prefix=prefix, table=table, url=url)
            session.say(
                f"\nfor your client: `ddns router NAME --host {shlex.quote(canonical)}{more}`, "
                f"NAME one of {', '.join(ROUTERS)}"
            )
        elif same_as:
            session.say(f"{'credentials':<12}those of {same_as}")
        else:
            session.say(
                f"{'credentials':<12}none: the client of {canonical_host(behind)} speaks for it"
            )


def _client(name: str, *, secret: bool, has_none: bool) -> str:
    """Return the short name of a client that the new credentials are to be put into."""
    if not name:
        return ""
    short = named(name)
    if has_none:
        raise UsageError("--for is for new credentials, and this host gets none: leave it out")
    if ROUTERS[short].secret and not secret:
        raise UsageError(f"{ROUTERS[short].title} needs a shared secret: add --secret")
    return short


def _check_against_others(store: HostStore, item: HostItem) -> None:
    """Refuse a host that must not be beside the hosts that are there."""
    hosts = Hosts(store.all(), store.where)
    hosts.check_new(hosts.named(item))
    sharing = hosts.opened_by(Credentials((), item.credentials.secrets))
    check_digests(item.name, [name for name in sharing if name != item.name])


@contextlib.contextmanager
def _removed_again(store: HostStore, name: str) -> Iterator[None]:
    """Remove a host that was just added where it turns out that it must not be.

    Two commands at once may each not see what the other is about to write. Each looks again after
    it wrote, so one of them at least sees both.
    """
    try:
        yield
    except CommandError as err:
        # Whoever has its credentials already may have set records.
        for _ in remove_host(store, aws_client("route53"), store.get(name), keep_record=False):
            pass
        raise CommandError(f"{name} is removed again, as hosts changed meanwhile: {err}") from None
