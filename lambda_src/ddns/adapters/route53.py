"""Route 53: record sets and hosted zones."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ddns.adapters.aws import translated
from ddns.core.errors import PermanentError, UnavailableError, UsedReferenceError
from ddns.core.names import canonical, escaped
from ddns.core.records import Change, Observed, RecordSet, Zone

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.literals import VPCRegionType

# Most record sets in one answer of ListResourceRecordSets.
_PAGE = 300
_SMALL_PAGE = 10


class Route53RecordStore:
    """Record sets in hosted zones."""

    def __init__(self, client: Route53Client) -> None:
        """Take a client that does not retry by itself."""
        self._client = client

    def change(self, zone_id: str, changes: Sequence[Change]) -> None:
        """Send one change batch (ChangeResourceRecordSets)."""
        batch = [
            {
                "Action": change.action,
                "ResourceRecordSet": {
                    "Name": change.name + ".",
                    "Type": change.type,
                    "TTL": change.record_set.ttl,
                    "ResourceRecords": [{"Value": value} for value in change.record_set.values],
                },
            }
            for change in changes
        ]
        with translated():
            self._client.change_resource_record_sets(
                HostedZoneId=zone_id,
                ChangeBatch=cast("Any", {"Changes": batch}),
            )

    def read(
        self, zone_id: str, names: Collection[str], may_ask: Callable[[], bool] = lambda: True
    ) -> Mapping[str, Observed]:
        """Return the record sets of names (ListResourceRecordSets).

        Names are asked for in the zone's own order, so that one page serves all names it covers.
        The place of escaped names, such as wildcards, in that order is not documented. So if a page
        ends at one, the next page is read whatever it holds, and escaped names that no page has
        shown are asked for one by one.

        Raises:
            UnavailableError: before one of the requests ``may_ask`` said no.
        """
        found: dict[str, dict[str, RecordSet | None]] = {}
        wanted = sorted({n for n in names if n == escaped(n)}, key=_zone_order)
        size = _SMALL_PAGE if len(names) == 1 else _PAGE
        start: dict[str, str] = {}
        while wanted:
            start = start or {"StartRecordName": wanted[0] + "."}
            page = self._next_page(zone_id, size, start, may_ask)
            _add(found, page)
            if not page["IsTruncated"]:
                break
            following = canonical(page["NextRecordName"])
            start = _start_of(page)
            if following == escaped(following):
                wanted = [n for n in wanted if _zone_order(n) >= _zone_order(following)]
                start = start if wanted[:1] == [following] else {}
        for name in sorted(set(names) - found.keys()):
            if name != escaped(name):
                self._read_one(found, zone_id, name, may_ask)
        return {name: found[name] for name in found.keys() & set(names)}

    def _read_one(
        self,
        found: dict[str, dict[str, RecordSet | None]],
        zone_id: str,
        name: str,
        may_ask: Callable[[], bool],
    ) -> None:
        start = {"StartRecordName": name + "."}
        while start:
            page = self._next_page(zone_id, _SMALL_PAGE, start, may_ask)
            _add(found, page)
            more = page["IsTruncated"] and canonical(page["NextRecordName"]) == name
            start = _start_of(page) if more else {}

    def read_page(
        self, zone_id: str, start: Mapping[str, str]
    ) -> tuple[Mapping[str, Observed], Mapping[str, str] | None]:
        """Return a page of a zone, and where to go on (ListResourceRecordSets)."""
        found: dict[str, dict[str, RecordSet | None]] = {}
        page = self._page(zone_id, _PAGE, start)
        _add(found, page)
        return found, _start_of(page) if page["IsTruncated"] else None

    def _next_page(
        self, zone_id: str, size: int, start: Mapping[str, str], may_ask: Callable[[], bool]
    ) -> Mapping[str, Any]:
        if not may_ask():
            raise UnavailableError("there is no time left to ask Route 53")
        return self._page(zone_id, size, start)

    def _page(self, zone_id: str, size: int, start: Mapping[str, str]) -> Mapping[str, Any]:
        with translated():
            return self._client.list_resource_record_sets(
                HostedZoneId=zone_id, MaxItems=str(size), **cast("Any", start)
            )


def _add(found: dict[str, dict[str, RecordSet | None]], page: Mapping[str, Any]) -> None:
    for listed, kind, record_set in map(_parsed, page["ResourceRecordSets"]):
        found.setdefault(listed, {})[kind] = record_set


def _start_of(page: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments that go on in the middle of a name."""
    return {
        key.replace("Next", "Start"): page[key]
        for key in ("NextRecordName", "NextRecordType", "NextRecordIdentifier")
        if page.get(key)
    }


