"""`ddns router`: the settings to paste into a router or another client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from ddns_constructs.cli._deployment import Deployment
from ddns_constructs.cli._options import PrefixOption, StackOption, UrlOption
from ddns_constructs.cli._router_texts import ROUTERS
from ddns_constructs.cli._told import UsageToldError, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.cli._router_texts import Router

__all__ = ["ready_lines", "routers", "settings_of"]

_TOKEN, _SECRET = "TOKEN", "SECRET"

routers = typer.Typer()


@routers.command()
def router(
    name: Annotated[str, typer.Argument(help="Which client. Default: list them.")] = "",
    *,
    host: Annotated[str, typer.Option(help="The name to keep.")] = "HOST",
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
        if stack and not url:
            url = Deployment.find(stack=stack, prefix=prefix).url
        console.print(
            settings_of(name, url=url or "https://SERVER/", host=host).rstrip(),
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def settings_of(
    name: str, *, url: str, host: str, token: str = _TOKEN, secret: str = _SECRET
) -> str:
    """Return the settings of a client.

    Raises:
        UsageToldError: There is no such client.
    """
    if name.lower() not in ROUTERS:
        raise UsageToldError(f"no settings for {name!r}, only for: {', '.join(ROUTERS)}")
    words = _words(url, host, token, secret)
    return _filled(ROUTERS[name.lower()].settings, words)


def ready_lines(*, url: str, host: str, token: str, secret: str) -> dict[str, str]:
    """Return a line for each client that can use what the host has, by the client's title."""

    def fits(found: Router) -> bool:
        return bool(secret if found.secret else token)

    words = _words(url, host, token, secret)
    return {each.title: _filled(each.line, words) for each in ROUTERS.values() if fits(each)}


def _words(url: str, host: str, token: str, secret: str) -> Mapping[str, str]:
    base = f"{url.rstrip('/')}/"
    parts = urlsplit(base)
    server = f"{parts.netloc}{parts.path.rstrip('/')}"
    return {
        "@SERVER@": server,
        "@URL@": base,
        "@HOST@": host,
        "@TOKEN@": token,
        "@SECRET@": secret,
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
