"""Record sets and hosted zones, the same tests on the strict fake and on moto.

A test whose docstring begins with `Lax` has the fake alone: moto does not do there what the service
does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from ddns.adapters.route53 import Route53RecordStore, Route53ZoneRegistry
from ddns.core.errors import (
    BusyZoneError,
    NoSuchZoneError,
    PermanentError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    ZoneFullError,
)
from ddns.core.records import Change, RecordSet
from tests.fakes import FakeRoute53

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns.adapters.aws import Clients
    from tests.handlers.account import Wire

CHANGE, LIST = "change_resource_record_sets", "list_resource_record_sets"
REGION = "us-east-1"
_API = {
    CHANGE: "ChangeResourceRecordSets",
    LIST: "ListResourceRecordSets",
    "get_hosted_zone": "GetHostedZone",
    "create_hosted_zone": "CreateHostedZone",
    "list_hosted_zones_by_name": "ListHostedZonesByName",
    "associate_vpc_with_hosted_zone": "AssociateVPCWithHostedZone",
}


class OnFake:
    """Route 53 as the fake has it."""

    def __init__(self) -> None:
        self.client: Any = FakeRoute53()

    def add_zone(self, name: str, vpc_id: str | None = None) -> str:
        zone_id: str = self.client.add_zone(name, vpcs=[vpc_id] if vpc_id else [])
        return zone_id

    def requests(self, operation: str) -> int:
        count: int = self.client.requests[operation]
        return count

    def fail(self, operation: str, code: str, status: int) -> None:
        self.client.fail_next(operation, code, status=status)

    def lose(self, operation: str, error: type[Exception]) -> None:
        self.client.fail_next(operation, error.__name__, applied=True)


class OnMoto:
    """Route 53 as moto has it, by way of the runtime's own client, retries and XML included."""

    def __init__(self, clients: Clients, wire: Wire) -> None:
        self.client: Any = clients.route53
        self._wire = wire

    def add_zone(self, name: str, vpc_id: str | None = None) -> str:
        arguments: dict[str, Any] = {"Name": name, "CallerReference": f"{name} {vpc_id}"}
        if vpc_id:
            arguments["VPC"] = {"VPCId": vpc_id, "VPCRegion": REGION}
            arguments["HostedZoneConfig"] = {"PrivateZone": True}
        zone_id: str = self.client.create_hosted_zone(**arguments)["HostedZone"]["Id"]
        return zone_id.rpartition("/")[2]

    def requests(self, operation: str) -> int:
        return self._wire.count()[_API[operation]]

    def fail(self, operation: str, code: str, status: int) -> None:
        self._wire.fail_next(_API[operation], code, status)

    def lose(self, operation: str, error: type[Any]) -> None:
        self._wire.lose_next(_API[operation], error(endpoint_url="https://route53.amazonaws.com"))


Service = OnFake | OnMoto


@pytest.fixture(params=("fake", "moto"))
def service(request: pytest.FixtureRequest) -> Service:
    """Route 53, once as the fake and once as moto has it."""
    if request.param == "fake":
        return OnFake()
    return OnMoto(request.getfixturevalue("clients"), request.getfixturevalue("wire"))


@pytest.fixture
def fake() -> OnFake:
    """Route 53 as only the fake has it."""
    return OnFake()


@pytest.fixture
def zone(service: Service) -> str:
    """An empty public zone."""
    return service.add_zone("example.com")


@pytest.fixture
def store(service: Service) -> Route53RecordStore:
    """What is under test."""
    return Route53RecordStore(service.client)


@pytest.fixture
def registry(service: Service) -> Route53ZoneRegistry:
    """What is under test, for zones themselves."""
    return Route53ZoneRegistry(service.client, REGION)


def create(name: str, *values: str, kind: str = "A", ttl: int = 60) -> Change:
    return Change("CREATE", name, kind, RecordSet(ttl, values))


def delete(name: str, *values: str, kind: str = "A", ttl: int = 60) -> Change:
    return Change("DELETE", name, kind, RecordSet(ttl, values))


