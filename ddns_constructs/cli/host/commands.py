"""`ddns host`: who may update which name."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated

import typer
from rich.console import Console

from ddns_constructs.cli._deployment import Deployment, aws_client
from ddns_constructs.cli._options import (
    JsonOption,
    PrefixOption,
    StackOption,
    TableOption,
    UrlOption,
    ZoneIdOption,
    as_given,
)
from ddns_constructs.cli._told import UsageToldError, told
from ddns_constructs.cli.host import view
from ddns_constructs.cli.host.beside import check_beside, check_no_wildcard_host
from ddns_constructs.cli.host.credentials import digest, new_secret, new_token
from ddns_constructs.cli.host.item import Credentials, HostItem
from ddns_constructs.cli.host.names import canonical_host
from ddns_constructs.cli.host.new import (
    Addresses,
    Default,
    NewHost,
    Terms,
    changed_values,
    item_values,
)
from ddns_constructs.cli.host.removal import check_removable, remove_host, remove_unwanted
from ddns_constructs.cli.host.store import HostStore

__all__ = ["host"]

_LIVE = 2  # credentials of a kind

host = typer.Typer(no_args_is_help=True, help="The hosts of a ClientDdns, and their credentials.")

TtlOption = Annotated[int | None, typer.Option(help="Seconds, instead of the deployment's.")]
TypesOption = Annotated[
    str, typer.Option(help="Some of A, AAAA, TXT, instead of the deployment's.")
]
AddressesOption = Annotated[
    Addresses | None,
    typer.Option(
        help="source: only where the request comes from; public: any public address that the "
        "client states; any: private ones too. Instead of the deployment's."
    ),
]
KeepOption = Annotated[bool, typer.Option("--keep-record", help="Leave the zone as it is.")]
NameArgument = Annotated[str, typer.Argument(metavar="HOST", help="Its full name.")]


def _store(*, stack: str, prefix: str, table: str) -> HostStore:
    deployment = Deployment.find(stack=stack, prefix=prefix, table=table)
    where = as_given(stack=stack, prefix=prefix, table=table)
    return HostStore(aws_client("dynamodb"), deployment.table, where)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


def _say(text: str) -> None:
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


@host.command()
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
            "--secret", help="Also a shared secret, for the article's and signed requests."
        ),
    ] = False,
    same_credentials_as: Annotated[
        str, typer.Option(metavar="HOST", help="Let what opens that host open this one.")
    ] = "",
    note: Annotated[str, typer.Option(help="For people.")] = "",
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
    url: UrlOption = "",
    zone_id: ZoneIdOption = None,
) -> None:
    """Let a client keep a name; show its credentials, once, and what to paste into the client."""
    with told():
        canonical = canonical_host(name)
        deployment = Deployment.find(
            stack=stack, prefix=prefix, table=table, url=url, zone_ids=zone_id or ()
        )
        if secret and same_credentials_as:
            raise UsageToldError("--secret makes a new one: leave --same-credentials-as out")
        where = as_given(stack=stack, prefix=prefix, table=table)
        store = HostStore(aws_client("dynamodb"), deployment.table, where)
        zone = deployment.zone_of(canonical, aws_client("route53"), zone_id or ())
        parent = store.get(canonical_host(behind)) if behind else None
        same_as = canonical_host(same_credentials_as) if same_credentials_as else ""
        made: dict[str, str] = {}
        if same_as:
            credentials = store.usable(same_as).credentials
        else:
            # A host behind another needs none: that one's client speaks for it.
            made = _made(token=parent is None or secret, secret=secret)
            credentials = _stored(made)
        new = NewHost(
            canonical,
            zone.id,
            Terms(ttl, types, addresses, adopt or None, wildcard or None),
            suffix,
            prefix_length,
            note,
        )
        values = item_values(new, credentials, parent, _now())
        check_beside(store, canonical, wildcard=wildcard, same_as=same_as)
        store.add(values, parent)
        if as_json:
            view.print_json({"host": canonical, "url": deployment.url, **made})
            return
        _say(f"{'host':<12}{canonical}\n{'zone':<12}{zone.name} ({zone.id})")
        if made:
            view.show_new_credentials(made, host=canonical, url=deployment.url, where=where)
            more = as_given(stack=stack, prefix=prefix, url=url)
            _say(
                f"\n`ddns router NAME --host {canonical}{more}` prints the settings of one client "
                "as its form has them."
            )
        elif same_as:
            _say(f"{'credentials':<12}those of {same_as}")
        else:
            _say(f"{'credentials':<12}none: the client of {canonical_host(behind)} speaks for it")


def _made(*, token: bool, secret: bool) -> dict[str, str]:
    made = {"token": new_token()} if token else {}
    return {**made, "secret": new_secret()} if secret else made


def _stored(made: dict[str, str]) -> Credentials:
    return Credentials(
        (digest(made["token"]),) if "token" in made else (),
        (made["secret"],) if "secret" in made else (),
    )


@host.command(name="list")
def list_(
    *,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """List every host, without credentials."""
    with told():
        store = _store(stack=stack, prefix=prefix, table=table)
        items = sorted(store.all(), key=lambda item: item.name.split(".")[::-1])
        if as_json:
            view.print_json([view.about(item) for item in items])
        else:
            view.show_hosts(items, _now(), store.where)


@host.command()
def show(
    name: NameArgument,
    *,
    as_json: JsonOption = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Show a host: what was set when; of its credentials only how many there are."""
    with told():
        item = _store(stack=stack, prefix=prefix, table=table).get(canonical_host(name))
        if as_json:
            tokens, secrets = item.credentials
            counts = {"tokens": len(tokens), "secrets": len(secrets)}
            view.print_json({**view.about(item), **counts})
        else:
            view.show_host(item, _now())


