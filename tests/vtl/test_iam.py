"""The role against every request that a template can make: what is meant, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_route53 as route53

from tests.constructs.direct.bench import ZONE_ID, Direct
from tests.contract.iam import CHANGE, Request, allows
from tests.vtl.apis import ACCESSES, ADDRESSES, FULL_NAMES, IPV4, IPV6, api_with
from tests.vtl.route53_xml import asked_of_iam, parameters

if TYPE_CHECKING:
    from tests.vtl.apis import Api
    from tests.vtl.engines import Engine


_OTHERS: tuple[dict[str, Any], ...] = (
    {"name": "www.example.com"},
    {"name": "example.com"},
    {"name": "a.home.example.com"},
    {"name": "*.example.com"},
    {"name": "*.home.example.com"},
    {"name": "homeXexample.com"},
    {"type": "CNAME"},
    {"type": "NS"},
    {"type": "TXT"},
    {"action": "DELETE"},
    {"action": "CREATE"},
    {"zone": "Z0ANOTHER"},
    {
        "more": [
            {
                "Action": "UPSERT",
                "ResourceRecordSet": {"Name": "www.example.com", "Type": "A"},
            }
        ]
    },
)


def _asked(engine: Engine, api: Api, caller: str, source: str) -> Request:
    text = engine.render(api.template(), api.values(caller, source)).text
    return asked_of_iam(parameters(text, ZONE_ID))


def _change(**given: Any) -> Request:  # noqa: ANN401 - any part of a change
    """Return what IAM is asked for a change that no template makes."""
    change = {"zone": ZONE_ID, "action": "UPSERT", "type": "A", "name": FULL_NAMES[0], **given}
    record = {"Name": change["name"], "Type": change["type"]}
    changes = [{"Action": change["action"], "ResourceRecordSet": record}, *given.get("more", [])]
    return asked_of_iam({"HostedZoneId": change["zone"], "ChangeBatch": {"Changes": changes}})


@pytest.mark.parametrize("access", ACCESSES)
def test_every_caller_may_move_their_own_name(engine: Engine, access: str) -> None:
    api = api_with(access)
    for caller in api.callers:
        for address in ADDRESSES.values():
            asked = _asked(engine, api, caller, address)
            assert allows(api.direct.statement(), asked) is (api.dual_stack or ":" not in address)


@pytest.mark.parametrize(
    "access", [each for each in ACCESSES if not each.startswith(("iam at", "none at"))]
)
@pytest.mark.parametrize("caller", ("", "nobody", "www.example.com", "HOME.example.com"))
def test_a_stranger_is_denied(engine: Engine, access: str, caller: str) -> None:
    api = api_with(access)
    assert api.variable is not None
    assert not allows(api.direct.statement(), _asked(engine, api, caller, IPV4))


@pytest.mark.parametrize("access", ACCESSES)
def test_what_is_no_address_is_denied(engine: Engine, access: str) -> None:
    api = api_with(access)
    for caller in api.callers:
        asked = _asked(engine, api, caller, "test-invoke-source-ip")
        assert not allows(api.direct.statement(), asked)


@pytest.mark.parametrize("given", _OTHERS, ids=str)
def test_everything_else_is_denied(given: dict[str, Any]) -> None:
    statement = api_with("api_keys").direct.statement()
    assert allows(statement, _change())
    assert allows(statement, _change(name="Home.Example.com."))
    assert not allows(statement, _change(**given))


@pytest.mark.parametrize("key", ("Actions", "NormalizedRecordNames", "RecordTypes"))
def test_an_absent_key_is_denied(key: str) -> None:
    asked = _change()
    keys = {name: values for name, values in asked.keys.items() if name != f"{CHANGE}{key}"}
    assert len(keys) == 2
    assert not allows(
        api_with("api_keys").direct.statement(), Request(asked.action, asked.resource, keys)
    )


@pytest.mark.parametrize(
    "action",
    ("route53:ListResourceRecordSets", "route53:GetHostedZone", "route53:DeleteHostedZone"),
)
def test_no_other_action_is_allowed(action: str) -> None:
    asked = _change()
    request = Request(action, asked.resource, asked.keys)
    assert not allows(api_with("api_keys").direct.statement(), request)


def _fifty(**arguments: Any) -> tuple[Direct, list[str]]:  # noqa: ANN401 - any argument of it
    """Return an API with so many names that its role has several statements, and the names."""
    names = [f"host-{number:02}" for number in range(50)]
    direct = Direct(record_names=names, **arguments)
    assert len(direct.statements()) > 1
    return direct, [f"{name}.example.com" for name in names]


def _is_allowed(direct: Direct, asked: Request) -> bool:
    return any(allows(statement, asked) for statement in direct.statements())


def test_each_of_fifty_names_is_allowed(engine: Engine) -> None:
    direct, names = _fifty()
    template = direct.method("/update").request_template
    keys = direct.keys()
    assert sorted(keys) == names
    for name, key in keys.items():
        for address in ADDRESSES.values():
            values = {"context.identity.sourceIp": address, "context.identity.apiKeyId": key}
            asked = asked_of_iam(parameters(engine.render(template, values).text, ZONE_ID))
            assert asked.keys[f"{CHANGE}NormalizedRecordNames"] == (name,)
            assert _is_allowed(direct, asked)


def test_with_fifty_names_a_stranger_is_denied(engine: Engine) -> None:
    direct, _ = _fifty()
    template = direct.method("/update").request_template
    for caller in ("", "nobody", "host-00.example.com"):
        values = {"context.identity.sourceIp": IPV4, "context.identity.apiKeyId": caller}
        asked = asked_of_iam(parameters(engine.render(template, values).text, ZONE_ID))
        assert not _is_allowed(direct, asked)


@pytest.mark.parametrize("given", _OTHERS, ids=str)
def test_with_fifty_names_everything_else_is_denied(given: dict[str, Any]) -> None:
    direct, names = _fifty()
    for name in (names[0], names[20], names[49]):
        assert _is_allowed(direct, _change(name=name))
        assert not _is_allowed(direct, _change(**{"name": name, **given}))


def test_two_names_of_two_statements_are_no_request_that_is_allowed() -> None:
    direct, names = _fifty()
    more = {"Action": "UPSERT", "ResourceRecordSet": {"Name": names[49], "Type": "A"}}
    assert not _is_allowed(direct, _change(name=names[0], more=[more]))


@pytest.mark.parametrize("key", ("Actions", "NormalizedRecordNames", "RecordTypes"))
def test_with_fifty_names_an_absent_key_is_denied(key: str) -> None:
    direct, names = _fifty()
    asked = _change(name=names[0])
    keys = {name: values for name, values in asked.keys.items() if name != f"{CHANGE}{key}"}
    assert not _is_allowed(direct, Request(asked.action, asked.resource, keys))


def test_in_the_zone_of_the_refusal_a_stranger_is_denied_too(engine: Engine) -> None:
    direct = Direct(
        zone=lambda stack: route53.HostedZone.from_hosted_zone_attributes(
            stack, "Zone", hosted_zone_id=ZONE_ID, zone_name="invalid"
        ),
        record_names=["home"],
    )
    values = {"context.identity.sourceIp": IPV4, "context.identity.apiKeyId": "stranger"}
    text = engine.render(direct.method("/update").request_template, values).text
    assert not allows(direct.statement(), asked_of_iam(parameters(text, ZONE_ID)))


def test_without_ipv6_there_is_no_aaaa_record(engine: Engine) -> None:
    direct = Direct(dual_stack=False)
    (key,) = direct.keys().values()
    template = direct.method("/update").request_template
    for address, is_allowed in ((IPV4, True), (IPV6, False)):
        values = {"context.identity.sourceIp": address, "context.identity.apiKeyId": key}
        text = engine.render(template, values).text
        assert allows(direct.statement(), asked_of_iam(parameters(text, ZONE_ID))) is is_allowed
