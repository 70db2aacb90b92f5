"""Route 53's rules for names, values and change batches: pure, no client in sight.

Sources, by the tag that stands beside each rule:

* [names]   Developer Guide, "DNS domain name format"
* [change]  API Reference, ChangeResourceRecordSets
* [types]   Developer Guide, "Supported DNS record types"
* [quotas]  Developer Guide, "Quotas": ChangeResourceRecordSets requests, records
* [protect] Developer Guide, "Protecting records from changes"
* [seen]    the service's answer as quoted in public issues; the project stands beside it
* [strict]  what the service does is not documented: the harder reading is taken

A batch is judged change by change, in its order, and left undone as a whole if one is refused.
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sortedcontainers import SortedList

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_TTL: Final = 2147483647
MAX_RECORDS_PER_CHANGE: Final = 1000
MAX_CHARACTERS_PER_CHANGE: Final = 32_000
MAX_VALUES_PER_RECORD_SET: Final = 400
MAX_RECORD_SETS_PER_ZONE: Final = 10_000
MAX_VALUE_LENGTH: Final = 4000
_FAULTS_LISTED: Final = 5

RECORD_TYPES: Final = frozenset(
    (
        *("SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA"),
        *("CAA", "DS", "TLSA", "SSHFP", "SVCB", "HTTPS"),
    )
)
_ROUTING: Final = (
    ("Weight", "weighted"),
    ("Region", "latency"),
    ("GeoLocation", "geolocation"),
    ("Failover", "failover"),
    ("MultiValueAnswer", "multivalue answer"),
    ("CidrRoutingConfig", "cidr"),
    ("GeoProximityLocation", "geoproximity"),
)
_SIMPLE_FIELDS: Final = frozenset({"Name", "Type", "TTL", "ResourceRecords", "SetIdentifier"})
_PLAIN_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NAME_PARTS: Final = re.compile(r"\\(?P<octal>[0-3][0-7]{2})|(?P<plain>[!-~])", re.DOTALL)
_KEPT: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")
_MAX_LABEL: Final = 63
_MAX_WIRE_NAME: Final = 255
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_MAX_CHARACTER_STRING: Final = 255


class Refused(Exception):  # noqa: N818 - the service refuses; nothing went wrong here
    """A request that the service answers with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def is_reserved(name: str) -> bool:
    """Return whether no public zone may have a normalised name.

    [seen] aws-samples/sample-agentic-value-accelerator#126. The names are RFC 2606's of two labels,
    and all below them. CDK's own integration tests deploy public zones below `.test`.
    """
    return f".{name}".endswith((".example.com.", ".example.net.", ".example.org."))


class InvalidRdata(ValueError):  # noqa: N818 - named after the answer
    """A name or a value that does not parse; the text is the service's `FATAL problem`."""


# ---------------------------------------------------------------- names


def _problem(kind: str, text: str, value: str) -> InvalidRdata:
    return InvalidRdata(f"FATAL problem: {kind} ({text}) encountered with '{value}'")


def _octets(label: str, name: str) -> Iterator[int]:
    position = 0
    while position < len(label):
        part = _NAME_PARTS.match(label, position)
        if part is None or part.group() == "\\":
            # [names] space, control and non-ASCII characters need \ooo; [strict] a lone backslash
            kind = "UnsupportedCharacter"
            raise _problem(kind, "Value contains unsupported characters", name)
        position = part.end()
        yield int(part["octal"], 8) if part["octal"] else ord(part["plain"])


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    r"""Return the name as the service stores and returns it: `*.Example.com` → `\052.example.com.`.

    [names] Letters become lower case, also when written as escapes; everything but a-z, 0-9, -
    and _ comes back as a three-digit octal code; the trailing dot is optional on the way in and
    always there on the way out; a label has at most 63 octets, a name 255. [strict] The 255 are
    counted as RFC 1035 2.3.4 does, on the wire: 254 characters with the last dot.

    Raises:
        InvalidRdata: The name breaks one of these rules.
    """
    if _PLAIN_NAME.fullmatch(name) and len(name.rstrip(".")) + 2 <= _MAX_WIRE_NAME:
        return name if name.endswith(".") else name + "."
    labels: list[str] = []
    wire = 1
    for label in (name.removesuffix(".")).split("."):
        octets = bytes(_octets(label, name)).lower()
        if not octets:  # [seen] hashicorp/terraform#18482
            raise _problem("DomainLabelEmpty", "Domain label is empty", name)
        if len(octets) > _MAX_LABEL:  # [seen] kubernetes-sigs/external-dns#2839
            raise _problem("DomainLabelTooLong", "Domain label is too long", label)
        wire += len(octets) + 1
        labels.append("".join(chr(o) if o in _KEPT else f"\\{o:03o}" for o in octets))
    if wire > _MAX_WIRE_NAME:
        raise _problem("DomainNameTooLong", "Domain name is too long", name)
    return ".".join(labels) + "."


