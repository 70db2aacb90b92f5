"""The settings of routers and other clients, filled in for a host."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ddns_constructs.cli.router_templates import ROUTERS
from ddns_constructs.local.examples import client_script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.cli.router_templates import Router

__all__ = ["UNKNOWN_URL", "ready_lines", "settings_of"]

_TOKEN, _SECRET = "TOKEN", "SECRET"
UNKNOWN_URL = "https://SERVER/"


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

    words = _words(url or UNKNOWN_URL, host, token, secret, where)
    return {each.title: _filled(each.line, words) for each in ROUTERS.values() if fits(each)}


def _words(url: str, host: str, token: str, secret: str, where: str) -> Mapping[str, str]:
    base = f"{url.rstrip('/')}/"
    parts = urlsplit(base)
    server = f"{parts.netloc}{parts.path.rstrip('/')}"
    return {
        "@SERVER@": server,
        "@URL@": base,
        "@HOST@": host,
        "@QUOTED_HOST@": shlex.quote(host),
        "@LOOKUP@": host.replace("*", "any", 1),
        "@TOKEN@": token,
        "@SECRET@": secret,
        "@SCRIPT@": shlex.quote(str(client_script())),
        "@WHERE@": where,
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
