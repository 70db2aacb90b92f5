"""The settings of routers and other clients, filled in for a host."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ddns.core.client.addresses import AddressPolicy
from ddns_constructs.cli.router_templates import ROUTERS
from ddns_constructs.local.examples import client_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["UNKNOWN_URL", "settings_of"]

_TOKEN, _SECRET = "TOKEN", "SECRET"
_IF_SOURCE, _IF_STATED = "@IF_SOURCE@", "@IF_STATED@"
UNKNOWN_URL = "https://SERVER/"


def settings_of(
    name: str,
    *,
    url: str,
    host: str,
    token: str = _TOKEN,
    secret: str = _SECRET,
    where: str = "",
    policy: AddressPolicy | None = None,
) -> str:
    """Return the settings of a client.

    Args:
        name: Its short name.
        url: Base URL of the service; empty if unknown.
        host: The name to keep.
        token: Its token.
        secret: Its shared secret.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
        policy: Which addresses the host may have. Default: it is not known.
    """
    text = "".join(_lines_for(ROUTERS[name].settings, policy))
    for word, value in _words(url or UNKNOWN_URL, host, token, secret, where).items():
        text = text.replace(word, value)
    return text


def _lines_for(text: str, policy: AddressPolicy | None) -> Iterator[str]:
    """Yield the lines that are for a host with a policy."""
    other = _IF_STATED if policy in {None, AddressPolicy.SOURCE} else _IF_SOURCE
    for line in text.splitlines(keepends=True):
        if not line.startswith(other):
            yield line.removeprefix(_IF_SOURCE).removeprefix(_IF_STATED)


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