@lru_cache(maxsize=65536)
def sort_key(name: str) -> str:
    """Return what the service sorts a stored name by, such as `com.example.www.`."""
    return ".".join(reversed(name[:-1].split("."))) + "."


# ---------------------------------------------------------------- values


@lru_cache(maxsize=65536)
def canonical(record_type: str, value: str) -> str:
    """Return the value in one spelling, to find duplicates by.

    Raises:
        InvalidRdata: It is no value for this type.
    """
    if record_type == "A":  # [types] IPv4 in dotted decimal
        try:
            return str(ipaddress.IPv4Address(value))
        except ValueError:  # [seen] gomodules/dns#7
            kind = "ARRDATAIllegalIPv4Address"
            raise _problem(kind, "Value is not a valid IPv4 address", value) from None
    if record_type == "AAAA":
        try:
            if "%" not in value:  # a zone index is no part of an address in DNS
                return str(ipaddress.IPv6Address(value))
        except ValueError:
            pass
        kind = "AAAARRDATAIllegalIPv6Address"
        raise _problem(kind, "Value is not a valid IPv6 address", value)
    if record_type in {"CNAME", "PTR", "NS"}:  # [types] the same format as a domain name
        return normalise(value)
    if record_type in {"TXT", "SPF"}:
        _check_character_strings(value)
    return value


def _check_character_strings(value: str) -> None:
    """[types] One or more strings of at most 255 characters, each in double quotes."""
    rest = value.strip()
    while True:
        string = _QUOTED.match(rest)
        if string is None:  # [seen] kubernetes-sigs/external-dns#4792
            kind = "InvalidCharacterString"
            raise _problem(kind, "Value should be enclosed in quotation marks", value)
        if len(re.sub(r"\\([0-7]{3}|.)", ".", string[1])) > _MAX_CHARACTER_STRING:
            raise _problem("CharacterStringTooLong", "Value is too long", value)
        rest = rest[string.end() :].lstrip()
        if not rest:
            return


# ---------------------------------------------------------------- record sets


@dataclass(frozen=True, slots=True)
class RecordSet:
    """One record set as the zone holds it; `other` is its routing and alias fields as JSON."""

    name: str
    type: str
    identifier: str
    ttl: int | None
    values: tuple[str, ...]
    other: str = ""

    def same_as(self, current: RecordSet) -> bool:
        """[change] DELETE repeats what is there: in any order, [strict] letter by letter."""
        return (self.ttl, self.other, sorted(self.values)) == (
            current.ttl,
            current.other,
            sorted(current.values),
        )

    def routing(self) -> str:
        """The routing policy, in the words of the service's messages; empty for simple."""
        fields: dict[str, Any] = json.loads(self.other) if self.other else {}
        return next((word for field, word in _ROUTING if field in fields), "")

    def shape(self) -> dict[str, Any]:
        """As boto3 returns it."""
        shape: dict[str, Any] = {"Name": self.name, "Type": self.type}
        if self.identifier:
            shape["SetIdentifier"] = self.identifier
        if self.other:
            shape.update(json.loads(self.other))
        if self.ttl is not None:
            shape["TTL"] = self.ttl
            shape["ResourceRecords"] = [{"Value": value} for value in self.values]
        return shape

    def __str__(self) -> str:  # [seen] barnybug/cli53#317
        identifier = f", set-identifier='{self.identifier}'" if self.identifier else ""
        return f"resource record set [name='{self.name}', type='{self.type}'{identifier}]"


