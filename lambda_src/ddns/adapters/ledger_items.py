"""The ledger's items as DynamoDB has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddns.core.instance.items import Claim, Item, NameState, OwnerState
from ddns.core.records import NameKey, RecordSet, RecordSets, Zone

HEAD, ZONES = "HEAD", "ZONES"
_NAME, _OWNER = "NAME#", "INSTANCE#"
# Attribute names and braces of a claim, reckoned from above.
_CLAIM_BYTES = 120


def owner_pk(owner: str) -> str:
    """Return the partition key of an owner's item."""
    return _OWNER + owner


def name_pk(key: NameKey) -> str:
    """Return the partition key of a name's item."""
    return f"{_NAME}{_text(key)}"


def pk(item: Item) -> str:
    """Return the partition key of an item."""
    return name_pk(item.key) if isinstance(item, NameState) else owner_pk(item.owner)


def state(item: Mapping[str, Any]) -> Item | None:
    """Return an item of a name or an owner; None for any other item."""
    key = item["pk"]["S"]
    if key.startswith(_OWNER):
        return owner(item)
    return name(item) if key.startswith(_NAME) else None


def owner(item: Mapping[str, Any]) -> OwnerState:
    """Return an owner's item."""
    return OwnerState(
        item["pk"]["S"].removeprefix(_OWNER),
        frozenset(_key(text) for text in item["names"]["SS"]),
        item.get("fulfilled", {}).get("S", ""),
    )


def name(item: Mapping[str, Any]) -> NameState:
    """Return a name's item."""
    return NameState(
        _key(item["pk"]["S"].removeprefix(_NAME)),
        {who: _claim(each["M"]) for who, each in item["claims"]["M"].items()},
        _record_sets(item["written"]),
        _record_sets(item["intent"]) if "intent" in item else None,
        frozenset(item["waiting"]["SS"]) if "waiting" in item else frozenset(),
    )


def attributes(item: Item) -> dict[str, Any]:
    """Return an item as it is put."""
    found: dict[str, Any] = {"pk": {"S": pk(item)}}
    if isinstance(item, OwnerState):
        found["names"] = {"SS": sorted(map(_text, item.names))}
        if item.fulfilled:
            found["fulfilled"] = {"S": item.fulfilled}
        return found
    found["claims"] = {"M": {who: _claim_item(claim) for who, claim in item.claims.items()}}
    found["written"] = _record_sets_item(item.written)
    if item.intent is not None:
        found["intent"] = _record_sets_item(item.intent)
    if item.waiting:
        found["waiting"] = {"SS": sorted(item.waiting)}
    return found


def size(item: Item) -> int:
    """Return how many bytes an item takes at most."""
    if isinstance(item, OwnerState):
        return 200 + sum(len(key.zone_id) + len(key.name) + 10 for key in item.names)
    claims = sum(
        _CLAIM_BYTES + len(who) + sum(len(v) + 10 for each in c.values.values() for v in each)
        for who, c in item.claims.items()
    )
    record_sets = [*item.written.values(), *(item.intent or {}).values()]
    values = sum(40 + sum(len(value) + 10 for value in each.values) for each in record_sets)
    return 600 + claims + values + sum(len(who) + 10 for who in item.waiting)


def zone(created: Zone) -> dict[str, Any]:
    """Return a zone that was created, as a value in the item of all of them."""
    vpcs = {"SS": sorted(created.vpcs or ())}
    gone: dict[str, Any] = {"gone": {"BOOL": True}} if created.gone else {}
    return {"M": {"name": {"S": created.name}, "vpcs": vpcs, **gone}}


def zones(item: Mapping[str, Any]) -> Sequence[Zone]:
    """Return the zones that were created."""
    return [
        Zone(
            zone_id,
            each["M"]["name"]["S"],
            private=True,
            vpcs=frozenset(each["M"]["vpcs"]["SS"]),
            created=True,
            gone="gone" in each["M"],
        )
        for zone_id, each in item.items()
        if zone_id != "pk"
    ]


def _text(key: NameKey) -> str:
    return f"{key.zone_id}#{key.name}"


def _key(text: str) -> NameKey:
    zone_id, _, name_of = text.partition("#")
    return NameKey(zone_id, name_of)


def _claim_item(claim: Claim) -> dict[str, Any]:
    values = {kind: {"SS": list(each)} for kind, each in claim.values.items()}
    times = {"since": {"N": str(claim.since)}, "launched": {"S": claim.launched}}
    return {"M": {**times, "values": {"M": values}}}


def _claim(item: Mapping[str, Any]) -> Claim:
    values = {kind: tuple(sorted(each["SS"])) for kind, each in item["values"]["M"].items()}
    return Claim(values, int(item["since"]["N"]), item["launched"]["S"])


def _record_sets_item(record_sets: RecordSets) -> dict[str, Any]:
    return {
        "M": {
            kind: {"M": {"ttl": {"N": str(each.ttl)}, "values": {"SS": list(each.values)}}}
            for kind, each in record_sets.items()
        }
    }


def _record_sets(item: Mapping[str, Any]) -> dict[str, RecordSet]:
    return {
        kind: RecordSet(int(each["M"]["ttl"]["N"]), tuple(sorted(each["M"]["values"]["SS"])))
        for kind, each in item["M"].items()
    }