@host.command(name="set")
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
    with told():
        canonical = canonical_host(name)
        sets, removes = changed_values(
            canonical, Terms(ttl, types, addresses, adopt, wildcard), default or ()
        )
        store = _store(stack=stack, prefix=prefix, table=table)
        before = store.usable(canonical)
        if wildcard:
            check_no_wildcard_host(store, canonical)
        item = store.change(before, sets, removes)
        view.show_host(item, _now())
        lines = view.left_behind(item)
        if not keep_record and item.unwanted:
            lines = remove_unwanted(store, aws_client("route53"), item)
        for line in lines:
            _say(line)


@host.command()
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
    with told():
        deployment = Deployment.find(stack=stack, prefix=prefix, table=table, url=url)
        store = HostStore(aws_client("dynamodb"), deployment.table)
        item = store.usable(canonical_host(name))
        old = item.credentials
        chosen = token or secret
        made = _made(
            token=token or (not chosen and bool(old.tokens or not old.secrets)),
            secret=secret or (not chosen and bool(old.secrets)),
        )
        new = _stored(made)
        kept = 0 if now else _LIVE - 1
        after = Credentials(
            new.tokens + old.tokens[:kept] if new.tokens else old.tokens[:_LIVE],
            new.secrets + old.secrets[:kept] if new.secrets else old.secrets[:_LIVE],
        )
        others = _others_opened_by(store, item, after) if now else []
        store.replace_credentials(item, after)
        if as_json:
            found = {"host": item.name, "url": deployment.url, **made}
            view.print_json({**found, "still_open": others} if now else found)
            return
        view.show_new_credentials(made, host=item.name, url=deployment.url, lines=False)
        if not ((new.tokens and old.tokens) or (new.secrets and old.secrets)):
            _say(f"            {item.name} had none before")
            return
        if not now:
            _say("            the ones before still work, until the next rotation")
            return
        _say("            the ones before are dropped")
        if others:
            _say(f"\nThey still open other hosts; rotate those too: {', '.join(others)}")


def _others_opened_by(store: HostStore, item: HostItem, after: Credentials) -> list[str]:
    """Return the other hosts that still accept what a host is about to drop."""
    old = item.credentials
    dropped = Credentials(
        tuple(each for each in old.tokens if each not in after.tokens),
        tuple(each for each in old.secrets if each not in after.secrets),
    )
    return [name for name in store.opened_by(dropped) if name != item.name]


@host.command()
def disable(
    name: NameArgument,
    *,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Refuse every request for a host; its records stay."""
    with told():
        store = _store(stack=stack, prefix=prefix, table=table)
        item = store.disable(store.get(canonical_host(name)))
        _say(f"{item.name} is disabled; its records stay")


@host.command()
def enable(
    name: NameArgument,
    *,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Take a host's requests again."""
    with told():
        store = _store(stack=stack, prefix=prefix, table=table)
        item = store.enable(store.get(canonical_host(name)))
        _say(f"{item.name} is enabled")


@host.command()
def remove(
    name: NameArgument,
    *,
    keep_record: KeepOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
) -> None:
    """Delete a host, and the records that its client has set."""
    with told():
        store = _store(stack=stack, prefix=prefix, table=table)
        item = store.get(canonical_host(name))
        check_removable(store, item)
        if not yes:
            _confirm(item, keep_record=keep_record)
        for line in remove_host(store, aws_client("route53"), item, keep_record=keep_record):
            _say(line)
        _say(f"{item.name} is removed")


def _confirm(item: HostItem, *, keep_record: bool) -> None:
    if not _interactive():
        raise UsageToldError(f"pass --yes to remove {item.name} without being asked")
    records = "" if keep_record or not item.kept else " and its records"
    typer.confirm(f"Remove {item.name}{records}?", abort=True)


def _interactive() -> bool:
    return sys.stdin.isatty()
