"""What a deployment may do to the record sets that it owns."""

from __future__ import annotations

from collections.abc import Callable

from ddns.core.records import RecordSet

Policy = Callable[["RecordSet | None", "RecordSet | None"], "RecordSet | None"]
"""From what is there and what is desired to what is to be left there."""


def sync(_present: RecordSet | None, desired: RecordSet | None) -> RecordSet | None:
    """Create, update and delete."""
    return desired


def upsert_only(present: RecordSet | None, desired: RecordSet | None) -> RecordSet | None:
    """Create and update; the last values of a record set stay."""
    return desired or present


def create_only(present: RecordSet | None, desired: RecordSet | None) -> RecordSet | None:
    """Create; what is there stays as it is."""
    return present or desired


POLICIES: dict[str, Policy] = {
    "sync": sync,
    "upsert-only": upsert_only,
    "create-only": create_only,
}
"""The policies by the name that the settings give them."""
