"""`ddns router`: the settings to paste into a router or another client."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ddns_constructs.cli.deployment import Deployment, base_url
from ddns_constructs.cli.errors import UsageError, reporting_errors
from ddns_constructs.cli.host_names import canonical_host
from ddns_constructs.cli.options import PrefixOption, StackOption, UrlOption, as_given
from ddns_constructs.cli.router_settings import UNKNOWN_URL, settings_of
from ddns_constructs.cli.router_templates import ROUTERS

__all__ = ["router"]

_HOST = "HOST"


def router(
    name: Annotated[str, typer.Argument(help="Which client. Default: list them.")] = "",
    *,
    host: Annotated[str, typer.Option(help="The name to keep.")] = _HOST,
    stack: StackOption = "",
    prefix: PrefixOption = "",
    url: UrlOption = "",
) -> None:
    """Print the settings to paste into a router or another client."""
    console = Console()
    with reporting_errors():
        if not name:
            for each, found in ROUTERS.items():
                console.print(f"{each:<10}{found.title}", markup=False, highlight=False)
            return
        client, kept = _named(name), host if host == _HOST else canonical_host(host)
        base = base_url(url)
        if stack and not base:
            base = Deployment.find(stack=stack, prefix=prefix).url
        where = as_given(stack=stack, prefix=prefix)
        console.print(
            settings_of(client, url=base or UNKNOWN_URL, host=kept, where=where).rstrip(),
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _named(name: str) -> str:
    """Return the short name of a client that is named by it or by its title, in any case.

    Raises:
        UsageError: There is no such client.
    """
    for each, found in ROUTERS.items():
        if name.lower() in (each, found.title.lower()):
            return each
    raise UsageError(f"no settings for {name!r}, only for: {', '.join(ROUTERS)}")
