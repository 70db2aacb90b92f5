"""Items of the AWS blog sample with capitals in their key: the function finds them, and so do we.

A client that sends the name in the same case has such a host; see docs/clients.md.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

NAME = "home.dyn.example.com"
KEYS = ("Home.dyn.Example.com", "Home.dyn.Example.com.")


def of_the_blog_sample(admin: Administrator, key: str) -> None:
    data = {
        "route_53_zone_id": admin.zone_id("dyn.example.com"),
        "route_53_record_ttl": 60,
        "shared_secret": "5ecret",
    }
    admin.put({"hostname": {"S": key}, "data": {"S": json.dumps(data)}})


@pytest.mark.parametrize("key", KEYS)
def test_every_command_finds_it(admin: Administrator, key: str) -> None:
    of_the_blog_sample(admin, key)
    shown = admin.host("show", NAME)
    assert re.search(rf"^host +{NAME}$", shown, re.MULTILINE)
    assert re.search(rf"^key +{re.escape(key)}$", shown, re.MULTILINE)
    admin.host("set", key, "--ttl", "300")
    assert admin.item(key)["ttl"] == {"N": "300"}
    made = json.loads(admin.host("rotate", NAME, "--secret", "--json"))
    assert admin.item(key)["secrets"]["L"][0] == {"S": made["secret"]}
    admin.host("disable", NAME)
    assert admin.item(key)["disabled"] == {"BOOL": True}
    admin.host("enable", NAME)
    assert "disabled" not in admin.item(key)
    admin.host("remove", NAME, "--yes")
    assert admin.item(key) is None


@pytest.mark.parametrize("key", KEYS)
def test_it_is_not_added_a_second_time(admin: Administrator, key: str) -> None:
    of_the_blog_sample(admin, key)
    assert f"there is a host {NAME} already: `ddns host show" in admin.refused("add", NAME)
    assert admin.item(NAME) is None


def test_its_records_go_with_what_it_no_longer_gets(admin: Administrator) -> None:
    kept = {"value": {"S": "203.0.113.7"}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}
    of_the_blog_sample(admin, KEYS[0])
    state = {"state": {"M": {"A": {"M": kept}}}, "revision": {"N": "1"}}
    admin.put({**admin.item(KEYS[0]), **state})
    values = [{"Value": "203.0.113.7"}]
    record = {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": values}
    admin.aws.client("route53").change_resource_record_sets(
        HostedZoneId=admin.zone_id("dyn.example.com"),
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )
    assert f"{NAME} A 203.0.113.7: deleted" in admin.host("set", NAME, "--types", "AAAA")
    assert admin.item(KEYS[0])["state"] == {"M": {}}


def test_a_key_in_small_letters_counts_first(admin: Administrator) -> None:
    of_the_blog_sample(admin, KEYS[0])
    of_the_blog_sample(admin, f"{NAME}.")
    admin.host("set", NAME, "--ttl", "300")
    assert "ttl" in admin.item(f"{NAME}.")
    assert "ttl" not in admin.item(KEYS[0])


def test_of_several_nobody_knows_which_is_meant(admin: Administrator) -> None:
    for key in KEYS:
        of_the_blog_sample(admin, key)
    complaint = admin.refused("rotate", NAME)
    assert f"several items are {NAME}: {', '.join(KEYS)}: delete all but one" in complaint


def test_another_name_is_not_taken_for_it(admin: Administrator) -> None:
    of_the_blog_sample(admin, "Home2.dyn.example.com")
    assert f"there is no host {NAME}" in admin.refused("show", NAME)
    admin.host("add", NAME)
