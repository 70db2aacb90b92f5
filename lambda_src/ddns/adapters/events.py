"""EventBridge: moves are made known on the default bus."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, Final

from ddns.adapters.aws import translated
from ddns.core.errors import UnavailableError
from ddns.core.failover.journal import Move
from ddns.core.failover.places import ServiceAddress

SOURCE: Final = "ddns-constructs"
DETAIL_TYPE: Final = "Failover Moved"
_VERSION: Final = 1


class EventBridgeEvents:
    """Publishes each move, at least once where EventBridge takes it."""

    def __init__(self, client: Any, table: str, service: ServiceAddress) -> None:  # noqa: ANN401 - its stubs are no dependency
        """Take a client, the journal's table, which names the failover, and what moves."""
        self._client = client
        self._table = table
        self._service = service

    def moved(self, move: Move) -> None:
        """Publish a move (PutEvents).

        Raises:
            UnavailableError: EventBridge did not take it.
        """
        detail = {
            "version": _VERSION,
            "failover": self._service.name,
            "table": self._table,
            "from": move.source,
            "to": move.target,
            "by": move.by,
            "reason": move.reason,
            "epoch": move.epoch,
            "address": self._service.address or self._service.interface,
            "at": datetime.fromtimestamp(move.done / 1000, timezone.utc).isoformat(),
        }
        entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(detail)}
        with translated():
            answer = self._client.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            code = answer["Entries"][0].get("ErrorCode")
            raise UnavailableError(f"EventBridge did not take the event: {code}")
