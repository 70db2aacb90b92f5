r"""Hosted zones as a name server sees them, read from Route 53's API.

Route 53 writes characters other than letters, digits, `-`, `_` and `.` as octal escapes (`\052` is
`*`); DNS's own text form has decimal ones. Of several record sets of one name and type those are
read that answer at this moment: see `routing`. An alias has no values and is not answered.
"""

from __future__ import annotations

import logging
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from ddns_constructs.local.dns.routing import chosen, is_every_check_healthy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["Zone", "read_zones", "zone_from_record_sets"]

_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_log = logging.getLogger(__name__)
_chance = random.Random()  # noqa: S311 - weights, no secrets

_RecordSets = dict[dns.name.Name, dict[dns.rdatatype.RdataType, dns.rrset.RRset]]


@dataclass(frozen=True, slots=True)
class Zone:
    """One hosted zone and everything in it.

    Args:
        origin: The name of its apex.
        private: Whether it answers inside VPCs only.
        record_sets: By name in lower case, then by type.
    """

    origin: dns.name.Name
    private: bool
    record_sets: Mapping[dns.name.Name, Mapping[dns.rdatatype.RdataType, dns.rrset.RRset]]


def read_zones(
    route53: Any,  # noqa: ANN401 - boto3 makes the methods at run time
    is_healthy: Callable[[str], bool] = is_every_check_healthy,
) -> list[Zone]:
    """Read every hosted zone of the account with all its records that answer now.

    Args:
        route53: A boto3 client of Route 53.
        is_healthy: Tells of a health check's id whether it is healthy. Default: all of them are.
    """
    found = route53.get_paginator("list_hosted_zones").paginate()
    records = route53.get_paginator("list_resource_record_sets")
    return [
        zone_from_record_sets(
            zone["Name"],
            (
                record_set
                for page in records.paginate(HostedZoneId=zone["Id"])
                for record_set in page["ResourceRecordSets"]
            ),
            private=zone["Config"]["PrivateZone"],
            is_healthy=is_healthy,
        )
        for found_page in found
        for zone in found_page["HostedZones"]
    ]


def zone_from_record_sets(
    name: str,
    record_sets: Iterable[Mapping[str, Any]],
    *,
    private: bool,
    is_healthy: Callable[[str], bool] = is_every_check_healthy,
    chance: random.Random = _chance,
) -> Zone:
    """Return a zone made of record sets in the shape of `ListResourceRecordSets`.

    Args:
        name: The zone's name as Route 53 writes it.
        record_sets: As the API answers them.
        private: Whether the zone answers inside VPCs only.
        is_healthy: Tells of a health check's id whether it is healthy. Default: all of them are.
        chance: What decides where a routing policy lets chance decide. Default: this program's.
    """
    by_name: _RecordSets = {}
    for same in _grouped(record_sets):
        for record_set in chosen(same, is_healthy, chance):
            rrset = _rrset(record_set)
            if rrset is not None:
                _add(rrset, by_name.setdefault(rrset.name, {}))
    return Zone(_name(name), private, by_name)


def _grouped(record_sets: Iterable[Mapping[str, Any]]) -> Iterable[Sequence[Mapping[str, Any]]]:
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in record_sets:
        groups.setdefault((each["Name"].lower(), each["Type"]), []).append(each)
    return groups.values()


def _add(rrset: dns.rrset.RRset, same_name: dict[dns.rdatatype.RdataType, dns.rrset.RRset]) -> None:
    if rrset.rdtype in same_name:
        for value in rrset:
            same_name[rrset.rdtype].add(value)
    else:
        same_name[rrset.rdtype] = rrset


def _rrset(record_set: Mapping[str, Any]) -> dns.rrset.RRset | None:
    values = [_decimal_escapes(r["Value"]) for r in record_set.get("ResourceRecords", ())]
    if not values:
        return None
    try:
        return dns.rrset.from_text_list(
            _name(record_set["Name"]),
            record_set.get("TTL", 0),
            dns.rdataclass.IN,
            record_set["Type"],
            values,
            origin=dns.name.root,
            relativize=False,
        )
    except dns.exception.DNSException as err:
        # The emulator takes values that Route 53 refuses.
        _log.warning("not answered: %s %s: %s", record_set["Name"], record_set["Type"], err)
        return None


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(_decimal_escapes(text)).canonicalize()


def _decimal_escapes(text: str) -> str:
    return _OCTAL.sub(lambda match: f"\\{int(match[1], 8):03d}", text)
