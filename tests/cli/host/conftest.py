"""A clock that stands still, and a zone without records, for tests that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.host.table import NOW

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator


@pytest.fixture
def _standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test takes, what was thirty seconds ago is so until its end."""
    monkeypatch.setattr("ddns_constructs.cli.hosts.session.now", lambda: NOW)


@pytest.fixture
def _empty_zone(admin: Administrator) -> None:
    route53 = admin.aws.client("route53")
    zone_id = admin.zone_id("dyn.example.com")
    found = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": each}
        for each in found
        if each["Type"] not in ("NS", "SOA")
    ]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})
