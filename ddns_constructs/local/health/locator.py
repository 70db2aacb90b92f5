"""Where the endpoint of a health check is on this machine."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import dns.exception

from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.errors import LocalAwsError
from ddns_constructs.local.health.endpoints import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns_constructs.local.dns.client import Dns
    from ddns_constructs.local.health.status import Check
    from ddns_constructs.local.http.function_urls import FunctionUrl

__all__ = ["Locator"]

_SERVED = (".lambda-url.", ".execute-api.")


class Locator:
    """Finds endpoints on loopback, and only there.

    An address has to be one of loopback. The host of a function URL, or of an HTTP API, is where
    that is served here. Any other name is asked of the local name server, as the internet asks it.

    Args:
        function_url: Serves a function URL on loopback.
        ask: The name server.
    """

    def __init__(self, function_url: Callable[[str], FunctionUrl], ask: Dns) -> None:
        self._function_url = function_url
        self._dns = ask

    def __call__(self, check: Check) -> Endpoint | None:
        """Return where a check's endpoint is; None if it is not on this machine."""
        if check.address:
            return _on_loopback(check.address, check.port)
        if any(part in check.host for part in _SERVED):
            return self._served(check)
        return _on_loopback(check.host, check.port) or self._named(check)

    def _served(self, check: Check) -> Endpoint | None:
        try:
            found = self._function_url(f"https://{check.host}/")
        except LocalAwsError:  # it is not there any more, or not yet
            return None
        url = urlsplit(found.https if check.kind.startswith("HTTPS") else found.http)
        return Endpoint(str(url.hostname), int(url.port or 0))

    def _named(self, check: Check) -> Endpoint | None:
        try:
            answers = self._dns.ask(check.host, "A", View.PUBLIC).values
        except dns.exception.DNSException:
            return None
        return next(filter(None, (_on_loopback(each, check.port) for each in answers)), None)


def _on_loopback(address: str, port: int) -> Endpoint | None:
    try:
        is_loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        return None
    return Endpoint(address, port) if is_loopback else None