def record_set(shape: Mapping[str, Any], action: str = "CREATE") -> RecordSet:
    """Read a boto3 shape.

    Raises:
        Refused: InvalidInput for the wrong fields, InvalidChangeBatch for a name that is none.
    """
    kind, identifier = shape["Type"], shape.get("SetIdentifier", "")
    where = f"[Action={action}, Name={shape['Name']}, Type={kind}, "
    where += f"SetIdentifier={identifier or 'null'}]"
    if kind not in RECORD_TYPES:
        raise Refused("InvalidInput", f"Invalid request: unknown type in Change with {where}")
    ttl, records, alias = (shape.get(f) for f in ("TTL", "ResourceRecords", "AliasTarget"))
    found = [alias is not None, ttl is not None and records is not None]
    if sum(found) != 1 or (alias and (ttl is not None or records)):
        # [seen] hashicorp/terraform-provider-aws#42994
        message = "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
        message += f"TrafficPolicyInstanceId], but found {'more' if any(found) else 'none'} in "
        raise Refused("InvalidInput", f"Invalid request: {message}Change with {where}")
    if ttl is not None and ttl > MAX_TTL:
        raise Refused(
            "InvalidInput", f"Invalid request: TTL above {MAX_TTL} in Change with {where}"
        )
    if any(len(r["Value"]) > MAX_VALUE_LENGTH or not r["Value"] for r in records or ()):
        raise Refused("InvalidInput", f"Invalid request: Value length in Change with {where}")
    try:
        other = {field: shape[field] for field in shape.keys() - _SIMPLE_FIELDS}
        if alias:
            other["AliasTarget"] = {**alias, "DNSName": normalise(alias["DNSName"])}
        result = RecordSet(
            normalise(shape["Name"]),
            kind,
            identifier,
            ttl,
            tuple(r["Value"] for r in records or ()),
            json.dumps(other, sort_keys=True) if other else "",
        )
    except InvalidRdata as fault:  # [seen] a name's fault comes alone, without brackets
        raise Refused("InvalidChangeBatch", str(fault)) from None
    if bool(identifier) != bool(other and result.routing()):
        raise Refused("InvalidInput", f"Invalid request: Missing field in Change with {where}")
    return result


def value_faults(records: RecordSet) -> list[str]:
    """Every fault of the values by themselves."""
    faults: list[str] = []
    seen: set[str] = set()
    for value in records.values:
        try:
            spelling = canonical(records.type, value)
        except InvalidRdata as fault:
            faults.append(f"Invalid Resource Record: '{fault}'")
            continue
        if spelling in seen:  # [seen] external-dns#1929; [strict] another spelling counts too
            faults.append(f"Duplicate Resource Record: '{value}'")
        seen.add(spelling)
    if len(records.values) > MAX_VALUES_PER_RECORD_SET:  # [quotas]; [seen] rancher/rancher#10253
        faults.append(f"Cannot have more than {MAX_VALUES_PER_RECORD_SET} records in a RRSet.")
    if records.type == "CNAME" and len(records.values) > 1:  # [types] RFC 2181 10.1
        faults.append("Cannot have more than 1 records in a RRSet of type CNAME.")
    return faults


def failover_faults(records: RecordSet, action: str) -> list[str]:
    """A primary whose health nobody can tell. [seen] kubernetes-sigs/external-dns#2362."""
    fields = records.shape()
    if action == "DELETE" or fields.get("Failover") != "PRIMARY" or "AliasTarget" in fields:
        return []
    if fields.get("HealthCheckId"):
        return []
    return ["A non-alias primary ResourceRecordSet must have an associated health check."]


# ---------------------------------------------------------------- a zone's records


Change = tuple[str, RecordSet]


def refuse(faults: Sequence[str]) -> Refused:
    """Fold the faults into one error, listing five. [seen] kubernetes-sigs/external-dns#1015."""
    listed = list(faults[:_FAULTS_LISTED])
    if len(faults) > _FAULTS_LISTED:
        listed.append(f"... {len(faults) - _FAULTS_LISTED} more exception(s).")
    return Refused("InvalidChangeBatch", f"[{', '.join(listed)}]")


