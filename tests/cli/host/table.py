"""Hosts as the function leaves them in the table, and records as it leaves them in the zone."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

NAME = "home.dyn.example.com"
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc)
SECRETS = ("5ecre7", "d1ge57", "art1cle")
NO_CREDENTIALS: dict[str, Any] = {"tokens": {"L": []}, "secrets": {"L": []}}


def ago(seconds: int) -> str:
    """Return a time in milliseconds of the epoch."""
    return str((int(NOW.timestamp()) - seconds) * 1000)


def kept(value: str, ttl: int = 60, age: int = 3600) -> dict[str, Any]:
    return {"M": {"value": {"S": value}, "ttl": {"N": str(ttl)}, "stamp": {"N": ago(age)}}}


def host(admin: Administrator, name: str = NAME, **more: Any) -> None:  # noqa: ANN401 - DynamoDB's
    """Write a host that has been set, as the function leaves it."""
    zone = "dyn.example.com" if name.endswith("dyn.example.com") else "example.com"
    admin.put(
        {
            "hostname": {"S": name},
            "zone_id": {"S": admin.zone_id(zone)},
            "tokens": {"L": [{"S": SECRETS[1]}]},
            "secrets": {"L": [{"S": SECRETS[0]}]},
            "state": {"M": {"A": kept("203.0.113.7"), "AAAA": kept("2001:db8::7")}},
            "changed": {"N": ago(3 * 86_400)},
            "verified": {"N": ago(130)},
            **more,
        }
    )


def of_the_blog_sample(admin: Administrator, *, nested: bool = False) -> None:
    data: dict[str, Any] = {
        "route_53_zone_id": admin.zone_id("dyn.example.com"),
        "route_53_record_ttl": 300,
        "route_53_record_type": "AAAA",
        "shared_secret": SECRETS[2],
    }
    data = {f"{NAME}.": data} if nested else data
    admin.put({"hostname": {"S": f"{NAME}."}, "data": {"S": json.dumps(data)}})


def record(admin: Administrator, name: str, rtype: str, *values: str, ttl: int = 60) -> None:
    zone = "dyn.example.com" if name.endswith("dyn.example.com") else "example.com"
    records = [{"Value": value} for value in values]
    record_set = {"Name": name, "Type": rtype, "TTL": ttl, "ResourceRecords": records}
    admin.aws.client("route53").change_resource_record_sets(
        HostedZoneId=admin.zone_id(zone),
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record_set}]},
    )


def records(admin: Administrator) -> dict[tuple[str, str], list[str]]:
    found = admin.aws.client("route53").list_resource_record_sets(
        HostedZoneId=admin.zone_id("dyn.example.com")
    )["ResourceRecordSets"]
    return {
        (each["Name"].rstrip("."), each["Type"]): [r["Value"] for r in each["ResourceRecords"]]
        for each in found
        if each["Type"] not in ("NS", "SOA")
    }


def credentials(admin: Administrator, name: str = NAME) -> tuple[list[str], list[str]]:
    item = admin.item(name)
    tokens, secrets = (item[kind]["L"] for kind in ("tokens", "secrets"))
    return [each["S"] for each in tokens], [each["S"] for each in secrets]


def rotated(admin: Administrator, *words: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(admin.host("rotate", NAME, "--json", *words))
