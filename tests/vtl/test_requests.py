"""What reaches Route 53: one UPSERT of one name, on both engines, by Route 53's own model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_cdk import Duration
from syrupy.extensions.json import JSONSnapshotExtension

from ddns_constructs import DirectAccess
from tests.constructs.direct.bench import ZONE_ID, Direct
from tests.vtl.apis import ACCESSES, ADDRESSES, DENIED, api_with
from tests.vtl.engines import Airspeed
from tests.vtl.route53_xml import canonical, parameters, serialised

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from tests.vtl.engines import Engine, Velocity

_TOLD_APART = [
    each
    for each in ACCESSES
    if each.startswith(("api_keys", "cognito")) or not each.endswith("zone's id")
]
_STRANGERS = ("", "nobody", "AKIAIOSFODNN7EXAMPLE")


def _renders(engine: Engine, access: str) -> dict[str, str]:
    """Render every request that an API can make, and some of callers that it does not know."""
    api = api_with(access)
    done: dict[str, str] = {}
    for family, address in (*ADDRESSES.items(), ("no address", "test-invoke-source-ip")):
        for caller, name in api.callers.items():
            rendered = engine.render(api.template(), api.values(caller, address))
            done[f"{name} by {family}"] = rendered.text
        if api.variable is not None:
            template = api.template()
            for caller in _STRANGERS:
                rendered = engine.render(template, api.values(caller, address))
                done[f"stranger '{caller}' by {family}"] = rendered.text
            nobody = {"context.identity.sourceIp": address}
            done[f"nobody by {family}"] = engine.render(template, nobody).text
    return done


@pytest.mark.parametrize("access", ACCESSES)
def test_every_request_is_the_golden_one(snapshot: SnapshotAssertion, access: str) -> None:
    assert _renders(Airspeed(), access) == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("access", ACCESSES)
def test_both_engines_make_the_same_bytes(velocity: Velocity, access: str) -> None:
    assert _renders(velocity, access) == _renders(Airspeed(), access)


@pytest.mark.parametrize("access", ACCESSES)
def test_a_caller_moves_their_own_name_to_where_they_come_from(engine: Engine, access: str) -> None:
    api = api_with(access)
    for address in ADDRESSES.values():
        for caller, name in api.callers.items():
            rendered = engine.render(api.template(), api.values(caller, address))
            assert rendered.status == ""
            assert parameters(rendered.text, ZONE_ID) == {
                "HostedZoneId": ZONE_ID,
                "ChangeBatch": {
                    "Changes": [
                        {
                            "Action": "UPSERT",
                            "ResourceRecordSet": {
                                "Name": name,
                                "Type": "AAAA" if ":" in address else "A",
                                "TTL": api.ttl,
                                "ResourceRecords": [{"Value": address}],
                            },
                        }
                    ]
                },
            }


@pytest.mark.parametrize("access", ACCESSES)
def test_every_request_is_what_botocore_itself_would_send(engine: Engine, access: str) -> None:
    for text in _renders(engine, access).values():
        assert canonical(text) == canonical(serialised(parameters(text, ZONE_ID)))


@pytest.mark.parametrize("access", _TOLD_APART)
def test_a_stranger_gets_a_name_in_no_zone(engine: Engine, access: str) -> None:
    for case, text in _renders(engine, access).items():
        if case.startswith(("stranger", "nobody")):
            (change,) = parameters(text, ZONE_ID)["ChangeBatch"]["Changes"]
            assert change["ResourceRecordSet"]["Name"] == DENIED


@pytest.mark.parametrize("access", ACCESSES)
def test_what_is_no_address_reaches_nothing(engine: Engine, access: str) -> None:
    for case, text in _renders(engine, access).items():
        if case.endswith("by no address"):
            (change,) = parameters(text, ZONE_ID)["ChangeBatch"]["Changes"]
            assert change["ResourceRecordSet"]["Name"] == DENIED
            assert change["ResourceRecordSet"]["ResourceRecords"] == [{"Value": "0.0.0.0"}]  # noqa: S104


@pytest.mark.parametrize("ttl", (1, 59, 61, 86_400, 2_147_483_647))
@pytest.mark.parametrize("access", (DirectAccess.api_keys(), DirectAccess.iam()))
def test_every_ttl_is_the_records(engine: Engine, access: DirectAccess, ttl: int) -> None:
    direct = Direct(access=access, ttl=Duration.seconds(ttl))
    (key,) = direct.keys().values() or [""]
    for address in ADDRESSES.values():
        values = {
            "context.identity.sourceIp": address,
            "context.identity.apiKeyId": key,
            "input.params.record_name": "home.example.com",
        }
        text = engine.render(direct.methods()[0].request_template, values).text
        (change,) = parameters(text, ZONE_ID)["ChangeBatch"]["Changes"]
        assert change["ResourceRecordSet"]["TTL"] == ttl


def test_fifty_paths_are_told_apart(engine: Engine) -> None:
    names = [f"host-{number}" for number in range(50)]
    direct = Direct(record_names=names, access=DirectAccess.iam())
    for name in names:
        full = f"{name}.example.com"
        values = {"context.identity.sourceIp": "203.0.113.9", "input.params.record_name": full}
        text = engine.render(direct.methods()[0].request_template, values).text
        (change,) = parameters(text, ZONE_ID)["ChangeBatch"]["Changes"]
        assert change["ResourceRecordSet"]["Name"] == full


@pytest.mark.parametrize(
    ("source", "record"),
    (
        ("2001:DB8::A", ("AAAA", "2001:DB8::A")),
        ("203.0.113.9:49152", None),
        ("[2001:db8::1]:49152", None),
        ("[2001:db8::1]", None),
        ("::ffff:203.0.113.9", None),
        ("fe80::1%eth0", None),
        ("203.0.113.9, 198.51.100.7", None),
        ("203.0.113", None),
        ("dead", None),
        ("", None),
    ),
)
def test_an_address_is_read_in_capitals_and_refused_with_a_port(
    engine: Engine, source: str, record: tuple[str, str] | None
) -> None:
    api = api_with("api_keys")
    text = engine.render(api.template(), api.values(min(api.callers), source)).text
    (change,) = parameters(text, ZONE_ID)["ChangeBatch"]["Changes"]
    asked = change["ResourceRecordSet"]
    if record is None:
        assert asked["Name"] == DENIED
    else:
        assert (asked["Type"], asked["ResourceRecords"][0]["Value"]) == record


def test_fifty_names_are_told_apart(engine: Engine) -> None:
    direct = Direct(record_names=[f"host-{number}" for number in range(50)])
    template = direct.method("/update").request_template
    for name, key in direct.keys().items():
        values = {"context.identity.sourceIp": "203.0.113.9", "context.identity.apiKeyId": key}
        text = engine.render(template, values).text
        (change,) = parameters(text, ZONE_ID)["ChangeBatch"]["Changes"]
        assert change["ResourceRecordSet"]["Name"] == name
