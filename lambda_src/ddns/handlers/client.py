"""Entry point of ClientDdns."""

from __future__ import annotations

import os
from typing import Any

from ddns.client.composition import ClientParts, client_parts
from ddns.client.settings import ClientSettings

# What is kept of the time limit, to answer and to write down what happened.
_RESERVE = 8.0

_parts = client_parts(ClientSettings.from_environment(os.environ))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
    """Answer a request, or a queue batch."""
    left = context.get_remaining_time_in_millis() / 1000
    return respond(_parts, event, _parts.clock.now() + max(left - _RESERVE, left / 2))


def respond(parts: ClientParts, event: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Answer an event before ``deadline``, in seconds of the epoch."""
    if "Records" in event and "requestContext" not in event:
        failed = parts.messages.handle(event["Records"], deadline)
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
    return parts.web.handle(event, deadline)
