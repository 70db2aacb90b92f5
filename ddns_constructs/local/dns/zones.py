r"""Hosted zones as a name server sees them, read from Route 53's API.

Route 53 writes characters other than letters, digits, `-`, `_` and `.` as octal escapes (`\052` is
`*`); DNS's own text form has decimal ones. Weighted and other routed record sets are not evaluated:
all their values are answered. An alias has no values and is not answered.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Zone", "read_zones", "zone_from_record_sets"]

_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_log = logging.getLogger(__name__)

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


def read_zones(route53: Any) -> list[Zone]:  # noqa: ANN401 - boto3 makes the methods at run time
    """Read every hosted zone of the account with all its records.

    Args:
        route53: A boto3 client of Route 53.
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
        )
        for found_page in found
        for zone in found_page["HostedZones"]
    ]


def zone_from_record_sets(
    name: str, record_sets: Iterable[Mapping[str, Any]], *, private: bool
) -> Zone:
    """Return a zone made of record sets in the shape of `ListResourceRecordSets`.

    Args:
        name: The zone's name as Route 53 writes it.
        record_sets: As the API answers them.
        private: Whether the zone answers inside VPCs only.
    """
    by_name: _RecordSets = {}
    for record_set in record_sets:
        rrset = _rrset(record_set)
        if rrset is None:
            continue
        same_name = by_name.setdefault(rrset.name, {})
        if rrset.rdtype in same_name:
            for value in rrset:
                same_name[rrset.rdtype].add(value)
        else:
            same_name[rrset.rdtype] = rrset
    return Zone(_name(name), private, by_name)


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
