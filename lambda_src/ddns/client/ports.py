"""What ClientDdns needs of the world; ``adapters`` and the tests' fakes provide it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from ddns.core.client.hosts import Host, HostState


class HostStore(Protocol):
    """The hosts of ClientDdns."""

    def get(self, key: str) -> Host | None:
        """Read the item of a host consistently; None where there is none.

        An item that cannot be used is a host that is disabled.
        """
        ...

    def get_many(self, keys: Collection[str]) -> Mapping[str, Host]:
        """Read items consistently, by partition key, each as ``get`` does."""
        ...

    def save(self, host: Host, state: HostState) -> bool:
        """Write the state of a host; False where the item is gone or has another revision."""
        ...
