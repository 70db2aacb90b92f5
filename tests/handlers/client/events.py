"""Events of ClientDdns as a function URL makes them of HTTP requests."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable

_EVENT = Path(__file__).resolve().parents[2] / "events" / "function_url.json"
SOURCE = "176.32.100.36"
NOW = 1_700_000_000.0


@lru_cache
def _event() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_EVENT.read_text())
    return found


def http_event(
    line: str,
    headers: Iterable[str] = (),
    body: str | None = None,
    *,
    base64: bool = False,
    source: str = SOURCE,
    now: float = NOW,
) -> dict[str, Any]:
    """Return the event of a request, given as its first line, its header lines and its body."""
    method, target, protocol = line.split(" ")
    path, _, query = target.partition("?")
    event = deepcopy(_event())
    event |= {"rawPath": path, "rawQueryString": query, "isBase64Encoded": base64}
    if query:
        found = event["queryStringParameters"] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            found[name] = f"{found[name]},{value}" if name in found else value
    if body is not None:
        event["body"] = body
    sent: dict[str, str] = {"x-forwarded-for": source}
    for header in headers:
        name, _, value = header.partition(":")
        key = name.strip().lower()
        # Developer Guide, "Lambda function URL payload": duplicates are combined with commas.
        sent[key] = f"{sent[key]},{value.strip()}" if key in sent else value.strip()
    event["headers"] |= sent
    context = event["requestContext"]
    context["http"] |= {"method": method, "path": path, "protocol": protocol, "sourceIp": source}
    context["http"]["userAgent"] = event["headers"]["user-agent"]
    context["timeEpoch"] = int(now * 1000)
    return event
