"""Check IP: which address a request comes from."""

from __future__ import annotations

import json

from ddns.core.client.http import Request, Response


def matches(request: Request) -> bool:
    """Tell whether a request is one of this protocol."""
    return request.method == "GET" and request.path in ("/", "/checkip")


def parse(request: Request) -> Response:
    """Return the source address: plain text, or JSON where the client accepts that."""
    if "application/json" in request.header("accept"):
        return Response(200, json.dumps({"ip": str(request.source)}), "application/json")
    return Response(200, f"{request.source}\n")
