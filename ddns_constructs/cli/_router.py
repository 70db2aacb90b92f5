"""`ddns router`: the settings to paste into a router or another client."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from ddns_constructs.cli._deployment import Deployment, base_url
from ddns_constructs.cli._options import PrefixOption, StackOption, UrlOption, as_given
from ddns_constructs.cli._router_texts import ROUTERS
from ddns_constructs.cli._told import UsageToldError, told
from ddns_constructs.cli.host.names import canonical_host
from ddns_constructs.local.examples import client_script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.cli._router_texts import Router

__all__ = ["ready_lines", "routers", "settings_of"]

_HOST, _TOKEN, _SECRET = "HOST", "TOKEN", "SECRET"
_URL = "https://SERVER/"

routers = typer.Typer()


@routers.command()
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
    with told():
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
            settings_of(client, url=base or _URL, host=kept, where=where).rstrip(),
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _named(name: str) -> str:
    """Return the short name of a client that is named by it or by its title, in any case.

    Raises:
        UsageToldError: There is no such client.
    """
    for each, found in ROUTERS.items():
        if name.lower() in (each, found.title.lower()):
            return each
    raise UsageToldError(f"no settings for {name!r}, only for: {', '.join(ROUTERS)}")


def settings_of(
    name: str, *, url: str, host: str, token: str = _TOKEN, secret: str = _SECRET, where: str = ""
) -> str:
    """Return the settings of a client.

    Args:
        name: Its short name.
        url: Base URL of the service.
        host: The name to keep.
        token: Its token.
        secret: Its shared secret.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
    """
    return _filled(ROUTERS[name].settings, _words(url, host, token, secret, where))


def ready_lines(*, url: str, host: str, token: str, secret: str, where: str = "") -> dict[str, str]:
    """Return all that each client needs which can use what the host has, by the client's title.

    Args:
        url: Base URL of the service; empty if unknown.
        host: The name to keep.
        token: Its token; empty if it has none.
        secret: Its shared secret; empty if it has none.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
    """

    def fits(found: Router) -> bool:
        return bool(secret if found.secret else token)

    words = _words(url or _URL, host, token, secret, where)
    return {each.title: _filled(each.line, words) for each in ROUTERS.values() if fits(each)}


def _words(url: str, host: str, token: str, secret: str, where: str) -> Mapping[str, str]:
    base = f"{url.rstrip('/')}/"
    parts = urlsplit(base)
    server = f"{parts.netloc}{parts.path.rstrip('/')}"
    return {
        "@SERVER@": server,
        "@MACHINE@": re.sub(r":\d+$", "", parts.netloc).strip("[]"),
        "@URL@": base,
        "@HOST@": host,
        "@TOKEN@": token,
        "@SECRET@": secret,
        "@SCRIPT@": shlex.quote(str(client_script())),
        "@WHERE@": where,
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