def put(service: Service, zone: str, *record_sets: dict[str, Any]) -> None:
    """Write record sets as another party would, in batches that any service takes."""
    changes = [{"Action": "CREATE", "ResourceRecordSet": each} for each in record_sets]
    for start in range(0, len(changes), 500):
        service.client.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": changes[start : start + 500]}
        )


def address(name: str, value: str = "192.0.2.1", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
    return {
        "Name": name,
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": value}],
        **fields,
    }


def read_all(store: Route53RecordStore, zone: str) -> dict[str, dict[str, RecordSet | None]]:
    """Read a zone page by page."""
    found: dict[str, dict[str, RecordSet | None]] = {}
    start: Mapping[str, str] | None = {}
    while start is not None:
        page, start = store.read_page(zone, start)
        for name, kinds in page.items():
            found.setdefault(name, {}).update(kinds)
    return found


class TestChange:
    def test_what_was_created_is_read_back_as_it_was_written(
        self, store: Route53RecordStore, zone: str
    ) -> None:
        changes = [
            create("a.example.com", "10.0.0.1", "10.0.0.2"),
            create("a.example.com", "2001:db8::1", kind="AAAA"),
            create("b.example.com", "a.example.com.", kind="CNAME", ttl=300),
        ]
        store.change(zone, changes)
        assert store.read(zone, ["a.example.com", "b.example.com"]) == {
            "a.example.com": {
                "A": RecordSet(60, ("10.0.0.1", "10.0.0.2")),
                "AAAA": RecordSet(60, ("2001:db8::1",)),
            },
            "b.example.com": {"CNAME": RecordSet(300, ("a.example.com.",))},
        }

    def test_a_delete_and_a_create_of_one_name_replace_it(
        self, store: Route53RecordStore, zone: str
    ) -> None:
        store.change(zone, [create("a.example.com", "10.0.0.1")])
        store.change(
            zone,
            [
                delete("a.example.com", "10.0.0.1"),
                create("a.example.com", "b.example.com.", kind="CNAME", ttl=5),
            ],
        )
        assert store.read(zone, ["a.example.com"]) == {
            "a.example.com": {"CNAME": RecordSet(5, ("b.example.com.",))}
        }
        store.change(zone, [delete("a.example.com", "b.example.com.", kind="CNAME", ttl=5)])
        assert store.read(zone, ["a.example.com"]) == {}

    @pytest.mark.parametrize(
        "stale",
        (
            delete("a.example.com", "10.0.0.9"),
            delete("a.example.com", "10.0.0.1", ttl=61),
            delete("gone.example.com", "10.0.0.1"),
        ),
    )
    def test_a_delete_of_what_is_not_there_is_rejected_and_nothing_of_its_batch_is_done(
        self, store: Route53RecordStore, zone: str, stale: Change
    ) -> None:
        store.change(zone, [create("a.example.com", "10.0.0.1")])
        with pytest.raises(RejectedError):
            store.change(zone, [create("b.example.com", "10.0.0.2"), stale])
        assert read_all(store, zone).keys() == {"example.com", "a.example.com"}

    def test_a_create_of_what_is_there_is_rejected(
        self, store: Route53RecordStore, zone: str
    ) -> None:
        change = create("a.example.com", "10.0.0.1")
        store.change(zone, [change])
        with pytest.raises(RejectedError, match="already exists"):
            store.change(zone, [change])

    @pytest.mark.parametrize(
        "change",
        (
            create("a.example.com", "10.0.0.2"),
            create("a.example.com", "b.example.com.", kind="CNAME"),
            create("a.example.org", "10.0.0.1"),
            create("c.example.com", "10.0.0.256"),
        ),
    )
    def test_what_the_service_refuses_is_rejected(self, fake: OnFake, change: Change) -> None:
        """Lax: moto overwrites, has no CNAME rule and reads no value."""
        zone, store = fake.add_zone("example.com"), Route53RecordStore(fake.client)
        store.change(zone, [create("a.example.com", "10.0.0.1")])
        before = fake.client.records(zone)
        with pytest.raises(RejectedError):
            store.change(zone, [create("b.example.com", "10.0.0.2"), change])
        assert fake.client.records(zone) == before


class TestRead:
    def test_nothing_is_read_for_no_names(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        assert store.read(zone, []) == {}
        assert service.requests(LIST) == 0

    def test_names_without_record_sets_are_missing_and_their_neighbours_are_not_told(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        put(service, zone, *(address(f"{label}.example.com") for label in "bdf"))
        assert store.read(zone, ["a.example.com"]) == {}
        assert store.read(zone, ["g.example.com"]) == {}
        found = store.read(zone, [f"{label}.example.com" for label in "abcde"])
        assert found.keys() == {"b.example.com", "d.example.com"}

    def test_one_page_serves_all_names_that_it_covers(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        names = [f"h{number:03}.example.com" for number in range(250)]
        put(service, zone, *map(address, names))
        assert store.read(zone, names[::-1]).keys() == set(names)
        assert service.requests(LIST) == 1

    def test_of_a_zone_of_many_pages_only_those_with_wanted_names_are_read(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        names = [f"h{number:04}.example.com" for number in range(1500)]
        put(service, zone, *map(address, names))
        wanted = [names[3], names[299], "h0700x.example.com", names[701], names[1499]]
        assert store.read(zone, wanted).keys() == set(wanted) - {"h0700x.example.com"}
        assert service.requests(LIST) == 3

    def test_names_on_both_sides_of_a_page_break_are_read(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        names = [f"h{number:04}.example.com" for number in range(700)]
        put(service, zone, *map(address, names))
        assert store.read(zone, names).keys() == set(names)

    def test_the_types_of_one_name_on_both_sides_of_a_page_break_are_read(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        names = [f"h{number:04}.example.com" for number in range(400)]
        six = [
            {**address(name), "Type": "AAAA", "ResourceRecords": [{"Value": "2001:db8::1"}]}
            for name in names
        ]
        put(service, zone, address("a.example.com"), *map(address, names), *six)
        found = store.read(zone, ["a.example.com", *names])
        assert [name for name in names if found[name].keys() != {"A", "AAAA"}] == []

    def test_names_below_names_are_told_apart(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        names = ["a.example.com", "b.a.example.com", "c.b.a.example.com", "b.example.com"]
        put(service, zone, *map(address, names))
        for name in names:
            assert store.read(zone, [name]).keys() == {name}
        assert store.read(zone, names).keys() == set(names)

    def test_the_apex_is_read_like_any_name(self, store: Route53RecordStore, zone: str) -> None:
        assert store.read(zone, ["example.com"])["example.com"].keys() == {"NS", "SOA"}

    def test_capitals_and_octal_escapes_are_the_same_name(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        put(service, zone, address("*.example.com"), address("\\052.b.example.com"))
        found = read_all(store, zone)
        assert found.keys() == {"example.com", "*.example.com", "*.b.example.com"}
        assert store.read(zone, ["*.example.com"]).keys() == {"*.example.com"}

    def test_an_alias_is_there_and_is_none_of_ours(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        target = {
            "HostedZoneId": "Z35SXDOTRQ7X7K",
            "DNSName": "lb.us-east-1.elb.amazonaws.com.",
            "EvaluateTargetHealth": False,
        }
        put(service, zone, {"Name": "a.example.com", "Type": "A", "AliasTarget": target})
        assert store.read(zone, ["a.example.com"]) == {"a.example.com": {"A": None}}

    def test_a_weighted_record_set_is_there_and_is_none_of_ours(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        put(
            service,
            zone,
            *(
                address("a.example.com", f"10.0.0.{n}", SetIdentifier=f"{n}", Weight=n)
                for n in (1, 2)
            ),
        )
        assert store.read(zone, ["a.example.com"]) == {"a.example.com": {"A": None}}
        assert read_all(store, zone)["a.example.com"] == {"A": None}

    def test_a_hyphen_sorts_before_the_dot_that_ends_a_label(self, fake: OnFake) -> None:
        """Lax: moto sorts without the last dot, `a` before `a-b`.

        API Reference, ListResourceRecordSets: names sort with labels reversed, and "note the
        trailing dot, which can change the sort order" beside characters that come before it.
        """
        zone, store = fake.add_zone("example.com"), Route53RecordStore(fake.client)
        names = [
            name
            for number in range(200)
            for name in (
                f"h{number:03}.example.com",
                f"h{number:03}-b.example.com",
                f"x.h{number:03}.example.com",
            )
        ]
        put(fake, zone, *map(address, names))
        assert store.read(zone, names).keys() == set(names)
        for wanted in (names[0:2], names[1:3], names[298:302], [names[1], names[597]]):
            assert store.read(zone, wanted).keys() == set(wanted)

    def test_more_weighted_record_sets_than_a_page_has_do_not_hide_what_follows(
        self, fake: OnFake
    ) -> None:
        """Lax: moto does not know StartRecordIdentifier."""
        zone, store = fake.add_zone("example.com"), Route53RecordStore(fake.client)
        weighted = [address("a.example.com", SetIdentifier=f"{n:03}", Weight=1) for n in range(35)]
        text = {**address("a.example.com"), "Type": "TXT", "ResourceRecords": [{"Value": '"x"'}]}
        put(fake, zone, *weighted, text)
        assert store.read(zone, ["a.example.com"]) == {
            "a.example.com": {"A": None, "TXT": RecordSet(60, ('"x"',))}
        }
        assert fake.requests(LIST) == 4

    def test_a_page_that_ends_before_a_wildcard_leads_on(self, fake: OnFake) -> None:
        r"""Lax: moto keeps names as they came, the service has `\052` for `*`."""
        zone, store = fake.add_zone("example.com"), Route53RecordStore(fake.client)
        first = [f"0{number:03}.example.com" for number in range(300)]
        put(fake, zone, *map(address, (*first, "*.example.com", "z.example.com")))
        fake.client.on_call = _at_most(10)
        wanted = [first[0], first[299], "z.example.com"]
        assert store.read(zone, wanted).keys() == set(wanted)


def _at_most(count: int) -> Callable[[str, str], None]:
    """Return an observer that ends what would go on forever."""
    seen: list[str] = []

    def observe(operation: str, moment: str) -> None:
        if moment == "before":
            seen.append(operation)
        assert len(seen) <= count, "it reads the same page again and again"

    return observe


class TestPages:
    def test_all_pages_are_read(
        self, service: Service, store: Route53RecordStore, zone: str
    ) -> None:
        names = [f"h{number:04}.example.com" for number in range(700)]
        put(service, zone, *map(address, names))
        found = read_all(store, zone)
        assert found.keys() == {"example.com", *names}
        assert found[names[-1]] == {"A": RecordSet(60, ("192.0.2.1",))}
        assert service.requests(LIST) == 3

    def test_a_page_may_end_within_a_weighted_name(self, fake: OnFake) -> None:
        """Lax: moto does not know StartRecordIdentifier."""
        zone, store = fake.add_zone("example.com"), Route53RecordStore(fake.client)
        first = [address(f"a{number:03}.example.com") for number in range(290)]
        weighted = [address("b.example.com", SetIdentifier=f"{n:03}", Weight=1) for n in range(50)]
        put(fake, zone, *first, *weighted, address("c.example.com"))
        found = read_all(store, zone)
        assert len(found) == 293
        assert found["b.example.com"] == {"A": None}
        assert fake.requests(LIST) == 2


class Fault(NamedTuple):
    """An error of the service, and what it is to us."""

    code: str
    status: int
    error: type[Exception]


FAULTS = (
    Fault("Throttling", 400, ThrottledError),
    Fault("PriorRequestNotComplete", 400, BusyZoneError),
    Fault("InternalFailure", 500, UnavailableError),
    Fault("ServiceUnavailable", 503, UnavailableError),
    Fault("AccessDenied", 403, PermanentError),
    Fault("NoSuchHostedZone", 404, NoSuchZoneError),
    Fault("InvalidChangeBatch", 400, RejectedError),
)


class TestErrors:
    @pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.code)
    def test_an_error_of_a_change_is_ours_after_one_request(
        self,
        service: Service,
        store: Route53RecordStore,
        zone: str,
        fault: Fault,
    ) -> None:
        service.fail(CHANGE, fault.code, fault.status)
        with pytest.raises(fault.error, match=fault.code) as caught:
            store.change(zone, [create("a.example.com", "10.0.0.1")])
        assert type(caught.value) is fault.error
        assert caught.value.__cause__ is not None
        # A retry within the client would hide that an earlier attempt may have worked.
        assert store.read(zone, ["a.example.com"]) == {}

    def test_a_zone_without_room_is_an_error_of_its_own(self, fake: OnFake) -> None:
        """Lax: moto's zones are never full."""
        zone, store = fake.add_zone("example.com"), Route53RecordStore(fake.client)
        fake.client.set_quota(zone, 2)
        with pytest.raises(ZoneFullError, match="MAX_RRSETS_BY_ZONE"):
            store.change(zone, [create("a.example.com", "10.0.0.1")])

    @pytest.mark.parametrize("error", (ReadTimeoutError, ConnectTimeoutError))
    def test_after_a_change_without_an_answer_nobody_knows(
        self, service: Service, store: Route53RecordStore, zone: str, error: type[Exception]
    ) -> None:
        service.lose(CHANGE, error)
        with pytest.raises(UnavailableError):
            store.change(zone, [create("a.example.com", "10.0.0.1")])
        assert store.read(zone, ["a.example.com"]).keys() == {"a.example.com"}

    @pytest.mark.parametrize("status", (200, 502))
    def test_after_an_answer_that_is_none_nobody_knows(
        self, clients: Clients, wire: Wire, status: int
    ) -> None:
        """The fake has no wire: something between the service and us may answer in its place."""
        wire.answer_next("ChangeResourceRecordSets", status, b"<html><body>Bad Gateway")
        with pytest.raises(UnavailableError):
            Route53RecordStore(clients.route53).change("Z1", [create("a.example.com", "10.0.0.1")])

    @pytest.mark.parametrize("fault", FAULTS[:-1], ids=lambda each: each.code)
    def test_an_error_of_a_read_is_ours(
        self,
        service: Service,
        store: Route53RecordStore,
        zone: str,
        fault: Fault,
    ) -> None:
        for read in (lambda: store.read(zone, ["a.example.com"]), lambda: read_all(store, zone)):
            service.fail(LIST, fault.code, fault.status)
            with pytest.raises(fault.error, match=fault.code):
                read()

    def test_a_zone_that_is_not_there_is_told_for_what_it_is(
        self, store: Route53RecordStore, registry: Route53ZoneRegistry
    ) -> None:
        gone = "Z0GONE"
        for use in (
            lambda: store.change(gone, [create("a.example.com", "10.0.0.1")]),
            lambda: store.read(gone, ["a.example.com"]),
            lambda: read_all(store, gone),
            lambda: registry.describe(gone),
        ):
            with pytest.raises(NoSuchZoneError, match="No hosted zone found"):
                use()


class TestZones:
    def test_a_public_zone_has_no_vpcs(self, registry: Route53ZoneRegistry, zone: str) -> None:
        found = registry.describe(zone)
        assert (found.id, found.name, found.private, found.vpcs) == (
            zone,
            "example.com",
            False,
            frozenset(),
        )

    def test_a_private_zone_is_told_with_all_its_vpcs(
        self, service: Service, registry: Route53ZoneRegistry
    ) -> None:
        private = service.add_zone("example.internal", "vpc-1")
        registry.associate(private, "vpc-2")
        found = registry.describe(private)
        assert (found.name, found.private, found.vpcs) == (
            "example.internal",
            True,
            {"vpc-1", "vpc-2"},
        )

    def test_a_public_zone_cannot_be_associated(
        self, registry: Route53ZoneRegistry, zone: str
    ) -> None:
        with pytest.raises(PermanentError, match="PublicZoneVPCAssociation"):
            registry.associate(zone, "vpc-1")

    def test_to_associate_again_is_no_error(self, fake: OnFake) -> None:
        """Lax: moto associates twice."""
        registry = Route53ZoneRegistry(fake.client, REGION)
        private = fake.add_zone("example.internal", "vpc-1")
        registry.associate(private, "vpc-1")
        assert registry.describe(private).vpcs == {"vpc-1"}
        with pytest.raises(NoSuchZoneError):
            registry.associate("Z0GONE", "vpc-1")

    def test_a_vpc_that_has_another_zone_of_the_name_is_an_error(self, fake: OnFake) -> None:
        """Lax: moto knows no ConflictingDomainExists for VPCs."""
        registry = Route53ZoneRegistry(fake.client, REGION)
        fake.add_zone("example.internal", "vpc-1")
        other = fake.add_zone("example.internal", "vpc-2")
        with pytest.raises(PermanentError, match="ConflictingDomainExists"):
            registry.associate(other, "vpc-1")

    def test_a_created_zone_is_told_as_it_is(self, registry: Route53ZoneRegistry) -> None:
        made = registry.create_private("1.0.10.in-addr.arpa", "vpc-1", "reference")
        assert (made.name, made.private, made.vpcs) == ("1.0.10.in-addr.arpa", True, {"vpc-1"})
        assert made.created
        assert registry.describe(made.id).name == "1.0.10.in-addr.arpa"

    def test_a_zone_is_created_private_once_for_each_reference(self, fake: OnFake) -> None:
        """Lax: moto makes it public unless HostedZoneConfig says otherwise, and each time anew."""
        registry = Route53ZoneRegistry(fake.client, REGION)
        name = "1.0.10.in-addr.arpa"
        made = registry.create_private(name, "vpc-1", "one")
        assert registry.describe(made.id)._replace(created=True) == made
        other = registry.create_private(name, "vpc-2", "two")
        assert other.id != made.id
        assert registry.create_private(name, "vpc-1", "one") == made
        assert registry.create_private(name, "vpc-2", "two") == other

    def test_the_zone_of_a_reference_is_found_among_many_of_its_name(self, fake: OnFake) -> None:
        """Lax: moto answers without pages, and only zones of that very name."""
        registry = Route53ZoneRegistry(fake.client, REGION)
        name = "1.0.10.in-addr.arpa"
        made = [registry.create_private(name, f"vpc-{n}", f"reference {n}") for n in range(120)]
        registry.create_private(f"2.{name}", "vpc-1", "of another name")
        again = [registry.create_private(name, f"vpc-{n}", f"reference {n}") for n in range(120)]
        assert again == made

    def test_a_name_that_the_vpc_has_by_other_hands_is_an_error(self, fake: OnFake) -> None:
        """Lax: moto knows no ConflictingDomainExists for VPCs."""
        registry = Route53ZoneRegistry(fake.client, REGION)
        fake.add_zone("1.0.10.in-addr.arpa", "vpc-1")
        with pytest.raises(PermanentError, match="ConflictingDomainExists"):
            registry.create_private("1.0.10.in-addr.arpa", "vpc-1", "reference")

    @pytest.mark.parametrize("fault", FAULTS[:5], ids=lambda each: each.code)
    def test_an_error_is_ours(
        self,
        service: Service,
        registry: Route53ZoneRegistry,
        zone: str,
        fault: Fault,
    ) -> None:
        for operation, use in (
            ("get_hosted_zone", lambda: registry.describe(zone)),
            ("associate_vpc_with_hosted_zone", lambda: registry.associate(zone, "vpc-1")),
        ):
            service.fail(operation, fault.code, fault.status)
            with pytest.raises(fault.error, match=fault.code):
                use()

    @pytest.mark.parametrize("fault", FAULTS[:5], ids=lambda each: each.code)
    def test_an_error_of_a_creation_is_ours(self, fake: OnFake, fault: Fault) -> None:
        """Lax: moto lists zones by name without the IsTruncated that the service always gives."""
        registry = Route53ZoneRegistry(fake.client, REGION)
        fake.fail("create_hosted_zone", fault.code, fault.status)
        with pytest.raises(fault.error, match=fault.code):
            registry.create_private("1.0.10.in-addr.arpa", "vpc-1", "reference")
