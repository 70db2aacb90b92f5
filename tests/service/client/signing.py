"""Requests of the signed protocol, made in the test's own words."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.service.client.world import SECRET

if TYPE_CHECKING:
    from collections.abc import Sequence


def signed_request(
    name: str,
    addresses: Sequence[str],
    time: float,
    nonce: str,
    *,
    secret: str = SECRET,
    **more: Any,  # noqa: ANN401 - JSON
) -> tuple[str, list[str], str]:
    """Return first line, headers and body."""
    body = json.dumps({"host": name, "addresses": list(addresses), **more})
    lines = (
        *("ddns1", "POST", "/v1/update", name, ",".join(addresses)),
        *(str(int(time)), nonce, sha256(body.encode()).hexdigest()),
    )
    made = hmac.new(secret.encode(), "\n".join(lines).encode(), "sha256").hexdigest()
    headers = [
        "Content-Type: application/json",
        f"X-Ddns-Time: {int(time)}",
        f"X-Ddns-Nonce: {nonce}",
        f"X-Ddns-Signature: v1={made}",
    ]
    return "POST /v1/update HTTP/1.1", headers, body
