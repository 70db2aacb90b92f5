"""`FakeRoute53`: the strict stand-in for `boto3.client("route53")` that every test shares."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tests.fakes.route53_rules import (
    RECORD_TYPES,
    InvalidRdata,
    RecordSet,
    Refused,
    ZoneRecords,
    is_reserved,
    normalise,
    record_set,
    sort_key,
)
from tests.fakes.route53_wire import (
    ABSENT,
    API_NAMES,
    NO_FIELDS,
    Bucket,
    Failure,
    Quotas,
    check_batch,
    check_fields,
    check_strings,
    error_of,
    metadata,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_NAME_SERVERS: Final = (
    "ns-0.awsdns-00.com",
    "ns-512.awsdns-00.net",
    "ns-1024.awsdns-00.org",
    "ns-1536.awsdns-00.co.uk",
)
_RECORDS_PER_PAGE: Final = 300
_ZONES_PER_PAGE: Final = 100
_EPOCH: Final = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)


@dataclass
class _Zone:
    id: str
    name: str
    private: bool
    reference: str
    records: ZoneRecords
    vpcs: list[tuple[str, str]] = field(default_factory=list)
    comment: str | None = None

    def shape(self) -> dict[str, Any]:
        config: dict[str, Any] = {"PrivateZone": self.private}
        if self.comment is not None:
            config["Comment"] = self.comment
        return {
            "Id": f"/hostedzone/{self.id}",
            "Name": self.name,
            "CallerReference": self.reference,
            "Config": config,
            "ResourceRecordSetCount": len(self.records),
        }


class FakeRoute53:
    """Route 53 as a boto3 client sees it, in memory, refusing whatever the service refuses.

    The rules and where each comes from are in `route53_rules`. Here, from the API Reference:

    * GetHostedZone, ListHostedZonesByName and the other reads answer in the service's shapes;
      names with octal escapes, in lower case, with the trailing dot.
    * ListResourceRecordSets: a type without a name is InvalidInput; 300 record sets a page.
    * ListHostedZonesByName: the name is where to start, not a filter; 100 zones a page.
    * CreateHostedZone: a caller reference serves once (HostedZoneAlreadyExists, 409); a private
      zone's name once per VPC (ConflictingDomainExists).
    * AssociateVPCWithHostedZone: PublicZoneVPCAssociation, ConflictingDomainExists, the latter
      also for the zone that has the VPC already (saltstack/salt#47480).

    * GetChange: PENDING until `propagate` says that every name server has the change; NoSuchChange.
    * GetHealthCheck, GetHealthCheckStatus: NoSuchHealthCheck; a calculated health check has no
      status. ChangeResourceRecordSets: NoSuchHealthCheck for an id that nobody has.

    What botocore refuses before it sends anything is refused the same way: an empty list of
    changes or an integer `MaxItems` raises ParamValidationError and is no request.

    The fake stands where the client stands: an error leaves it after botocore's own retries, and
    `requests` counts calls of the client.

    Args:
        clock: Seconds. If given, requests spend the documented token buckets (account 50, refill
            10 per second; each action the same or less) and are throttled. Default: no quota.
        changes: Capacity and refill a second of a second bucket, of record changes. Developer
            Guide, "Throttling API requests": since 30 July 2026 changes have a limit of their
            own, beside that of requests; its size is not published. [strict] A batch takes a
            token for each of its changes, and one that is larger than the bucket never passes.
            It needs a clock. Default: no such limit.
        on_call: Called with (operation, "before" | "after") around every request; may raise, as
            a crash at that moment. "after" comes when the service is done, applied or refused.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] | None = None,
        changes: tuple[float, float] | None = None,
        on_call: Callable[[str, str], None] | None = None,
    ) -> None:
        self.on_call = on_call
        self.requests: Counter[str] = Counter()
        self._quotas = None if clock is None else Quotas(clock)
        self._changes = Bucket(changes, clock) if clock and changes else None
        self._failures: dict[str, list[Failure]] = {}
        self._zones: dict[str, _Zone] = {}
        self._references: set[str] = set()
        self._pending: dict[str, bool] = {}
        self._health_checks: dict[str, dict[str, Any]] = {}
        self._observed: dict[str, list[str]] = {}
        self._serial = 0

    # ------------------------------------------------------------ for tests, outside the rules

    @property
    def total_requests(self) -> int:
        """All requests, throttled and refused ones included."""
        return self.requests.total()

    def add_zone(
        self,
        name: str,
        *,
        private: bool = False,
        vpcs: Iterable[str | tuple[str, str]] = (),
        zone_id: str | None = None,
    ) -> str:
        """Add a zone with its SOA and NS and return its id, without the `/hostedzone/`.

        VPCs are ids in us-east-1 or (region, id); with one the zone is private.
        """
        pairs = [("us-east-1", vpc) if isinstance(vpc, str) else vpc for vpc in vpcs]
        zone_id = zone_id or f"Z{self._next():013d}"
        zone = _Zone(
            id=zone_id,
            name=normalise(name),
            private=private or bool(pairs),
            reference=f"reference-{zone_id}",
            records=ZoneRecords(normalise(name), zone_id),
            vpcs=pairs,
        )
        first, mail = _NAME_SERVERS[0], "awsdns-hostmaster.amazon.com"
        soa = f"{first}. {mail}. 1 7200 900 1209600 86400"
        name_servers = tuple(f"{server}." for server in _NAME_SERVERS)
        zone.records.put(RecordSet(zone.name, "SOA", "", 900, (soa,)))
        zone.records.put(RecordSet(zone.name, "NS", "", 172800, name_servers))
        self._zones[zone_id] = zone
        return zone_id

    def put_foreign(
        self,
        zone_id: str,
        name: str,
        record_type: str,
        values: Iterable[str],
        ttl: int = 300,
        **fields: object,
    ) -> None:
        """Put a record set as another party would, unjudged and uncounted.

        `fields` are boto3's, such as SetIdentifier and Weight; AliasTarget leaves TTL and values.
        """
        shape: dict[str, Any] = {"Name": name, "Type": record_type, **fields}
        if "AliasTarget" not in fields:
            shape |= {"TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]}
        self._zones[_bare(zone_id)].records.put(record_set(shape))

    def remove_foreign(self, zone_id: str, name: str, record_type: str) -> None:
        """Remove every record set of this name and type by hand, unjudged and uncounted."""
        records = self._zones[_bare(zone_id)].records
        for found in [r for r in records.at(normalise(name)) if r.type == record_type]:
            records.drop(found)

    def remove_zone(self, zone_id: str) -> None:
        """Delete a zone by hand, uncounted.

        The caller reference that made it stays used up for ever: CreateHostedZone answers
        HostedZoneAlreadyExists, also after the deletion [seen] Netflix/denominator#356,
        saltstack/salt#40655.
        """
        del self._zones[_bare(zone_id)]

    def propagate(self) -> None:
        """Let every name server have all changes that were accepted until now."""
        self._pending = dict.fromkeys(self._pending, False)

    def add_health_check(self, health_check: str, *observed: str, **config: object) -> None:
        """Add a health check, or put another in its place.

        Args:
            health_check: Its id.
            observed: What each checker reports, such as `Success: HTTP Status Code 200, OK`.
            config: Its HealthCheckConfig.
        """
        self._health_checks[health_check] = config
        self._observed[health_check] = list(observed)

    def protect(self, zone_id: str, name: str, record_type: str) -> None:
        """CreateResourceRecordSetProtections: no change of this name and type from now on."""
        self._zones[_bare(zone_id)].records.protected.add((normalise(name), record_type))

    def set_quota(self, zone_id: str, record_sets: int) -> None:
        """Let a zone take this many record sets, those of its apex included."""
        self._zones[_bare(zone_id)].records.quota = record_sets

    def records(
        self, zone_id: str, name: str | None = None
    ) -> dict[tuple[str, str], tuple[int, frozenset[str]]]:
        """Return {(name as stored, type): (TTL, values)} without the apex SOA and NS.

        Record sets with identifiers come as one; an alias has TTL 0 and its target as value.
        """
        zone = self._zones[_bare(zone_id)]
        wanted: Iterable[RecordSet] = zone.records
        if name is not None:
            wanted = zone.records.at(normalise(name))
        result: dict[tuple[str, str], tuple[int, frozenset[str]]] = {}
        for r in wanted:
            if r.name == zone.name and r.type in {"SOA", "NS"}:
                continue
            values = frozenset(r.values)
            if r.ttl is None:
                values = frozenset({r.shape()["AliasTarget"]["DNSName"]})
            _, before = result.get((r.name, r.type), (0, frozenset[str]()))
            result[r.name, r.type] = (r.ttl or 0, before | values)
        return result

    def snapshot(self) -> dict[str, _Zone]:
        """Return the zones as they are, for `restore`; record sets are shared, so it is cheap."""
        return {
            zone.id: replace(zone, records=zone.records.copy(), vpcs=list(zone.vpcs))
            for zone in self._zones.values()
        }

    def restore(self, snapshot: Mapping[str, _Zone]) -> None:
        """Go back to a snapshot, which stays good for another time."""
        self._zones = dict(snapshot)
        self._zones = self.snapshot()

    def fail_next(
        self,
        operation: str,
        code: str,
        times: int = 1,
        *,
        status: int | None = None,
        applied: bool = False,
        message: str | None = None,
    ) -> None:
        """Let the next requests of this operation fail; failures queue up behind each other.

        Args:
            operation: The client's method, such as `change_resource_record_sets`.
            code: An error code, such as Throttling, PriorRequestNotComplete or InternalFailure;
                or ConnectTimeoutError, ReadTimeoutError, EndpointConnectionError of botocore.
            times: How many requests.
            status: The HTTP status. Default: the service model's, 500 for InternalFailure.
            applied: The request is carried out and only its answer is lost. Default: it is not.
            message: Default: the service's own words where they are known.
        """
        if operation not in API_NAMES:
            raise ValueError(f"no operation {operation!r}: one of {', '.join(API_NAMES)}")
        failure = Failure(operation, code, message, status, applied)
        self._failures.setdefault(operation, []).extend([failure] * times)

    # ------------------------------------------------------------ the client's operations

    def fail_no_more(self) -> None:
        """Forget the failures that have not come yet."""
        self._failures.clear()

    def change_resource_record_sets(
        self, *, HostedZoneId: str, ChangeBatch: Mapping[str, Any]
    ) -> dict[str, Any]:
        """ChangeResourceRecordSets."""
        check_strings(HostedZoneId=HostedZoneId)
        check_batch(ChangeBatch)
        with self._request("change_resource_record_sets"):
            zone = self._zone(HostedZoneId)
            changes = []
            for change in ChangeBatch["Changes"]:
                action = change["Action"]
                if action not in {"CREATE", "DELETE", "UPSERT"}:
                    raise Refused("InvalidInput", f"Invalid request: unknown action {action!r}")
                shape = change["ResourceRecordSet"]
                changes.append((action, record_set(shape, action)))
                if action != "DELETE" and "HealthCheckId" in shape:
                    self._health_check(shape["HealthCheckId"])
            if self._changes is not None and not self._changes.holds(len(changes)):
                raise Refused("Throttling", "Rate exceeded")
            zone.records.change(changes)
            if self._changes is not None:
                self._changes.take(len(changes))
            answer = {"ChangeInfo": self._change_info(ChangeBatch.get("Comment"))}
        return _ok(answer)

    def list_resource_record_sets(
        self,
        *,
        HostedZoneId: str,
        StartRecordName: str = ABSENT,
        StartRecordType: str = ABSENT,
        StartRecordIdentifier: str = ABSENT,
        MaxItems: str = str(_RECORDS_PER_PAGE),
    ) -> dict[str, Any]:
        """ListResourceRecordSets."""
        check_strings(HostedZoneId=HostedZoneId, StartRecordName=StartRecordName)
        check_strings(StartRecordType=StartRecordType, MaxItems=MaxItems)
        check_strings(StartRecordIdentifier=StartRecordIdentifier)
        with self._request("list_resource_record_sets"):
            zone = self._zone(HostedZoneId)
            if StartRecordType is not ABSENT and StartRecordName is ABSENT:
                raise Refused("InvalidInput", "The input is not valid: type without name")
            if StartRecordIdentifier is not ABSENT and StartRecordType is ABSENT:
                raise Refused("InvalidInput", "The input is not valid: identifier without type")
            if StartRecordType is not ABSENT and StartRecordType not in RECORD_TYPES:
                raise Refused("InvalidInput", f"The input is not valid: type {StartRecordType}")
            count = _page_size(MaxItems, _RECORDS_PER_PAGE)
            name = "" if StartRecordName is ABSENT else _input_name(StartRecordName)
            kind = "" if StartRecordType is ABSENT else StartRecordType
            identifier = "" if StartRecordIdentifier is ABSENT else StartRecordIdentifier
            page = zone.records.listed((name, kind, identifier), count + 1)
            answer: dict[str, Any] = {"IsTruncated": len(page) > count, "MaxItems": str(count)}
            if len(page) > count:
                following = page.pop()
                answer |= {"NextRecordName": following.name, "NextRecordType": following.type}
                if following.identifier:
                    answer["NextRecordIdentifier"] = following.identifier
            answer["ResourceRecordSets"] = [r.shape() for r in page]
        return _ok(answer)

    def get_hosted_zone(self, *, Id: str) -> dict[str, Any]:
        """GetHostedZone."""
        check_strings(Id=Id)
        with self._request("get_hosted_zone"):
            answer = self._describe(self._zone(Id))
        return _ok(answer)

    def create_hosted_zone(
        self,
        *,
        Name: str,
        CallerReference: str,
        VPC: Mapping[str, str] = NO_FIELDS,
        HostedZoneConfig: Mapping[str, Any] = NO_FIELDS,
    ) -> dict[str, Any]:
        """CreateHostedZone."""
        check_strings(Name=Name, CallerReference=CallerReference)
        check_fields(VPC=VPC, HostedZoneConfig=HostedZoneConfig)
        with self._request("create_hosted_zone"):
            try:
                name = normalise(Name)
            except InvalidRdata as fault:
                raise Refused("InvalidDomainName", str(fault)) from None
            if not VPC and name.count(".") == 1:  # "can't create … for a top-level domain"
                raise Refused("InvalidDomainName", f"{name} is a top-level domain")
            if not VPC and is_reserved(name):
                raise Refused("InvalidDomainName", f"{name.removesuffix('.')} is reserved by AWS!")
            if not VPC and HostedZoneConfig.get("PrivateZone"):
                raise Refused("InvalidInput", "A private hosted zone needs a VPC")
            if CallerReference in self._references:  # [seen] saltstack/salt#40655
                text = "A hosted zone has already been created with the specified caller reference."
                raise Refused("HostedZoneAlreadyExists", text)
            vpcs = [_vpc(VPC)] if VPC else []
            other = self._same_name(name, vpcs[0]) if vpcs else None
            if other is not None:  # [seen] confluentinc/terraform-provider-confluent#395
                text = f"The VPC {vpcs[0][1]} in region {vpcs[0][0]} has already been associated"
                text += f" with the hosted zone {other.id} with the same domain name."
                raise Refused("ConflictingDomainExists", text)
            zone = self._zones[self.add_zone(name, vpcs=vpcs)]
            zone.reference, zone.comment = CallerReference, HostedZoneConfig.get("Comment")
            self._references.add(CallerReference)
            answer = self._describe(zone) | {"ChangeInfo": self._change_info(None)}
            answer["Location"] = f"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.id}"
            if answer.pop("VPCs", None):
                answer["VPC"] = {"VPCRegion": vpcs[0][0], "VPCId": vpcs[0][1]}
        return _ok(answer, 201)

    def get_change(self, *, Id: str) -> dict[str, Any]:
        """GetChange."""
        check_strings(Id=Id)
        with self._request("get_change"):
            if _bare(Id) not in self._pending:
                raise Refused("NoSuchChange", f"A change with id {_bare(Id)} was not found.")
            status = "PENDING" if self._pending[_bare(Id)] else "INSYNC"
            info = {"Id": f"/change/{_bare(Id)}", "Status": status, "SubmittedAt": _EPOCH}
            answer = {"ChangeInfo": info}
        return _ok(answer)

    def get_health_check(self, *, HealthCheckId: str) -> dict[str, Any]:
        """GetHealthCheck."""
        check_strings(HealthCheckId=HealthCheckId)
        with self._request("get_health_check"):
            config = dict(self._health_check(HealthCheckId))
            found = {"Id": HealthCheckId, "HealthCheckConfig": config, "HealthCheckVersion": 1}
            answer = {"HealthCheck": found}
        return _ok(answer)

    def get_health_check_status(self, *, HealthCheckId: str) -> dict[str, Any]:
        """GetHealthCheckStatus."""
        check_strings(HealthCheckId=HealthCheckId)
        with self._request("get_health_check_status"):
            if self._health_check(HealthCheckId).get("Type") == "CALCULATED":
                raise Refused("InvalidInput", "A calculated health check has no status")
            observed = [
                {"StatusReport": {"Status": status, "CheckedTime": _EPOCH}}
                for status in self._observed[HealthCheckId]
            ]
            answer = {"HealthCheckObservations": observed}
        return _ok(answer)

    def list_hosted_zones_by_name(
        self,
        *,
        DNSName: str = ABSENT,
        HostedZoneId: str = ABSENT,
        MaxItems: str = str(_ZONES_PER_PAGE),
    ) -> dict[str, Any]:
        """ListHostedZonesByName."""
        check_strings(DNSName=DNSName, HostedZoneId=HostedZoneId, MaxItems=MaxItems)
        with self._request("list_hosted_zones_by_name"):
            if HostedZoneId is not ABSENT and DNSName is ABSENT:
                raise Refused("InvalidInput", "The input is not valid: zone id without name")
            count = _page_size(MaxItems, _ZONES_PER_PAGE)
            zones = sorted(self._zones.values(), key=lambda zone: (sort_key(zone.name), zone.id))
            answer: dict[str, Any] = {"MaxItems": str(count)}
            if DNSName is not ABSENT:
                start = (
                    sort_key(_input_name(DNSName)),
                    "" if HostedZoneId is ABSENT else _bare(HostedZoneId),
                )
                zones = [zone for zone in zones if (sort_key(zone.name), zone.id) >= start]
                answer["DNSName"] = _input_name(DNSName)
            if HostedZoneId is not ABSENT:
                answer["HostedZoneId"] = _bare(HostedZoneId)
            answer["IsTruncated"] = len(zones) > count
            if len(zones) > count:
                answer["NextDNSName"] = zones[count].name
                answer["NextHostedZoneId"] = zones[count].id
            answer["HostedZones"] = [zone.shape() for zone in zones[:count]]
        return _ok(answer)

    def associate_vpc_with_hosted_zone(
        self, *, HostedZoneId: str, VPC: Mapping[str, str], Comment: str = ABSENT
    ) -> dict[str, Any]:
        """AssociateVPCWithHostedZone."""
        check_strings(HostedZoneId=HostedZoneId, Comment=Comment)
        check_fields(VPC=VPC)
        with self._request("associate_vpc_with_hosted_zone"):
            zone, vpc = self._zone(HostedZoneId), _vpc(VPC)
            if not zone.private:  # [seen] crossplane-contrib/provider-upjet-aws#456
                text = f"Attempting to associate public zone: {zone.id} with vpc: {vpc[1]}"
                raise Refused("PublicZoneVPCAssociation", text)
            if self._same_name(zone.name, vpc) is not None:
                # [seen] infrablocks/terraform-aws-base-networking#4
                text = f"The VPC that you chose, {vpc[1]} in region {vpc[0]}, is already associated"
                text += " with another private hosted zone that has an overlapping name space,"
                raise Refused("ConflictingDomainExists", f"{text} {zone.name}.")
            zone.vpcs.append(vpc)
            answer = {"ChangeInfo": self._change_info(None if Comment is ABSENT else Comment)}
        return _ok(answer)

    # ------------------------------------------------------------ inside

    @contextmanager
    def _request(self, operation: str) -> Iterator[None]:
        if self.on_call is not None:
            self.on_call(operation, "before")
        self.requests[operation] += 1
        error: Exception | None = None
        if self._quotas is not None and not self._quotas.spend(operation):
            error = error_of(operation, "Throttling")
        else:
            failure = self._next_failure(operation)
            if failure is None or failure.applied:
                try:
                    yield
                except Refused as refused:
                    error = error_of(operation, refused.code, refused.message)
            if failure is not None:
                error = failure.error()
        if self.on_call is not None:
            self.on_call(operation, "after")
        if error is not None:
            raise error

    def _next_failure(self, operation: str) -> Failure | None:
        queue = self._failures.get(operation)
        return queue.pop(0) if queue else None

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def _zone(self, zone_id: str) -> _Zone:
        zone = self._zones.get(_bare(zone_id))
        if zone is None:
            raise Refused("NoSuchHostedZone", f"No hosted zone found with ID: {_bare(zone_id)}")
        return zone

    def _health_check(self, health_check: str) -> Mapping[str, Any]:
        if health_check not in self._health_checks:
            text = f"No health check exists with the specified ID: {health_check}"
            raise Refused("NoSuchHealthCheck", text)
        return self._health_checks[health_check]

    def _same_name(self, name: str, vpc: tuple[str, str]) -> _Zone | None:
        zones = self._zones.values()
        return next((zone for zone in zones if zone.name == name and vpc in zone.vpcs), None)

    @staticmethod
    def _describe(zone: _Zone) -> dict[str, Any]:
        answer: dict[str, Any] = {"HostedZone": zone.shape()}
        if zone.private:
            answer["VPCs"] = [{"VPCRegion": region, "VPCId": vpc} for region, vpc in zone.vpcs]
        else:
            answer["DelegationSet"] = {"NameServers": list(_NAME_SERVERS)}
        return answer

    def _change_info(self, comment: str | None) -> dict[str, Any]:
        change = f"C{self._next():013d}"
        self._pending[change] = True
        info = {"Id": f"/change/{change}", "Status": "PENDING", "SubmittedAt": _EPOCH}
        return info if comment is None else {**info, "Comment": comment}


def _bare(resource_id: str) -> str:
    """As botocore does: `/hostedzone/Z1` and `Z1` are the same."""
    return resource_id.rsplit("/", maxsplit=1)[-1]


def _input_name(name: str) -> str:
    try:
        return normalise(name)
    except InvalidRdata as fault:  # [seen] sorah/acmesmith#65
        raise Refused("InvalidInput", str(fault)) from None


def _page_size(max_items: str, limit: int) -> int:
    if not max_items.isdecimal() or int(max_items) < 1:
        raise Refused("InvalidInput", f"The input is not valid: maxitems {max_items!r}")
    return min(int(max_items), limit)


def _vpc(shape: Mapping[str, str]) -> tuple[str, str]:
    if not shape.get("VPCId") or not shape.get("VPCRegion"):
        raise Refused("InvalidVPCId", "The VPC ID and its Region are required")
    return shape["VPCRegion"], shape["VPCId"]


def _ok(answer: dict[str, Any], status: int = 200) -> dict[str, Any]:
    return {"ResponseMetadata": metadata(status), **answer}
