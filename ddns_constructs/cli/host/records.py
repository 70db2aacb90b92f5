"""Takes the records of a host out of its zone: what the function wrote there, and nothing else."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.client.hosts import WILDCARD
from ddns.core.client.recordsets import name_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ddns.core.client.hosts import Kept
    from ddns_constructs.cli.hosts.item import HostItem

__all__ = ["Outcome", "remove_records"]

_ATTEMPTS = 3


class Outcome(NamedTuple):
    """What became of a record set.

    Attributes:
        text: A line about it.
        is_left: Whether something else is there than was written, and stays.
    """

    text: str
    is_left: bool = False


def remove_records(
    route53: Any,  # noqa: ANN401 - a boto3 client
    item: HostItem,
    kinds: Collection[str],
) -> Iterator[Outcome]:
    """Delete every record set that is what the function wrote for a host.

    While a change is pending nobody knows which value that is: then any plain record set with one
    value is, at a name and of a type that the function has written for the host before.

    Args:
        route53: A boto3 client of Route 53.
        item: The host.
        kinds: Which of what is kept of it.

    Yields:
        What became of each record set.
    """
    for kind, kept in item.kept.items():
        rtype = kind.removeprefix(WILDCARD)
        if kind in kinds and rtype in ("A", "AAAA", "TXT"):
            name = name_at(item.name, kind)
            done = _remove(
                route53,
                (item.state_zone, name, rtype),
                kept,
                any_value=item.flag("pending") and not kept.unverified,
            )
            yield done._replace(text=f"{name} {rtype} {done.text}")


def _remove(
    route53: Any,  # noqa: ANN401 - a boto3 client
    where: tuple[str, str, str],
    kept: Kept,
    *,
    any_value: bool,
) -> Outcome:
    for _ in range(_ATTEMPTS):
        found = _find(route53, *where)
        if found is None:
            return Outcome(f"{kept.value}: was gone already")
        if not (_is_ours(found, kept) or (any_value and _is_plain(found))):
            return Outcome(
                f"{kept.value}: left alone, as there is now {_described(found)}", is_left=True
            )
        try:
            route53.change_resource_record_sets(
                HostedZoneId=where[0],
                ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": found}]},
            )
        except route53.exceptions.InvalidChangeBatch:
            continue  # it was changed just now
        return Outcome(f"{_plain_value(found)}: deleted")
    return Outcome(f"{kept.value}: left alone, as somebody keeps changing it", is_left=True)


def _find(route53: Any, zone_id: str, name: str, rtype: str) -> dict[str, Any] | None:  # noqa: ANN401
    answer = route53.list_resource_record_sets(
        HostedZoneId=zone_id, StartRecordName=f"{name}.", StartRecordType=rtype, MaxItems="1"
    )
    for found in answer["ResourceRecordSets"]:
        # Route 53 answers with an octal escape where a wildcard was asked for.
        there = found["Name"].replace("\\052", "*").rstrip(".").lower()
        if (there, found["Type"]) == (name, rtype):
            return dict(found)
    return None


def _is_plain(found: dict[str, Any]) -> bool:
    return len(found.get("ResourceRecords", ())) == 1 and "SetIdentifier" not in found


def _is_ours(found: dict[str, Any], kept: Kept) -> bool:
    if not _is_plain(found) or found.get("TTL") != kept.ttl:
        return False
    value = _plain_value(found)
    if found["Type"] == "TXT":
        return value == kept.value
    try:
        return ipaddress.ip_address(value) == ipaddress.ip_address(kept.value)
    except ValueError:
        return False


def _plain_value(found: dict[str, Any]) -> str:
    value = str(found["ResourceRecords"][0]["Value"])
    return value[1:-1] if found["Type"] == "TXT" else value


def _described(found: dict[str, Any]) -> str:
    if "SetIdentifier" in found:
        return "a record set with a routing policy"
    if "AliasTarget" in found:
        return f"an alias of {found['AliasTarget']['DNSName']}"
    values = ", ".join(each["Value"] for each in found["ResourceRecords"])
    return f"{values} with TTL {found['TTL']} s"