def _zone_order(name: str) -> str:
    """Return the key that Route 53 lists names by: labels reversed, each with its dot."""
    return ".".join(reversed(name.split("."))) + "."


def _parsed(listed: Mapping[str, Any]) -> tuple[str, str, RecordSet | None]:
    """Return name, type, and the record set where it is a simple one."""
    name, kind = canonical(listed["Name"]), listed["Type"]
    if "SetIdentifier" in listed or "ResourceRecords" not in listed or "TTL" not in listed:
        return name, kind, None
    values = sorted(record["Value"] for record in listed["ResourceRecords"])
    return name, kind, RecordSet(listed["TTL"], tuple(values))


class Route53ZoneRegistry:
    """Hosted zones of this account."""

    def __init__(self, client: Route53Client, region: str) -> None:
        """Take a client, and the Region that the VPCs are in."""
        self._client = client
        self._region = region

    def describe(self, zone_id: str) -> Zone:
        """Return name, visibility and VPCs of a zone (GetHostedZone)."""
        with translated():
            answer = self._client.get_hosted_zone(Id=zone_id)
        return _zone(answer["HostedZone"], answer.get("VPCs", ()))

    def associate(self, zone_id: str, vpc_id: str) -> None:
        """Associate a private zone with a VPC of this Region (AssociateVPCWithHostedZone)."""
        try:
            with translated():
                self._client.associate_vpc_with_hosted_zone(
                    HostedZoneId=zone_id,
                    VPC={"VPCId": vpc_id, "VPCRegion": cast("VPCRegionType", self._region)},
                )
        except PermanentError:
            # ConflictingDomainExists is the answer, too, where another worker was quicker.
            if vpc_id not in (self.describe(zone_id).vpcs or ()):
                raise

    def create_private(self, name: str, vpc_id: str, reference: str) -> Zone:
        """Create a private zone, or return the one that the reference made (CreateHostedZone).

        A caller reference never works again, also after its zone was deleted. Then the zone gets
        another one, which begins with it: so it is found again, whoever made it.
        """
        zone_id = self._create(name, vpc_id, reference)
        if zone_id is None:
            zone_id = self._create(name, vpc_id, reference, f"/{secrets.token_hex(8)}")
        if zone_id is None:
            raise UsedReferenceError(f"no new caller reference for {name}")
        return Zone(zone_id, name, private=True, vpcs=frozenset({vpc_id}), created=True)

    def _create(self, name: str, vpc_id: str, reference: str, suffix: str = "") -> str | None:
        """Create a zone, or find it; None where its reference is used up."""
        try:
            with translated():
                answer = self._client.create_hosted_zone(
                    Name=name,
                    CallerReference=reference + suffix,
                    VPC={"VPCId": vpc_id, "VPCRegion": cast("VPCRegionType", self._region)},
                )
        except PermanentError as err:
            for zone in self._named(name):
                found = zone["CallerReference"]
                if found == reference or found.startswith(f"{reference}/"):
                    return _bare(zone["Id"])
            if isinstance(err, UsedReferenceError):
                return None
            raise
        return _bare(answer["HostedZone"]["Id"])

    def _named(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the zones of a name (ListHostedZonesByName: DNSName is only where it starts)."""
        start: dict[str, str] = {"DNSName": name}
        while start:
            with translated():
                page = self._client.list_hosted_zones_by_name(**cast("Any", start))
            for zone in page["HostedZones"]:
                if canonical(zone["Name"]) != name:
                    return
                yield zone
            start = {}
            if page["IsTruncated"]:
                start = {"DNSName": page["NextDNSName"], "HostedZoneId": page["NextHostedZoneId"]}


def _bare(zone_id: str) -> str:
    return zone_id.rpartition("/")[2]


def _zone(zone: Mapping[str, Any], vpcs: Collection[Mapping[str, Any]]) -> Zone:
    return Zone(
        _bare(zone["Id"]),
        canonical(zone["Name"]),
        bool(zone.get("Config", {}).get("PrivateZone", False)),
        frozenset(vpc["VPCId"] for vpc in vpcs),
    )
