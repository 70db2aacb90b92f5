"""Reading Route 53's spelling of names and values."""

from __future__ import annotations

from typing import Any

import dns.name
import dns.rdatatype
import pytest

from ddns_constructs.local.dns.zones import read_zones, zone_from_record_sets


def record_set(name: str, kind: str, *values: str, **more: object) -> dict[str, Any]:
    records = [{"Value": value} for value in values]
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": records, **more}


def values_of(name: str, kind: str, *sets: dict[str, Any]) -> list[str]:
    zone = zone_from_record_sets("example.com.", sets, private=False)
    return sorted(
        str(value)
        for value in zone.record_sets[dns.name.from_text(name)][dns.rdatatype.from_text(kind)]
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    (
        ("\\052.example.com.", "*.example.com"),
        ("a\\040b.example.com.", "a\\032b.example.com"),
        ("a\\137b.example.com.", "a_b.example.com"),
        ("UPPER.Example.COM.", "upper.example.com"),
    ),
)
def test_octal_escapes_and_upper_case_are_read(written: str, meant: str) -> None:
    assert values_of(meant, "A", record_set(written, "A", "10.0.0.1")) == ["10.0.0.1"]


def test_a_value_without_the_last_dot_is_a_full_name() -> None:
    alias = record_set("web.example.com.", "CNAME", "host.example.com")
    assert values_of("web.example.com", "CNAME", alias) == ["host.example.com."]


def test_all_values_are_answered_where_the_place_of_the_asker_would_decide() -> None:
    sets = [
        record_set("w.example.com.", "A", f"10.0.0.{n}", SetIdentifier=str(n), Region=region)
        for n, region in ((1, "eu-west-1"), (2, "us-east-1"))
    ]
    assert values_of("w.example.com", "A", *sets) == ["10.0.0.1", "10.0.0.2"]


def test_a_value_that_route_53_would_have_refused_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    zone = zone_from_record_sets(
        "example.com.", [record_set("bad.example.com.", "A", "10.0.0.999")], private=False
    )
    assert zone.record_sets == {}
    assert "not answered: bad.example.com. A" in caplog.text


def test_an_alias_has_no_values() -> None:
    alias = {
        "Name": "alias.example.com.",
        "Type": "A",
        "AliasTarget": {"DNSName": "x.example.com."},
    }
    assert zone_from_record_sets("example.com.", [alias], private=False).record_sets == {}


class Pages:
    def __init__(self, *pages: dict[str, Any]) -> None:
        self._pages = pages

    def paginate(self, **_: object) -> tuple[dict[str, Any], ...]:
        return self._pages


class Route53:
    def get_paginator(self, operation: str) -> Pages:
        if operation == "list_hosted_zones":
            return Pages(
                {"HostedZones": [{"Id": "1", "Name": "a.", "Config": {"PrivateZone": True}}]},
                {"HostedZones": [{"Id": "2", "Name": "b.", "Config": {"PrivateZone": False}}]},
            )
        return Pages(
            {"ResourceRecordSets": [record_set("x.", "A", "10.0.0.1")]},
            {"ResourceRecordSets": [record_set("y.", "A", "10.0.0.2")]},
        )


def test_every_page_of_zones_and_records_is_read() -> None:
    zones = read_zones(Route53())
    assert [(str(zone.origin), zone.private) for zone in zones] == [("a.", True), ("b.", False)]
    assert [len(zone.record_sets) for zone in zones] == [2, 2]