class ZoneRecords:
    """The record sets of one zone, changed by whole batches only."""

    def __init__(self, zone: str, zone_id: str) -> None:
        self.zone = zone
        self.zone_id = zone_id
        self.quota = MAX_RECORD_SETS_PER_ZONE
        self.protected: set[tuple[str, str]] = set()
        self._sets: dict[str, dict[tuple[str, str], RecordSet]] = {}
        self._order = SortedList()  # of (sort key, name): a page costs no more in a large zone

    def __iter__(self) -> Iterator[RecordSet]:
        return (records for at_name in self._sets.values() for records in at_name.values())

    def __len__(self) -> int:
        return sum(map(len, self._sets.values()))

    def copy(self) -> ZoneRecords:
        """Return an independent copy; the record sets themselves are shared, being immutable."""
        twin = ZoneRecords(self.zone, self.zone_id)
        twin.quota = self.quota
        twin.protected = set(self.protected)
        twin._sets = {name: dict(at_name) for name, at_name in self._sets.items()}
        twin._order = SortedList(self._order)
        return twin

    def at(self, name: str) -> list[RecordSet]:
        """Every record set at a stored name."""
        return list(self._sets.get(name, {}).values())

    def put(self, records: RecordSet) -> None:
        """Store, whatever the rules say."""
        if records.name not in self._sets:
            self._sets[records.name] = {}
            self._order.add((sort_key(records.name), records.name))
        self._sets[records.name][records.type, records.identifier] = records

    def drop(self, records: RecordSet) -> None:
        """Remove, whatever the rules say."""
        at_name = self._sets[records.name]
        del at_name[records.type, records.identifier]
        if not at_name:
            del self._sets[records.name]
            self._order.remove((sort_key(records.name), records.name))

    def listed(self, start: tuple[str, str, str], count: int) -> list[RecordSet]:
        """Return up to `count` in the service's order: reversed labels, type, identifier."""
        name, *rest = start
        first = sort_key(name) if name else ""
        found: list[RecordSet] = []
        for key, stored in self._order.irange((first, "")):
            at_name = sorted(self._sets[stored].items())
            found += [r for sub, r in at_name if key != first or sub >= tuple(rest)]
            if len(found) >= count:
                break
        return found[:count]

    def change(self, changes: Sequence[Change]) -> None:
        """Apply all of the batch, or none of it. [change] "either makes all or none".

        Raises:
            Refused: InvalidChangeBatch with the faults of every change.
        """
        self._check_size(changes)
        self._check_repeats(changes)
        undo: list[tuple[RecordSet, RecordSet | None]] = []
        faults: list[str] = []
        before = len(self)
        for action, records in changes:
            current = self._sets.get(records.name, {}).get((records.type, records.identifier))
            found = self._faults(action, records, current)
            faults += found
            if found:
                continue
            undo.append((records, current))
            if action == "DELETE":
                self.drop(records)
            else:
                self.put(records)
        faults += self._apex_faults() or self._quota_faults(before)
        if faults:
            for records, before in reversed(undo):
                if before is not None:
                    self.put(before)
                else:
                    self.drop(records)
            raise refuse(faults)

    def _check_size(self, changes: Sequence[Change]) -> None:
        """[quotas] 1,000 ResourceRecord elements and 32,000 characters; UPSERT counts twice."""
        records = characters = 0
        for action, change in changes:
            weight = 2 if action == "UPSERT" else 1
            records += weight * len(change.values)
            characters += weight * sum(map(len, change.values))
        faults = []
        if records > MAX_RECORDS_PER_CHANGE:  # [seen] kubernetes-sigs/external-dns#2537
            faults.append(f"Number of records limit of {MAX_RECORDS_PER_CHANGE} exceeded.")
        if characters > MAX_CHARACTERS_PER_CHANGE:  # [seen] kubernetes-sigs/external-dns#515
            faults.append(f"RDATA character limit of {MAX_CHARACTERS_PER_CHANGE} exceeded.")
        if faults:
            raise refuse(faults)

    def _check_repeats(self, changes: Sequence[Change]) -> None:
        """Refuse a record set named twice, but for DELETE followed by CREATE.

        [seen] barnybug/cli53#81 (twice created), kubernetes-sigs/external-dns#4241 (twice
        deleted), DNSControl/dnscontrol#3493 (CREATE before DELETE). These come without any other
        fault. [strict] UPSERT beside any other change of the same record set.
        """
        actions: dict[tuple[str, str, str], list[str]] = {}
        for action, r in changes:
            actions.setdefault((r.name, r.type, r.identifier), []).append(action)
        faults = [
            "The request contains an invalid set of changes for a resource record set "
            f"'{kind} {name}'"
            for (name, kind, _), done in actions.items()
            if len(done) > 1 and done != ["DELETE", "CREATE"]
        ]
        if faults:
            raise refuse(faults)

    def _faults(self, action: str, records: RecordSet, current: RecordSet | None) -> list[str]:
        faults = self._forbidden(action, records) or value_faults(records)
        faults = faults or failover_faults(records, action)
        if faults:
            return faults
        if action == "DELETE":
            return self._delete_faults(records, current)
        if action == "CREATE" and current is not None:  # [seen] kinvolk-archives/lokomotive-…#181
            return [f"Tried to create {records} but it already exists"]
        return self._neighbour_faults(records)

    def _forbidden(self, action: str, records: RecordSet) -> list[str]:
        name, kind = records.name, records.type
        if name != self.zone and not name.endswith("." + self.zone):  # [seen] getmoto/moto#916
            return [f"RRSet with DNS name {name} is not permitted in zone {self.zone}"]
        if (name, kind) in self.protected:  # [protect] create, update and delete; text not seen
            return [f"RRSet with DNS name {name}, type {kind} is protected in zone {self.zone}"]
        if kind == "CNAME" and name == self.zone and action != "DELETE":
            # [types]; [seen] cloudfoundry/bosh-bootloader#310
            text = f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone"
            return [f"{text} {name}"]
        return []

    @staticmethod
    def _delete_faults(records: RecordSet, current: RecordSet | None) -> list[str]:
        """[change] DELETE repeats what is there. [seen] kubernetes-sigs/external-dns#3203."""
        if current is None:
            return [f"Tried to delete {records} but it was not found"]
        if not records.same_as(current):
            text = "but the values provided do not match the current values"
            return [f"Tried to delete {records} {text}"]
        return []

    def _neighbour_faults(self, records: RecordSet) -> list[str]:
        """Judge against the zone as the changes before this one leave it: order matters.

        [seen] cookpad/roadworker#89 and octodns/octodns#507: the CNAME's CREATE before the
        other's DELETE is refused, even though the batch as a whole would be right.
        """
        name, kind = records.name, records.type
        others = [r for r in self.at(name) if (r.type, r.identifier) != (kind, records.identifier)]
        if kind == "CNAME" and any(r.type != "CNAME" for r in others):  # [seen] roadworker#89
            text = "is not permitted as it conflicts with other records with the same DNS name"
            return [f"RRSet of type CNAME with DNS name {name} {text} in zone {self.zone}"]
        if kind != "CNAME" and any(r.type == "CNAME" for r in others):  # [seen] boto/boto3#1475
            text = "is not permitted because a conflicting RRSet of type CNAME with the same DNS"
            text += f" name already exists in zone {self.zone}"
            return [f"RRSet of type {kind} with DNS name {name} {text}"]
        peers = [r for r in others if r.type == kind]
        who = f"RRSet with DNS name {name}, type {kind}"
        if peers and not records.identifier:  # [seen] chef-boneyard/route53#100
            return [f"{who} cannot be created as other RRSets exist with the same name and type."]
        policy = records.routing()
        who += f", SetIdentifier {records.identifier} cannot be created as"
        if any(r.routing() != policy for r in peers):  # [seen] kubernetes-sigs/external-dns#3141
            return [f"{who} a non-{policy} set exists with the same name and type."]
        if policy == "weighted" and any(r.ttl != records.ttl for r in peers):
            return [f"{who} weighted sets must contain the same TTL."]  # [seen] aws-sdk-go-v2#518
        role = records.shape().get("Failover")
        twice = policy == "failover" and any(r.shape()["Failover"] == role for r in peers)
        # [seen] boto/boto3#1347, in the console's words; [strict] these ones
        return [f"{who} a {role} set exists with the same name and type."] if twice else []

    def _quota_faults(self, before: int) -> list[str]:
        """[quotas] 10,000 record sets a zone, those of its apex included, unless AWS raises it.

        [seen] DNSControl/dnscontrol#908. [strict] What takes away as much as it adds is taken.
        """
        if len(self) <= max(self.quota, before):
            return []
        return [f"Exceeded limit MAX_RRSETS_BY_ZONE for zone: {self.zone_id}"]

    def _apex_faults(self) -> list[str]:
        """[change] The zone keeps its SOA and its NS. [seen] dnscontrol#4402, airbnb/zonify#1."""
        types = {kind for kind, _ in self._sets.get(self.zone, {})}
        faults = []
        if "SOA" not in types:
            faults.append("A HostedZone must contain exactly one SOA record.")
        if "NS" not in types:
            faults.append("A HostedZone must contain at least one NS record for the zone itself.")
        return faults
