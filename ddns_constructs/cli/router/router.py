"""`ddns router`: the settings to paste into a router or another client."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ddns_constructs.cli.deployment import Deployment, base_url
from ddns_constructs.cli.errors import CommandError, aws_trouble, reporting_errors
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import (
    PrefixOption,
    StackOption,
    TableOption,
    UrlOption,
    as_given,
)
from ddns_constructs.cli.router_names import named, short_names
from ddns_constructs.cli.router_settings import settings_of
from ddns_constructs.cli.router_templates import ROUTERS

if TYPE_CHECKING:
    from ddns.core.client.addresses import AddressPolicy
    from ddns_constructs.cli.hosts.item import HostItem

__all__ = ["router"]

_HOST = "HOST"


def router(
    name: Annotated[
        str,
        typer.Argument(help="Which client. Default: list them.", autocompletion=short_names),
    ] = "",
    *,
    host: Annotated[str, typer.Option(help="The name to keep.")] = _HOST,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    table: TableOption = "",
    url: UrlOption = "",
) -> None:
    """Print the settings to paste into a router or another client."""
    console = Console()
    with reporting_errors():
        if not name:
            for each, found in ROUTERS.items():
                console.print(f"{each:<10}{found.title}", markup=False, highlight=False)
            return
        client, kept = named(name), host if host == _HOST else canonical_host(host)
        where = as_given(stack=stack, prefix=prefix, table=table)
        deployment = Deployment("", base_url(url), ())
        if stack or table:
            deployment = Deployment.find(stack=stack, prefix=prefix, table=table, url=url)
        policy = None if host == _HOST else _policy(kept, deployment, where)
        console.print(
            settings_of(client, url=deployment.url, host=kept, where=where, policy=policy).rstrip(),
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _policy(host: str, deployment: Deployment, where: str) -> AddressPolicy | None:
    """Return which addresses a host may have, None where that cannot be seen.

    Raises:
        CommandError: There is no such host, or its client is another one's.
    """
    if not deployment.table:
        session.warn(f"{host} was not looked up: --stack or --table tells where it would be")
        return None
    try:
        with aws_trouble():
            item = session.open_store(deployment, where).find(host)
    except CommandError as err:
        session.warn(f"{host} was not looked up: {err}")
        return None
    if item is None:
        raise CommandError(
            f"there is no host {host}, so its client would get badauth: "
            f"`ddns host add {shlex.quote(host)}{where}`"
        )
    _check_usable(item, host, where)
    return item.policy or deployment.defaults.policy


def _check_usable(item: HostItem, host: str, where: str) -> None:
    if item.problem:
        raise CommandError(f"the item of {host} is unusable, {item.problem}: add it again")
    if item.text("behind") and not any(item.credentials):
        upper = item.text("behind")
        raise CommandError(
            f"{host} has no client of its own, that of {upper} speaks for it: "
            f"`ddns router NAME --host {shlex.quote(upper)}{where}`"
        )
    if item.flag("disabled"):
        session.warn(f"{host} is disabled: `ddns host enable {shlex.quote(host)}{where}`")
