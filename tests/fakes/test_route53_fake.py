"""The fake against the documented rules, and against moto wherever moto knows them.

moto 5.2 is laxer in everything under `TestWhereMotoIsLaxer` and in the tests below it, which
take the fake alone: names (case, escapes, lengths, empty labels), values (addresses, TXT,
duplicates, counts, 32,000 characters), TTL, CNAME beside others and at the apex, weighted beside
simple, a record set twice in a batch, CREATE of what exists with other values, caller
references, one name twice on a VPC, paging of zones, PENDING. It is merely different where a
DELETE does not match or takes the apex NS or SOA: InvalidInput, and the order of values counts.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from tests.fakes import FakeRoute53
from tests.fakes.route53_rules import InvalidRdata, canonical, normalise, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Client = Any  # the fake or boto3's own, which only stubs can name
CHANGE = "change_resource_record_sets"


def records(
    name: str, kind: str, *values: str, ttl: int | None = 60, **more: object
) -> dict[str, Any]:
    shape: dict[str, Any] = {"Name": name, "Type": kind, **more}
    if ttl is not None:
        shape["TTL"] = ttl
    if values:
        shape["ResourceRecords"] = [{"Value": value} for value in values]
    return shape


def create(
    name: str, kind: str, *values: str, ttl: int | None = 60, **more: object
) -> dict[str, Any]:
    return {"Action": "CREATE", "ResourceRecordSet": records(name, kind, *values, ttl=ttl, **more)}


def delete(
    name: str, kind: str, *values: str, ttl: int | None = 60, **more: object
) -> dict[str, Any]:
    return {"Action": "DELETE", "ResourceRecordSet": records(name, kind, *values, ttl=ttl, **more)}


def upsert(
    name: str, kind: str, *values: str, ttl: int | None = 60, **more: object
) -> dict[str, Any]:
    return {"Action": "UPSERT", "ResourceRecordSet": records(name, kind, *values, ttl=ttl, **more)}


def send(client: Client, zone: str, *changes: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": list(changes)}
    )
    return answer


def refusal(call: Callable[[], object]) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    error, meta = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return error["Code"], error["Message"], meta["HTTPStatusCode"]


def refused(client: Client, zone: str, *changes: dict[str, Any]) -> str:
    code, message, status = refusal(lambda: send(client, zone, *changes))
    assert (code, status) == ("InvalidChangeBatch", 400)
    return message


def listing(client: Client, zone: str) -> dict[tuple[str, str], tuple[int, list[str]]]:
    found = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {
        (r["Name"], r["Type"]): (r["TTL"], sorted(v["Value"] for v in r["ResourceRecords"]))
        for r in found
        if r["Type"] not in {"NS", "SOA"}
    }


@pytest.fixture(params=("fake", "moto"))
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    if request.param == "fake":
        yield FakeRoute53()
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("route53", region_name="us-east-1")


@pytest.fixture
def zone(client: Client) -> str:
    if isinstance(client, FakeRoute53):  # the service makes no public zone of that name
        return f"/hostedzone/{client.add_zone('example.com')}"
    created = client.create_hosted_zone(Name="example.com", CallerReference="one")
    return str(created["HostedZone"]["Id"])


@pytest.fixture
def fake() -> FakeRoute53:
    return FakeRoute53()


@pytest.fixture
def own(fake: FakeRoute53) -> str:
    return fake.add_zone("example.com")


class TestOnFakeAndMotoAlike:
    def test_a_new_zone_has_its_soa_and_its_name_servers(self, client: Client, zone: str) -> None:
        found = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        assert [(r["Name"], r["Type"]) for r in found] == [
            ("example.com.", "NS"),
            ("example.com.", "SOA"),
        ]
        described = client.get_hosted_zone(Id=zone)["HostedZone"]
        assert described["Name"] == "example.com."
        assert described["ResourceRecordSetCount"] == 2
        assert described["Config"]["PrivateZone"] is False

    def test_create_upsert_delete(self, client: Client, zone: str) -> None:
        send(client, zone, create("a.example.com", "A", "10.0.0.1"))
        send(client, zone, upsert("a.example.com", "A", "10.0.0.2", "10.0.0.3", ttl=30))
        send(client, zone, upsert("b.example.com.", "AAAA", "2001:db8::1"))
        assert listing(client, zone) == {
            ("a.example.com.", "A"): (30, ["10.0.0.2", "10.0.0.3"]),
            ("b.example.com.", "AAAA"): (60, ["2001:db8::1"]),
        }
        send(client, zone, delete("a.example.com", "A", "10.0.0.2", "10.0.0.3", ttl=30))
        assert list(listing(client, zone)) == [("b.example.com.", "AAAA")]

    def test_delete_then_create_replaces_in_one_batch(self, client: Client, zone: str) -> None:
        send(client, zone, create("a.example.com", "A", "10.0.0.1"))
        send(
            client,
            zone,
            delete("a.example.com", "A", "10.0.0.1"),
            create("a.example.com", "A", "10.0.0.2"),
        )
        assert listing(client, zone) == {("a.example.com.", "A"): (60, ["10.0.0.2"])}

    def test_create_of_what_exists_is_refused(self, client: Client, zone: str) -> None:
        send(client, zone, create("a.example.com", "A", "10.0.0.1"))
        message = refused(client, zone, create("a.example.com", "A", "10.0.0.1"))
        text = (
            "Tried to create resource record set [name='a.example.com.', type='A'] but it already"
        )
        assert f"{text} exists" in message

    def test_a_refused_batch_changes_nothing(self, client: Client, zone: str) -> None:
        send(client, zone, create("a.example.com", "A", "10.0.0.1"))
        before = listing(client, zone)
        changes = (
            create("b.example.com", "A", "10.0.0.2"),
            create("a.example.com", "A", "10.0.0.1"),
            create("c.example.com", "A", "10.0.0.3"),
        )
        refused(client, zone, *changes)
        assert listing(client, zone) == before

    def test_a_name_outside_the_zone_is_refused(self, client: Client, zone: str) -> None:
        message = refused(client, zone, create("a.example.org", "A", "10.0.0.1"))
        assert "RRSet with DNS name a.example.org" in message
        assert "is not permitted in zone example.com" in message

    def test_an_unknown_zone_is_404(self, client: Client) -> None:
        answer = refusal(lambda: send(client, "ZUNKNOWN", create("a.b", "A", "10.0.0.1")))
        assert answer == ("NoSuchHostedZone", "No hosted zone found with ID: ZUNKNOWN", 404)
        assert refusal(lambda: client.get_hosted_zone(Id="ZUNKNOWN"))[0] == "NoSuchHostedZone"
        listed = refusal(lambda: client.list_resource_record_sets(HostedZoneId="ZUNKNOWN"))
        assert listed[0] == "NoSuchHostedZone"

    @pytest.mark.parametrize("kind", ("CREATE", "UPSERT"))
    def test_a_thousand_records_a_request_and_upsert_counts_twice(
        self, client: Client, zone: str, kind: str
    ) -> None:
        most = 1000 if kind == "CREATE" else 500
        changes = [create(f"h{n}.example.com", "A", "10.0.0.1") for n in range(most + 1)]
        for change in changes:
            change["Action"] = kind
        assert "Number of records limit of 1000 exceeded." in refused(client, zone, *changes)
        send(client, zone, *changes[:most])

    def test_listing_starts_at_a_name_and_a_type(self, client: Client, zone: str) -> None:
        for name in ("b", "a.b", "c"):
            send(client, zone, create(f"{name}.example.com", "A", "10.0.0.1"))
        send(client, zone, create("b.example.com", "AAAA", "::1"))

        def names(**start: str) -> list[tuple[str, str]]:
            found = client.list_resource_record_sets(HostedZoneId=zone, **start)
            return [
                (r["Name"].split(".example")[0], r["Type"]) for r in found["ResourceRecordSets"]
            ]

        assert names(StartRecordName="b.example.com") == [
            ("b", "A"),
            ("b", "AAAA"),
            ("a.b", "A"),
            ("c", "A"),
        ]
        start = {"StartRecordName": "b.example.com", "StartRecordType": "AAAA"}
        assert names(**start) == [("b", "AAAA"), ("a.b", "A"), ("c", "A")]

    def test_listing_by_pages_sees_every_record_set_once(self, client: Client, zone: str) -> None:
        changes = [create(f"h{n}.example.com", "A", "10.0.0.1") for n in range(5)]
        send(client, zone, *changes, create("h3.example.com", "AAAA", "::1"))
        seen: list[tuple[str, str]] = []
        start: dict[str, str] = {}
        while True:
            page = client.list_resource_record_sets(HostedZoneId=zone, MaxItems="2", **start)
            assert len(page["ResourceRecordSets"]) <= 2
            seen += [(r["Name"], r["Type"]) for r in page["ResourceRecordSets"]]
            if not page["IsTruncated"]:
                break
            names = ("Name", "Type")
            start = {f"StartRecord{n}": page[f"NextRecord{n}"] for n in names}
        assert len(seen) == len(set(seen)) == 8

    def test_a_page_has_at_most_300(self, client: Client, zone: str) -> None:
        send(client, zone, *[create(f"h{n}.example.com", "A", "10.0.0.1") for n in range(301)])
        page = client.list_resource_record_sets(HostedZoneId=zone)
        assert len(page["ResourceRecordSets"]) == 300
        assert page["IsTruncated"] is True

    def test_a_type_without_a_name_is_invalid(self, client: Client, zone: str) -> None:
        code, _, status = refusal(
            lambda: client.list_resource_record_sets(HostedZoneId=zone, StartRecordType="A")
        )
        assert (code, status) == ("InvalidInput", 400)

    def test_a_public_zone_takes_no_vpc(self, client: Client, zone: str) -> None:
        vpc = {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}
        code, _, status = refusal(
            lambda: client.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=vpc)
        )
        assert (code, status) == ("PublicZoneVPCAssociation", 400)

    def test_a_private_zone_takes_vpcs(self, client: Client) -> None:
        vpcs = [{"VPCRegion": "us-east-1", "VPCId": f"vpc-{n}"} for n in range(2)]
        created = client.create_hosted_zone(
            Name="corp.internal",
            CallerReference="private",
            VPC=vpcs[0],
            HostedZoneConfig={"PrivateZone": True, "Comment": "inside"},
        )
        zone = created["HostedZone"]["Id"]
        client.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=vpcs[1])
        described = client.get_hosted_zone(Id=zone)
        assert described["HostedZone"]["Config"] == {"PrivateZone": True, "Comment": "inside"}
        assert described["VPCs"] == vpcs

    def test_zones_by_name_start_at_the_reversed_labels(self, client: Client) -> None:
        for name in ("b.example.test", "other.test", "a.example.test", "example.test"):
            client.create_hosted_zone(Name=name, CallerReference=name)
        zones = client.list_hosted_zones_by_name()["HostedZones"]
        order = ["example.test.", "a.example.test.", "b.example.test.", "other.test."]
        assert [zone["Name"] for zone in zones] == order

    @pytest.mark.parametrize(
        "changes",
        (
            pytest.param([], id="none"),
            pytest.param([create("a.example.com", "A", "10.0.0.1", ttl=-1)], id="negative TTL"),
            pytest.param([create("a.example.com", "A", "10.0.0.1", TTl=1)], id="unknown field"),
            pytest.param([create("a.example.com", "A", ResourceRecords=[])], id="no values"),
            pytest.param([{"Action": "CREATE"}], id="no record set"),
        ),
    )
    def test_botocore_refuses_before_anything_is_sent(
        self, client: Client, zone: str, changes: list[dict[str, Any]]
    ) -> None:
        with pytest.raises(ParamValidationError):
            send(client, zone, *changes)

    @pytest.mark.parametrize(
        "batch",
        (
            {"Changes": [create("a.example.com", "A", "10.0.0.1")], "Note": "x"},
            {"Changes": [create("a.example.com", "A", ResourceRecords=[{"Value": 1}])]},
            {"Changes": [create("a.example.com", "A", ResourceRecords=[{"value": "1.1.1.1"}])]},
            {"Changes": [create("a.example.com", "A", "10.0.0.1", ttl=None, TTL="60")]},
            {},
            None,
        ),
    )
    def test_botocore_refuses_a_batch_of_another_shape(
        self, client: Client, zone: str, batch: object
    ) -> None:
        with pytest.raises(ParamValidationError):
            client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    def test_botocore_takes_text_only_where_the_model_says_so(
        self, client: Client, zone: str
    ) -> None:
        for arguments in ({"MaxItems": 1}, {"StartRecordName": None}, {"StartRecordType": None}):
            with pytest.raises(ParamValidationError):
                client.list_resource_record_sets(HostedZoneId=zone, **arguments)

    def test_a_zone_id_goes_with_or_without_prefix(self, client: Client, zone: str) -> None:
        bare = zone.removeprefix("/hostedzone/")
        assert send(client, bare, create("a.example.com", "A", "10.0.0.1"))["ChangeInfo"]["Id"]


LONG = "x" * 63
ALIAS = {"HostedZoneId": "Z2", "DNSName": "Lb.Example.org", "EvaluateTargetHealth": False}
ILLEGAL = "is not a valid IPv4 address"


class TestWhereMotoIsLaxer:
    """moto accepts these; only the fake runs, so that its strictness stays."""

    @pytest.mark.parametrize(
        ("change", "reason"),
        (
            (create("a.example.com", "A", "1.1.1.999"), ILLEGAL),
            (create("a.example.com", "A", "010.0.0.1"), ILLEGAL),
            (create("a.example.com", "A", " 10.0.0.1"), ILLEGAL),
            (create("a.example.com", "A", "2001:db8::1"), ILLEGAL),
            (create("a.example.com", "AAAA", "10.0.0.1"), "is not a valid IPv6 address"),
            (create("a.example.com", "AAAA", "fe80::1%eth0"), "is not a valid IPv6 address"),
            (create("a.example.com", "A", "10.0.0.1", "10.0.0.1"), "Duplicate Resource Record"),
            (create("a.example.com", "AAAA", "::1", "0::1"), "Duplicate Resource Record: '0::1'"),
            (create("a.example.com", "PTR", "b.org", "B.org."), "Duplicate Resource Record"),
            (create("a.example.com", "CNAME", "b.org", "c.org"), "Cannot have more than 1 records"),
            (create("a.example.com", "CNAME", "b..org"), "DomainLabelEmpty"),
            (create("a.example.com", "PTR", "b org"), "UnsupportedCharacter"),
            (create("a.example.com", "TXT", "unquoted"), "should be enclosed in quotation marks"),
            (create("a.example.com", "TXT", '"open'), "should be enclosed in quotation marks"),
            (create("a.example.com", "TXT", f'"{"x" * 256}"'), "CharacterStringTooLong"),
            (create(f"{LONG}x.example.com", "A", "10.0.0.1"), "DomainLabelTooLong"),
            (create("a..example.com", "A", "10.0.0.1"), "DomainLabelEmpty"),
            (create(".".join([LONG] * 4) + ".example.com", "A", "10.0.0.1"), "DomainNameTooLong"),
            (create(r"\999.example.com", "A", "10.0.0.1"), "UnsupportedCharacter"),
            (create("a b.example.com", "A", "10.0.0.1"), "UnsupportedCharacter"),
            (create("ä.example.com", "A", "10.0.0.1"), "UnsupportedCharacter"),
            (create("example.com", "CNAME", "b.org"), "not permitted at apex in zone example.com."),
            (create("xexample.com", "A", "10.0.0.1"), "not permitted in zone example.com."),
            (
                create("a.example.com", "A", *[f"10.0.{n // 256}.{n % 256}" for n in range(401)]),
                "Cannot have more than 400 records in a RRSet",
            ),
        ),
    )
    def test_one_bad_change(
        self, fake: FakeRoute53, own: str, change: dict[str, Any], reason: str
    ) -> None:
        assert reason in refused(fake, own, change)
        assert fake.records(own) == {}

    @pytest.mark.parametrize(
        "change",
        (
            pytest.param(create("a.example.com", "A", "10.0.0.1", ttl=None), id="no TTL"),
            pytest.param(create("a.example.com", "A", "10.0.0.1", ttl=2**31), id="TTL too long"),
            pytest.param(create("a.example.com", "A"), id="no values"),
            pytest.param(create("a.example.com", "A", "10.0.0.1", AliasTarget=ALIAS), id="both"),
            pytest.param(create("a.example.com", "X", "10.0.0.1"), id="unknown type"),
            pytest.param(create("a.example.com", "A", "10.0.0.1", Weight=1), id="no identifier"),
            pytest.param(
                create("a.example.com", "A", "1.1.1.1", SetIdentifier="x"), id="no policy"
            ),
            pytest.param(create("a.example.com", "TXT", f'"{"x" * 4000}"'), id="value too long"),
            pytest.param({**create("a.example.com", "A", "1.1.1.1"), "Action": "SET"}, id="action"),
        ),
    )
    def test_a_change_of_the_wrong_shape_is_invalid_input(
        self, fake: FakeRoute53, own: str, change: dict[str, Any]
    ) -> None:
        code, _, status = refusal(lambda: send(fake, own, change))
        assert (code, status) == ("InvalidInput", 400)

    @pytest.mark.parametrize("ttl", (0, 2**31 - 1))
    def test_the_ends_of_the_ttl_are_in(self, fake: FakeRoute53, own: str, ttl: int) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1", ttl=ttl))
        assert fake.records(own)["a.example.com.", "A"][0] == ttl

    def test_what_is_legal_though_odd(self, fake: FakeRoute53, own: str) -> None:
        long_name = ".".join(["x" * 60] * 3 + ["y" * 57]) + ".example.com"  # 253 characters
        send(
            fake,
            own,
            create("_sip._tcp.example.com", "TXT", '"a \\"quoted\\" word" "and \\303 more"'),
            create("ptr.example.com", "PTR", "b.org", "c.org."),
            create("cname.example.com", "CNAME", "*.b.org"),
            create("1.2.example.com", "A", *[f"10.0.{n // 256}.{n % 256}" for n in range(400)]),
            create(long_name, "A", "10.0.0.1"),
            create("example.com", "A", "10.0.0.1"),
        )
        assert len(fake.records(own)) == 6

    @pytest.mark.parametrize(
        ("change", "fault"),
        (
            (delete("b.example.com", "A", "10.0.0.1"), "but it was not found"),
            (delete("a.example.com", "AAAA", "::1"), "but it was not found"),
            (delete("a.example.com", "A", "10.0.0.2"), "do not match the current values"),
            (delete("a.example.com", "A", "10.0.0.1", ttl=61), "do not match the current values"),
            (delete("a.example.com", "A", "10.0.0.1", "1.1.1.1"), "do not match the current"),
        ),
    )
    def test_delete_must_repeat_what_is_there(
        self, fake: FakeRoute53, own: str, change: dict[str, Any], fault: str
    ) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        message = refused(fake, own, change)
        assert message.startswith("[Tried to delete resource record set [name='")
        assert fault in message

    def test_create_is_refused_whatever_the_values(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        message = refused(fake, own, create("a.example.com", "A", "10.0.0.2", ttl=61))
        assert "it already exists" in message
        assert fake.records(own) == {("a.example.com.", "A"): (60, frozenset({"10.0.0.1"}))}

    def test_delete_takes_the_values_in_any_order(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1", "10.0.0.2"))
        send(fake, own, delete("a.example.com", "A", "10.0.0.2", "10.0.0.1"))
        assert fake.records(own) == {}

    @pytest.mark.parametrize("kind", ("CREATE", "UPSERT"))
    def test_32000_characters_a_request_and_upsert_counts_twice(
        self, fake: FakeRoute53, own: str, kind: str
    ) -> None:
        value = " ".join([f'"{"x" * 248}"'] * 4)[:-4] + '"'  # 999 characters
        most = 32_000 // len(value) // (1 if kind == "CREATE" else 2)
        changes = [create(f"h{n}.example.com", "TXT", value) for n in range(most + 1)]
        for change in changes:
            change["Action"] = kind
        assert "RDATA character limit of 32000 exceeded." in refused(fake, own, *changes)
        send(fake, own, *changes[:most])

    @pytest.mark.parametrize("kind", ("NS", "SOA"))
    def test_the_apex_keeps_its_ns_and_soa(self, fake: FakeRoute53, own: str, kind: str) -> None:
        page = fake.list_resource_record_sets(HostedZoneId=own)["ResourceRecordSets"]
        shape = next(r for r in page if r["Type"] == kind)
        message = refused(fake, own, {"Action": "DELETE", "ResourceRecordSet": shape})
        assert "A HostedZone must contain" in message
        assert fake.list_resource_record_sets(HostedZoneId=own)["ResourceRecordSets"] == page

    def test_a_cname_does_not_come_beside_another_type(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        assert refused(fake, own, upsert("a.example.com", "CNAME", "b.org")) == (
            "[RRSet of type CNAME with DNS name a.example.com. is not permitted as it conflicts "
            "with other records with the same DNS name in zone example.com.]"
        )

    def test_another_type_does_not_come_beside_a_cname(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("a.example.com", "CNAME", "b.org"))
        assert refused(fake, own, create("a.example.com", "TXT", '"x"')) == (
            "[RRSet of type TXT with DNS name a.example.com. is not permitted because a "
            "conflicting RRSet of type CNAME with the same DNS name already exists in zone "
            "example.com.]"
        )

    def test_both_in_one_batch_conflict_too(self, fake: FakeRoute53, own: str) -> None:
        changes = (
            create("a.example.com", "A", "1.1.1.1"),
            create("a.example.com", "CNAME", "b.org"),
        )
        assert "RRSet of type CNAME" in refused(fake, own, *changes)
        assert "conflicting RRSet of type CNAME" in refused(fake, own, *reversed(changes))
        assert fake.records(own) == {}

    def test_a_batch_turns_an_address_into_a_cname_and_back(
        self, fake: FakeRoute53, own: str
    ) -> None:
        address = ("a.example.com", "A", "10.0.0.1")
        cname = ("a.example.com", "CNAME", "b.org")
        send(fake, own, create(*address))
        send(fake, own, delete(*address), create(*cname))
        assert list(fake.records(own)) == [("a.example.com.", "CNAME")]
        send(fake, own, delete(*cname), create(*address))
        assert list(fake.records(own)) == [("a.example.com.", "A")]

    def test_the_order_in_a_batch_matters(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        changes = (
            create("a.example.com", "CNAME", "b.org"),
            delete("a.example.com", "A", "10.0.0.1"),
        )
        assert "conflicts with other records" in refused(fake, own, *changes)
        assert fake.records(own) == {("a.example.com.", "A"): (60, frozenset({"10.0.0.1"}))}

    @pytest.mark.parametrize(
        "actions",
        (
            (create, create),
            (delete, delete),
            (upsert, upsert),
            (create, delete),
            (delete, upsert),
            (delete, create, delete),
        ),
    )
    def test_a_record_set_comes_once_in_a_batch_but_for_delete_then_create(
        self, fake: FakeRoute53, own: str, actions: tuple[Callable[..., dict[str, Any]], ...]
    ) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        changes = [action("a.example.com", "A", "10.0.0.1") for action in actions]
        assert refused(fake, own, *changes) == (
            "[The request contains an invalid set of changes for a resource record set "
            "'A a.example.com.']"
        )

    def test_a_refused_replacement_leaves_the_old(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        before = fake.records(own)
        refused(
            fake,
            own,
            delete("a.example.com", "A", "10.0.0.1"),
            create("a.example.com", "A", "10.0.0.2"),
            delete("b.example.com", "A", "10.0.0.1"),
        )
        assert fake.records(own) == before

    def test_two_spellings_of_one_name_are_one_record_set(
        self, fake: FakeRoute53, own: str
    ) -> None:
        changes = (
            create("A.example.com", "A", "1.1.1.1"),
            create(r"\141.example.com.", "A", "1.1.1.1"),
        )
        assert "invalid set of changes" in refused(fake, own, *changes)

    def test_every_fault_is_told_up_to_five(self, fake: FakeRoute53, own: str) -> None:
        changes = [create(f"h{n}.example.com", "A", "10.0.0.1") for n in range(7)]
        send(fake, own, *changes)
        exists = "Tried to create resource record set [name='h{}.example.com.', type='A'] but it"
        exists += " already exists"
        illegal = "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not"
        illegal += " a valid IPv4 address) encountered with 'no''"
        message = refused(fake, own, *changes[:2], create("h9.example.com", "A", "no"))
        assert message == f"[{exists.format(0)}, {exists.format(1)}, {illegal}]"
        message = refused(fake, own, *changes)
        assert message.count("already exists") == 5
        assert message.endswith(", ... 2 more exception(s).]")


class TestFullZone:
    def test_a_batch_for_which_there_is_no_room_is_refused_whole(self) -> None:
        fake = FakeRoute53()
        zone = fake.add_zone("example.com", zone_id="Z1")
        fake.set_quota(zone, 2 + 3)  # SOA and NS count
        send(fake, zone, *(create(f"h{n}.example.com", "A", "192.0.2.1") for n in range(2)))
        two = [create(f"more{n}.example.com", "A", "192.0.2.1") for n in range(2)]
        text = "[Exceeded limit MAX_RRSETS_BY_ZONE for zone: Z1]"
        assert refused(fake, zone, *two) == text
        assert len(fake.records(zone)) == 2
        send(fake, zone, two[0])
        assert refused(fake, zone, two[1]) == text

    def test_what_does_not_grow_a_full_zone_is_taken(self) -> None:
        fake = FakeRoute53()
        zone = fake.add_zone("example.com")
        fake.set_quota(zone, 3)
        send(fake, zone, create("a.example.com", "A", "192.0.2.1"))
        send(fake, zone, upsert("a.example.com", "A", "192.0.2.2"))
        replaced = (
            delete("a.example.com", "A", "192.0.2.2"),
            create("b.example.com", "A", "192.0.2.1"),
        )
        send(fake, zone, *replaced)
        assert fake.records(zone).keys() == {("b.example.com.", "A")}
        fake.put_foreign(zone, "c.example.com", "A", ["192.0.2.1"])  # the quota was lowered
        send(fake, zone, delete("b.example.com", "A", "192.0.2.1"))

    def test_without_another_quota_there_is_room_for_ten_thousand(self) -> None:
        fake = FakeRoute53()
        zone = fake.add_zone("example.com")
        for number in range(9998):
            fake.put_foreign(zone, f"h{number}.example.com", "A", ["192.0.2.1"])
        message = refused(fake, zone, create("more.example.com", "A", "192.0.2.1"))
        assert "MAX_RRSETS_BY_ZONE" in message


class TestNames:
    @pytest.mark.parametrize(
        ("name", "stored"),
        (
            ("a.Example.COM", "a.example.com."),
            ("a.example.com.", "a.example.com."),
            ("*.example.com", r"\052.example.com."),
            (r"\052.example.com", r"\052.example.com."),
            (r"\101.example.com", "a.example.com."),
            (r"a\040b.example.com", r"a\040b.example.com."),
            (r"a\056b.example.com", r"a\056b.example.com."),
            ("a/24.example.com", r"a\05724.example.com."),
            (r"ex\344mple.com", r"ex\344mple.com."),
            ("_tcp.a-b.example.com", "_tcp.a-b.example.com."),
        ),
    )
    def test_a_name_is_stored_in_one_spelling(self, name: str, stored: str) -> None:
        assert normalise(name) == stored

    @settings(deadline=None)
    @given(st.text(st.characters(max_codepoint=0x17F), max_size=40))
    def test_normalising_twice_is_normalising_once(self, name: str) -> None:
        try:
            stored = normalise(name)
        except InvalidRdata:
            return
        assert normalise(stored) == stored

    def test_names_sort_by_reversed_labels_with_the_trailing_dot(self) -> None:
        names = ["b.a.", "a.", "a!.", "z.a.", "b."]
        stored = sorted(map(normalise, names), key=sort_key)
        assert stored == ["a.", "b.a.", "z.a.", r"a\041.", "b."]

    @pytest.mark.parametrize(
        ("kind", "values"),
        (("AAAA", ("2001:DB8::1", "2001:db8:0::1")), ("CNAME", ("A.org", "a.org."))),
    )
    def test_duplicates_are_found_in_any_spelling(self, kind: str, values: tuple[str, str]) -> None:
        assert canonical(kind, values[0]) == canonical(kind, values[1])

    def test_records_are_found_under_any_spelling(self, fake: FakeRoute53) -> None:
        zone = fake.add_zone("Example.COM")
        send(fake, zone, create("*.EXAMPLE.com", "A", "10.0.0.1"))
        assert list(fake.records(zone, r"\052.example.com")) == [(r"\052.example.com.", "A")]
        page = fake.list_resource_record_sets(HostedZoneId=zone, StartRecordName="*.Example.com")
        assert [r["Name"] for r in page["ResourceRecordSets"]] == [r"\052.example.com."]
        send(fake, zone, delete(r"\052.Example.com", "A", "10.0.0.1"))
        assert fake.records(zone) == {}

    @pytest.mark.parametrize(
        "arguments",
        (
            {"MaxItems": "0"},
            {"MaxItems": "many"},
            {"StartRecordName": "a", "StartRecordType": "X"},
        ),
    )
    def test_a_listing_with_bad_bounds_is_invalid_input(
        self, fake: FakeRoute53, own: str, arguments: dict[str, str]
    ) -> None:
        listed = partial(fake.list_resource_record_sets, HostedZoneId=own, **arguments)
        assert refusal(listed)[0] == "InvalidInput"

    def test_a_listing_from_a_bad_name_is_invalid_input(self, fake: FakeRoute53, own: str) -> None:
        code, message, _ = refusal(
            lambda: fake.list_resource_record_sets(HostedZoneId=own, StartRecordName="a..b")
        )
        assert code == "InvalidInput"
        assert "DomainLabelEmpty" in message


class TestOthersRecords:
    def test_an_alias_is_stored_and_listed(self, fake: FakeRoute53, own: str) -> None:
        fake.put_foreign(own, "a.example.com", "A", (), AliasTarget=ALIAS)
        (shape,) = fake.list_resource_record_sets(
            HostedZoneId=own, StartRecordName="a.example.com"
        )["ResourceRecordSets"]
        assert shape == {
            "Name": "a.example.com.",
            "Type": "A",
            "AliasTarget": {**ALIAS, "DNSName": "lb.example.org."},
        }
        assert fake.records(own) == {("a.example.com.", "A"): (0, frozenset({"lb.example.org."}))}
        assert "do not match" in refused(fake, own, delete("a.example.com", "A", "10.0.0.1"))
        send(fake, own, delete("a.example.com", "A", ttl=None, AliasTarget=ALIAS))
        assert fake.records(own) == {}

    def test_weighted_and_simple_do_not_mix(self, fake: FakeRoute53, own: str) -> None:
        blue: dict[str, Any] = {"SetIdentifier": "blue", "Weight": 1}
        send(fake, own, create("a.example.com", "A", "10.0.0.1", **blue))
        assert refused(fake, own, upsert("a.example.com", "A", "10.0.0.2")) == (
            "[RRSet with DNS name a.example.com., type A cannot be created as other RRSets exist "
            "with the same name and type.]"
        )
        send(fake, own, create("b.example.com", "A", "10.0.0.1"))
        assert refused(fake, own, create("b.example.com", "A", "10.0.0.2", **blue)) == (
            "[RRSet with DNS name b.example.com., type A, SetIdentifier blue cannot be created as "
            "a non-weighted set exists with the same name and type.]"
        )

    def test_weighted_record_sets_share_a_policy_and_a_ttl(
        self, fake: FakeRoute53, own: str
    ) -> None:
        for value, colour in (("10.0.0.1", "blue"), ("10.0.0.2", "green")):
            more: dict[str, Any] = {"SetIdentifier": colour, "Weight": 1}
            send(fake, own, create("a.example.com", "A", value, **more))
        assert fake.records(own)["a.example.com.", "A"][1] == {"10.0.0.1", "10.0.0.2"}
        red: dict[str, Any] = {"SetIdentifier": "red", "Weight": 1}
        message = refused(fake, own, create("a.example.com", "A", "10.0.0.3", ttl=9, **red))
        assert "weighted sets must contain the same TTL." in message
        other: dict[str, Any] = {"SetIdentifier": "red", "Region": "eu-west-1"}
        message = refused(fake, own, create("a.example.com", "A", "10.0.0.3", **other))
        assert "a non-latency set exists" in message

    def test_pages_go_on_within_a_name_and_type(self, fake: FakeRoute53, own: str) -> None:
        for n in range(3):
            fake.put_foreign(
                own, "a.example.com", "A", ["10.0.0.1"], SetIdentifier=f"{n}", Weight=1
            )
        start = {"StartRecordName": "a.example.com", "StartRecordType": "A"}
        page = fake.list_resource_record_sets(HostedZoneId=own, MaxItems="2", **start)
        assert page["NextRecordIdentifier"] == "2"
        start["StartRecordIdentifier"] = "2"
        page = fake.list_resource_record_sets(HostedZoneId=own, MaxItems="2", **start)
        assert [r["SetIdentifier"] for r in page["ResourceRecordSets"]] == ["2"]
        assert page["IsTruncated"] is False
        del start["StartRecordType"]
        code, *_ = refusal(lambda: fake.list_resource_record_sets(HostedZoneId=own, **start))
        assert code == "InvalidInput"

    @pytest.mark.parametrize("action", (create, upsert, delete))
    def test_a_protected_name_and_type_is_refused(
        self, fake: FakeRoute53, own: str, action: Callable[..., dict[str, Any]]
    ) -> None:
        fake.protect(own, "A.example.com", "A")
        fake.put_foreign(own, "a.example.com", "A", ["10.0.0.1"], ttl=60)
        assert "is protected" in refused(fake, own, action("a.example.com", "A", "10.0.0.1"))
        send(fake, own, create("a.example.com", "AAAA", "::1"))

    def test_another_party_is_not_judged(self, fake: FakeRoute53, own: str) -> None:
        fake.put_foreign(own, "a.example.com", "A", ["10.0.0.1"])
        fake.put_foreign(own, "a.example.com", "CNAME", ["b.org"])
        fake.remove_foreign(own, "a.example.com", "A")
        assert fake.records(own) == {("a.example.com.", "CNAME"): (300, frozenset({"b.org"}))}
        assert fake.total_requests == 0


class TestZones:
    def test_a_caller_reference_is_used_up_also_after_its_zone_was_deleted(
        self, fake: FakeRoute53
    ) -> None:
        made = fake.create_hosted_zone(Name="example.test", CallerReference="one")
        fake.remove_zone(made["HostedZone"]["Id"])
        with pytest.raises(ClientError, match="already been created"):
            fake.create_hosted_zone(Name="example.test", CallerReference="one")
        fake.create_hosted_zone(Name="example.test", CallerReference="two")

    def test_a_caller_reference_serves_once(self, fake: FakeRoute53) -> None:
        fake.create_hosted_zone(Name="example.test", CallerReference="one")
        assert refusal(lambda: fake.create_hosted_zone(Name="b.org", CallerReference="one")) == (
            "HostedZoneAlreadyExists",
            "A hosted zone has already been created with the specified caller reference.",
            409,
        )

    def test_two_public_zones_may_share_a_name(self, fake: FakeRoute53) -> None:
        for reference in ("one", "two"):
            fake.create_hosted_zone(Name="example.test", CallerReference=reference)
        assert len(fake.list_hosted_zones_by_name(DNSName="example.test")["HostedZones"]) == 2

    def test_one_name_comes_once_to_a_vpc(self, fake: FakeRoute53) -> None:
        vpc = {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}
        first = fake.add_zone("10.in-addr.arpa", vpcs=["vpc-1"])
        code, message, status = refusal(
            lambda: fake.create_hosted_zone(Name="10.in-addr.arpa.", CallerReference="two", VPC=vpc)
        )
        assert (code, status) == ("ConflictingDomainExists", 400)
        assert first in message
        second = fake.add_zone("10.in-addr.arpa", vpcs=["vpc-2"])
        for zone in (first, second):  # also the zone that has the VPC already
            associate = partial(fake.associate_vpc_with_hosted_zone, HostedZoneId=zone, VPC=vpc)
            code, *_ = refusal(associate)
            assert code == "ConflictingDomainExists"
        parent = fake.add_zone("in-addr.arpa", vpcs=["vpc-3"])
        fake.associate_vpc_with_hosted_zone(HostedZoneId=parent, VPC=vpc)

    def test_creation_answers_as_the_service_does(self, fake: FakeRoute53) -> None:
        vpc = {"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}
        private = fake.create_hosted_zone(Name="internal", CallerReference="one", VPC=vpc)
        assert private["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert private["VPC"] == vpc
        assert private["HostedZone"]["Config"] == {"PrivateZone": True}
        public = fake.create_hosted_zone(Name="example.test", CallerReference="two")
        assert len(public["DelegationSet"]["NameServers"]) == 4
        assert public["Location"].endswith(public["HostedZone"]["Id"])
        assert public["ChangeInfo"]["Status"] == "PENDING"

    @pytest.mark.parametrize(
        ("arguments", "code"),
        (
            ({"Name": "a..b"}, "InvalidDomainName"),
            ({"Name": "com"}, "InvalidDomainName"),
            ({"Name": "example.com"}, "InvalidDomainName"),
            ({"Name": "Dyn.Example.NET."}, "InvalidDomainName"),
            ({"Name": "a.b", "HostedZoneConfig": {"PrivateZone": True}}, "InvalidInput"),
            ({"Name": "a.b", "VPC": {"VPCId": "vpc-1"}}, "InvalidVPCId"),
        ),
    )
    def test_a_zone_that_cannot_be(
        self, fake: FakeRoute53, arguments: dict[str, Any], code: str
    ) -> None:
        answer = refusal(lambda: fake.create_hosted_zone(CallerReference="one", **arguments))
        assert answer[0] == code

    def test_a_private_zone_may_have_a_name_that_no_public_zone_may(
        self, fake: FakeRoute53
    ) -> None:
        refused = refusal(
            lambda: fake.create_hosted_zone(Name="a.example.org", CallerReference="1")
        )
        assert refused == ("InvalidDomainName", "a.example.org is reserved by AWS!", 400)
        vpc = {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}
        fake.create_hosted_zone(Name="a.example.org", CallerReference="2", VPC=vpc)
        fake.create_hosted_zone(Name="myexample.org", CallerReference="3")

    def test_zones_by_name_go_by_pages_from_a_start(self, fake: FakeRoute53) -> None:
        ids = [fake.add_zone(name) for name in ("a.com", "b.com", "b.com", "c.com")]
        page = fake.list_hosted_zones_by_name(DNSName="AB.com", MaxItems="1")
        assert [zone["Id"] for zone in page["HostedZones"]] == [f"/hostedzone/{ids[1]}"]
        assert (page["IsTruncated"], page["DNSName"], page["MaxItems"]) == (True, "ab.com.", "1")
        following = {"DNSName": page["NextDNSName"], "HostedZoneId": page["NextHostedZoneId"]}
        page = fake.list_hosted_zones_by_name(**following)
        assert [zone["Id"][12:] for zone in page["HostedZones"]] == ids[2:]
        assert "NextDNSName" not in page
        code, *_ = refusal(lambda: fake.list_hosted_zones_by_name(HostedZoneId=ids[0]))
        assert code == "InvalidInput"


class TestScripting:
    @pytest.mark.parametrize(
        ("code", "message", "status"),
        (
            ("Throttling", "Rate exceeded", 400),
            ("InternalFailure", "InternalFailure", 500),
            (
                "PriorRequestNotComplete",
                "The request was rejected because Route 53 was still processing a prior request.",
                400,
            ),
        ),
    )
    def test_the_next_requests_fail_and_then_no_more(
        self, fake: FakeRoute53, own: str, code: str, message: str, status: int
    ) -> None:
        fake.fail_next(CHANGE, code, times=2)
        change = create("a.example.com", "A", "10.0.0.1")
        for _ in range(2):
            assert refusal(lambda: send(fake, own, change)) == (code, message, status)
        assert fake.records(own) == {}
        send(fake, own, change)
        assert fake.requests == {CHANGE: 3}

    @pytest.mark.parametrize("code", ("InternalFailure", "ReadTimeoutError"))
    def test_a_change_may_land_though_its_answer_is_lost(
        self, fake: FakeRoute53, own: str, code: str
    ) -> None:
        fake.fail_next(CHANGE, code, applied=True)
        with pytest.raises((ClientError, ReadTimeoutError)):
            send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        assert len(fake.records(own)) == 1

    def test_an_unknown_operation_is_a_mistake_of_the_test(self, fake: FakeRoute53) -> None:
        with pytest.raises(ValueError, match="no operation 'ChangeResourceRecordSets'"):
            fake.fail_next("ChangeResourceRecordSets", "Throttling")

    @pytest.mark.parametrize(("moment", "landed"), (("before", 0), ("after", 1)))
    def test_a_crash_may_come_before_or_after_a_request(self, moment: str, landed: int) -> None:
        def crash(operation: str, when: str) -> None:
            if (operation, when) == (CHANGE, moment):
                raise KeyboardInterrupt

        fake = FakeRoute53(on_call=crash)
        zone = fake.add_zone("example.com")
        with pytest.raises(KeyboardInterrupt):
            send(fake, zone, create("a.example.com", "A", "10.0.0.1"))
        assert len(fake.records(zone)) == landed
        assert fake.total_requests == landed

    def test_the_observer_sees_refused_requests_too(self, fake: FakeRoute53, own: str) -> None:
        seen: list[tuple[str, str]] = []
        fake.on_call = lambda *call: seen.append(call)
        refused(fake, own, delete("a.example.com", "A", "10.0.0.1"))
        assert seen == [(CHANGE, "before"), (CHANGE, "after")]

    def test_the_account_has_fifty_requests_and_ten_more_a_second(self) -> None:
        now = [0.0]
        fake = FakeRoute53(clock=lambda: now[0])
        zone = fake.add_zone("example.com")
        for _ in range(50):
            fake.get_hosted_zone(Id=zone)
        listing = {"HostedZoneId": zone}
        assert refusal(lambda: fake.list_resource_record_sets(**listing)) == (
            "Throttling",
            "Rate exceeded",
            400,
        )
        now[0] = 0.2
        for _ in range(2):
            fake.list_resource_record_sets(**listing)
        assert refusal(lambda: fake.get_hosted_zone(Id=zone))[0] == "Throttling"
        assert fake.total_requests == 54

    def test_some_actions_have_less(self) -> None:
        fake = FakeRoute53(clock=lambda: 0.0)
        for n in range(40):
            fake.create_hosted_zone(Name="example.test", CallerReference=f"{n}")
        again = partial(fake.create_hosted_zone, Name="example.test", CallerReference="more")
        assert refusal(again)[0] == "Throttling"
        fake.list_hosted_zones_by_name()

    def test_a_throttled_request_leaves_the_scripted_failure_for_the_next(self) -> None:
        now = [0.0]
        fake = FakeRoute53(clock=lambda: now[0])
        zone = fake.add_zone("example.com")
        for _ in range(50):
            fake.get_hosted_zone(Id=zone)
        fake.fail_next("get_hosted_zone", "InternalFailure")
        assert refusal(lambda: fake.get_hosted_zone(Id=zone))[0] == "Throttling"
        now[0] = 1.0
        assert refusal(lambda: fake.get_hosted_zone(Id=zone))[0] == "InternalFailure"

    def test_a_snapshot_can_be_restored_more_than_once(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("a.example.com", "A", "10.0.0.1"))
        snapshot = fake.snapshot()
        for _ in range(2):
            send(fake, own, delete("a.example.com", "A", "10.0.0.1"))
            fake.protect(own, "b.example.com", "A")
            fake.restore(snapshot)
            assert list(fake.records(own)) == [("a.example.com.", "A")]
        send(fake, own, create("b.example.com", "A", "10.0.0.1"))


SMALL_CHANGES = st.builds(
    lambda action, name, kind_value, ttl: action(f"{name}.example.com", *kind_value, ttl=ttl),
    st.sampled_from((create, delete, upsert)),
    st.sampled_from("ab"),
    st.sampled_from((("A", "10.0.0.1"), ("A", "10.0.0.2"), ("CNAME", "b.org"), ("TXT", '"x"'))),
    st.sampled_from((60, 61)),
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.lists(SMALL_CHANGES, min_size=1, max_size=5), max_size=8))
def test_whatever_is_sent_the_zone_stays_lawful_and_batches_are_atomic(
    batches: list[list[dict[str, Any]]],
) -> None:
    fake = FakeRoute53()
    zone = fake.add_zone("example.com")
    for batch in batches:
        before = fake.records(zone)
        listed = fake.list_resource_record_sets(HostedZoneId=zone)
        try:
            send(fake, zone, *batch)
        except ClientError:
            assert fake.records(zone) == before
            assert fake.list_resource_record_sets(HostedZoneId=zone) == listed
        names = [name for name, kind in fake.records(zone) if kind == "CNAME"]
        assert all(len(fake.records(zone, name)) == 1 for name in names)


PRIMARY: dict[str, Any] = {"Failover": "PRIMARY", "SetIdentifier": "first"}
SECONDARY: dict[str, Any] = {"Failover": "SECONDARY", "SetIdentifier": "second"}


class TestFailover:
    """Record sets of which a health check chooses one; moto knows none of these rules."""

    def test_a_primary_needs_a_health_check_that_there_is(
        self, fake: FakeRoute53, own: str
    ) -> None:
        primary = partial(upsert, "db.example.com", "A", "10.0.1.5", **PRIMARY)
        assert "must have an associated health check" in refused(fake, own, primary())
        code, _, status = refusal(lambda: send(fake, own, primary(HealthCheckId="hc-1")))
        assert (code, status) == ("NoSuchHealthCheck", 404)
        fake.add_health_check("hc-1", Type="TCP")
        send(fake, own, primary(HealthCheckId="hc-1"))
        send(fake, own, upsert("db.example.com", "A", "10.0.2.5", **SECONDARY))
        assert fake.records(own)["db.example.com.", "A"][1] == {"10.0.1.5", "10.0.2.5"}

    def test_there_is_one_record_set_for_each_role(self, fake: FakeRoute53, own: str) -> None:
        send(fake, own, create("db.example.com", "A", "10.0.2.5", **SECONDARY))
        other: dict[str, Any] = {**SECONDARY, "SetIdentifier": "third"}
        assert "a SECONDARY set exists" in refused(
            fake, own, create("db.example.com", "A", "10.0.3.5", **other)
        )

    def test_a_change_is_pending_until_every_name_server_has_it(
        self, fake: FakeRoute53, own: str
    ) -> None:
        change = send(fake, own, create("db.example.com", "A", "10.0.2.5"))["ChangeInfo"]["Id"]
        assert fake.get_change(Id=change)["ChangeInfo"]["Status"] == "PENDING"
        fake.propagate()
        assert fake.get_change(Id=change.rpartition("/")[2])["ChangeInfo"]["Status"] == "INSYNC"
        assert refusal(lambda: fake.get_change(Id="C404"))[0] == "NoSuchChange"

    def test_a_health_check_tells_its_settings_and_what_checkers_report(
        self, fake: FakeRoute53
    ) -> None:
        fake.add_health_check("hc-1", "Success: HTTP Status Code 200, OK", Type="HTTPS")
        fake.add_health_check("hc-2", Type="CALCULATED")
        found = fake.get_health_check(HealthCheckId="hc-1")["HealthCheck"]
        assert found["HealthCheckConfig"] == {"Type": "HTTPS"}
        (seen,) = fake.get_health_check_status(HealthCheckId="hc-1")["HealthCheckObservations"]
        assert seen["StatusReport"]["Status"] == "Success: HTTP Status Code 200, OK"
        calculated = partial(fake.get_health_check_status, HealthCheckId="hc-2")
        assert refusal(calculated)[0] == "InvalidInput"
        missing = partial(fake.get_health_check, HealthCheckId="hc-3")
        assert refusal(missing)[0] == "NoSuchHealthCheck"
