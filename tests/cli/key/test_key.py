"""`ddns key`: the keys of a stack as the construct makes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_route53 as route53

from ddns_constructs import ApiGatewayDirectDdns, DirectMethod
from ddns_constructs.cli import errors
from tests.cli.conftest import Administrator

if TYPE_CHECKING:
    from ddns_constructs.local import LocalAws

STACK = "Direct"
NAMES = ("home.org.test", "home-office.org.test", "nas.org.test", "nas.lab.org.test")


def _template() -> str:
    stack = cdk.Stack(cdk.App(), STACK)
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="org.test")
    ApiGatewayDirectDdns(
        stack,
        "Ddns",
        hosted_zone=zone,
        record_names=[f"{name}." for name in NAMES],
        methods=[DirectMethod.POST],  # as short as can be: it is sent in the request
        zone_id_in_path=True,
    )
    apigateway.ApiKey(stack, "Other", description="Of somebody else")
    template = cdk.assertions.Template.from_stack(stack).to_json()
    del template["Parameters"], template["Rules"]
    return json.dumps(template, separators=(",", ":"))


class Owner(NamedTuple):
    """Who has the stack, and the keys as API Gateway has them: id and value by name."""

    admin: Administrator
    keys: dict[str, tuple[str, str]]

    def run(self, *words: str, **more: Any) -> Any:  # noqa: ANN401 - typer's
        return self.admin.run("key", *words, **more)

    def prints(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def refused(self, *words: str, code: int = 2, **more: Any) -> str:  # noqa: ANN401 - typer's
        result = self.run(*words, **more)
        assert result.exit_code == code, result.output
        assert not result.stdout
        return str(result.stderr)


@pytest.fixture(scope="module")
def owner(account: LocalAws) -> Owner:
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK, TemplateBody=_template(), Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    found = account.client("apigateway").get_api_keys(includeValues=True)["items"]
    keys = {
        each["description"].removeprefix("Dynamic DNS of "): (each["id"], each["value"])
        for each in found
    }
    return Owner(Administrator(account, {}, STACK), keys)


def test_the_list_has_every_name_and_no_secret(owner: Owner) -> None:
    printed = owner.prints("list")
    lines = [line.split() for line in printed.splitlines()]
    assert lines == [[name, owner.keys[name][0], "enabled"] for name in sorted(NAMES)]
    for _, value in owner.keys.values():
        assert value not in printed


def test_the_list_can_be_read_by_programs(owner: Owner) -> None:
    assert json.loads(owner.prints("list", "--json")) == [
        {"name": name, "id": owner.keys[name][0], "enabled": True} for name in sorted(NAMES)
    ]


@pytest.mark.parametrize(
    ("asked", "name"),
    (
        ("home.org.test", "home.org.test"),
        ("HOME.Org.Test.", "home.org.test"),
        ("home", "home.org.test"),
        ("home-office", "home-office.org.test"),
        ("nas.lab", "nas.lab.org.test"),
        ("nas.org.test", "nas.org.test"),
    ),
)
def test_a_key_is_shown_by_the_name_it_is_for(owner: Owner, asked: str, name: str) -> None:
    assert owner.prints("show", asked) == f"{owner.keys[name][1]}\n"


def test_a_key_is_shown_by_its_id(owner: Owner) -> None:
    id_, value = owner.keys["nas.org.test"]
    assert owner.prints("show", id_) == f"{value}\n"


def test_the_header_is_what_curl_reads_from_a_file(owner: Owner) -> None:
    assert owner.prints("header", "home") == f"x-api-key: {owner.keys['home.org.test'][1]}\n"


def test_of_several_that_fit_none_is_guessed(owner: Owner) -> None:
    said = owner.refused("show", "nas")
    assert "several keys fit 'nas': name one of nas.lab.org.test (" in said
    assert "home" not in said
    assert "there are several keys: name one of" in owner.refused("header")


@pytest.mark.parametrize("name", ("hom", "office", "org.test", "somebody"))
def test_a_name_that_is_none_is_answered_with_the_list(owner: Owner, name: str) -> None:
    said = owner.refused("show", name)
    assert f"no key fits '{name}': name one of" in said
    assert all(each in said for each in NAMES)


def test_a_stack_has_to_be_named(owner: Owner) -> None:
    assert "--stack NAME (or DDNS_STACK)" in owner.refused("list", stack="")


def test_a_stack_that_is_none_is_an_error(owner: Owner) -> None:
    said = owner.refused("list", "--stack", "Nowhere", code=1)
    assert "there is no stack 'Nowhere' in us-east-1 of this account" in said


@pytest.mark.usefixtures("stack_outputs")
def test_a_stack_without_keys_is_an_error(owner: Owner) -> None:
    said = owner.refused("list", "--stack", "Names", code=1)
    assert "stack 'Names' has no API key of an ApiGatewayDirectDdns" in said


@pytest.mark.parametrize("missing", ("cloudformation:ListStackResources", "apigateway:GET"))
def test_who_may_not_is_told_what_to_ask_for(missing: str) -> None:
    way_out = errors.WAYS_OUT["GetApiKey"]
    assert way_out == errors.WAYS_OUT["ListStackResources"]
    assert missing in way_out
