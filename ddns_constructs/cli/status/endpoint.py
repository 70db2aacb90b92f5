"""Asks an endpoint whether it answers."""

from __future__ import annotations

import os
import ssl
import urllib.error
import urllib.request

from ddns_constructs.cli.finding import Finding

__all__ = ["look_at_endpoint"]

_PATIENCE = 10  # seconds
_SERVER_ERROR = 500
_TOO_MANY = 429


def look_at_endpoint(url: str, path: str = "", *, given: bool = False) -> Finding:
    """Return whether an endpoint answers. A refusal is an answer: no credential is sent.

    Args:
        url: Its base URL.
        path: What to ask for.
        given: Whether the URL was given by hand, and so is one that answers here.
    """
    if os.environ.get("AWS_ENDPOINT_URL") and not given:
        text = f"{url}: not asked, as AWS_ENDPOINT_URL names another AWS; --url names it there"
        return Finding("endpoint", text)
    try:
        request = urllib.request.Request(f"{url}{path}")  # noqa: S310 - https, or as it was given
        trust = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
        with urllib.request.urlopen(request, timeout=_PATIENCE, context=trust) as answer:  # noqa: S310 - likewise
            code = answer.status
    except urllib.error.HTTPError as err:
        code = err.code
        err.close()
    except (OSError, ValueError) as err:
        reason = getattr(err, "reason", err)
        remedy = "look at DNS and the certificate of its name, and whether it is still deployed"
        return Finding("endpoint", f"{url} does not answer: {reason}", remedy)
    if code >= _SERVER_ERROR or code == _TOO_MANY:
        remedy = "the function's log says why; 429 and 503 may be a flood, see docs/floods.md"
        return Finding("endpoint", f"{url} answers {code}", remedy)
    return Finding("endpoint", f"{url} answers")
