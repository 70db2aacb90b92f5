"""Which table, URL and zones: from the outputs of a stack, or as the options say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ddns_constructs.cli.deployment import UNKNOWN, Deployment
from ddns_constructs.cli.errors import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE = {"TableName": "table-1", "Url": "https://one.example/", "HostedZoneIds": "Z1, Z2"}
ZONES = {"Z1": "example.com.", "Z2": "dyn.example.com."}


class CloudFormation:
    def __init__(self, outputs: Mapping[str, str]) -> None:
        self._outputs = outputs

    def describe_stacks(self, **_: str) -> Any:  # noqa: ANN401 - boto3's shape
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in self._outputs.items()]
        return {"Stacks": [{"Outputs": outputs}]}


class Nothing:
    def describe_stacks(self, **_: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeStacks")


def found(
    monkeypatch: pytest.MonkeyPatch,
    outputs: Mapping[str, str],
    **options: Any,  # noqa: ANN401 - options
) -> Deployment:
    monkeypatch.setattr(
        "ddns_constructs.cli.deployment.aws_client", lambda _: CloudFormation(outputs)
    )
    return Deployment.find(**{"stack": "Names", **options})


def with_prefix(prefix: str, suffix: str = "") -> dict[str, str]:
    return {f"{prefix}{key}{suffix}": f"{prefix}{value}" for key, value in ONE.items()}


def test_the_outputs_of_a_stack_tell_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    one = ("table-1", "https://one.example/", ("Z1", "Z2"), (), ("one.example",), UNKNOWN)
    assert found(monkeypatch, ONE) == one
    more = {**ONE, "AllowedNames": "*.example.com, Home.example.org."}
    assert found(monkeypatch, more).allowed == ("*.example.com", "home.example.org")


def test_options_count_more(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"table": "table-2", "url": "http://two.example", "zone_ids": ["/hostedzone/Z3"]}
    both = ("one.example", "two.example")
    assert found(monkeypatch, ONE, **options) == (
        "table-2",
        "http://two.example/",
        ("Z3",),
        (),
        both,
        UNKNOWN,
    )


def test_without_a_stack_the_options_are_all() -> None:
    assert Deployment.find(table="table-2") == ("table-2", "", (), (), (), UNKNOWN)
    found = Deployment.find(table="table-2", url="https://Two.Example:8443/base")
    assert found.endpoints == ("two.example",)


def test_a_custom_domain_s_names_are_endpoints_too(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {**with_prefix("Home"), "HomeUrl": "https://one.example/"}
    outputs |= {
        "HomeEndpointNames": "Ddns.Home.Example.com.,one.example",
        "EndpointNames": "x.example",
    }
    names = ("ddns.home.example.com", "one.example")
    assert found(monkeypatch, outputs, prefix="Home").endpoints == names


def test_outputs_may_have_something_in_front_and_cdk_s_digits_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outputs = {**with_prefix("Home", "1A2B3C4D"), "Other": "x"}
    assert found(monkeypatch, outputs).table == "Hometable-1"


def test_the_table_of_an_instance_ddns_in_the_same_stack_is_not_mistaken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outputs = {**with_prefix("Home"), "InstancesTableName": "ledger"}
    assert found(monkeypatch, outputs).table == "Hometable-1"


def test_several_deployments_in_a_stack_are_distinguished_by_what_is_in_front(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outputs = {**with_prefix("Home"), **with_prefix("Office")}
    with pytest.raises(UsageError, match=r"say which: --prefix Home, --prefix Office"):
        found(monkeypatch, outputs)
    assert found(monkeypatch, outputs, prefix="Office").table == "Officetable-1"


def test_without_a_prefix_the_deployment_that_has_none_is_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outputs = {**with_prefix(""), **with_prefix("Office")}
    assert found(monkeypatch, outputs).table == "table-1"
    assert found(monkeypatch, outputs, prefix="Office").table == "Officetable-1"


def test_a_table_that_is_said_counts_more_than_a_stack_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DDNS_STACK", "Names")
    outputs = {**with_prefix("Home"), **with_prefix("Office")}
    assert found(monkeypatch, outputs, table="mine") == ("mine", "", (), (), (), UNKNOWN)
    of_office = found(monkeypatch, outputs, table="Officetable-1")
    assert of_office.url == "Officehttps://one.example/"
    monkeypatch.setattr("ddns_constructs.cli.deployment.aws_client", lambda _: Nothing())
    assert Deployment.find(stack="Names", table="mine").table == "mine"


def test_a_table_tells_which_of_several_deployments_is_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outputs = {**with_prefix(""), **with_prefix("Office")}
    of_office = found(monkeypatch, outputs, table="Officetable-1")
    assert of_office.url == "Officehttps://one.example/"


@pytest.mark.parametrize("outputs", ({}, {"TableName": "ledger"}, with_prefix("Home")))
def test_a_stack_without_a_deployment_says_what_it_has(
    monkeypatch: pytest.MonkeyPatch, outputs: Mapping[str, str]
) -> None:
    has = ", ".join(sorted(outputs)) or "none"
    help_ = (
        rf"no outputs XTableName and XUrl, only: {has}. Call `add_outputs\(\)` .* or name .*--table"
    )
    with pytest.raises(CommandError, match=help_):
        found(monkeypatch, outputs, prefix="X")


def test_neither_stack_nor_table_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"--stack NAME \(or DDNS_STACK\), or --table"):
        Deployment.find()


@pytest.mark.parametrize(
    "url", ("notaurl", "ddns.example.com", "ftp://x", "https://", "http://a b")
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--url must be a whole URL such as https://"):
        Deployment.find(table="table-2", url=url)


def test_without_zones_no_host_has_a_place() -> None:
    with pytest.raises(UsageError, match="--zone-id"):
        Deployment.find(table="table-2").zone_of("a.example.com", None)


class Route53:
    def get_hosted_zone(self, Id: str) -> Any:  # noqa: ANN401, N803 - boto3's shape and name
        return {"HostedZone": {"Name": ZONES[Id]}}


@pytest.mark.parametrize(
    ("host", "allowed", "zone"),
    (
        ("home.dyn.example.com", ("*.dyn.example.com",), "Z2"),
        ("a.b.dyn.example.com", ("*.dyn.example.com",), "Z2"),
        ("*.dyn.example.com", ("*.dyn.example.com",), "Z2"),
        ("home1.example.com", ("other.example.com", "home?.example.com"), "Z1"),
        ("dyn.example.com", ("dyn.example.com",), "Z2"),
        ("example.com", ("*example.com",), "Z1"),
        ("home.example.com", (), "Z1"),
    ),
)
def test_a_name_that_is_allowed_has_its_zone(
    host: str, allowed: tuple[str, ...], zone: str
) -> None:
    assert Deployment("t", "", ("Z1", "Z2"), allowed).zone_of(host, Route53()).id == zone


@pytest.mark.parametrize(
    ("host", "allowed", "reason"),
    (
        (
            "home.example.com",
            ("*.dyn.example.com",),
            "none of the names that this deployment allows",
        ),
        ("dyn.example.com", ("*.dyn.example.com",), "none of the names"),
        ("home12.example.com", ("home?.example.com",), "none of the names"),
        ("homexexample.com.example.com", ("home.example.com",), "none of the names"),
        ("*.example.com", ("?.example.com",), "none of the names"),
        ("example.com", (), "that is a zone's apex: name it in `allowed_names`"),
        # It lies in the other zone, but the function takes the one with the longest name.
        ("dyn.example.com", (), "that is a zone's apex: name it in `allowed_names`"),
        ("home.example.net", ("*",), "is not below the apex"),
    ),
)
def test_a_name_that_the_function_will_refuse_is_refused(
    host: str, allowed: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        Deployment("t", "", ("Z1", "Z2"), allowed).zone_of(host, Route53())


# ------------------------------------------------------------- a zone that was chosen


@pytest.mark.parametrize("table", ("", "table-1"))
def test_a_zone_that_the_function_does_not_write_is_refused(
    monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    deployment = found(monkeypatch, ONE, table=table, zone_ids=["Z3"])
    with pytest.raises(UsageError, match=r"--zone-id Z3 is no zone .* which has Z1, Z2: leave"):
        deployment.zone_of("home.example.com", Route53(), ["Z1", "Z3"])


@pytest.mark.parametrize("host", ("home.dyn.example.com", "a.b.dyn.example.com"))
def test_a_zone_is_refused_where_another_one_of_the_deployment_is_nearer(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    deployment = found(monkeypatch, ONE, zone_ids=["Z1"])
    complaint = rf"{host} lies in dyn\.example\.com, and is written nowhere else: .* --zone-id Z2"
    with pytest.raises(UsageError, match=complaint):
        deployment.zone_of(host, Route53(), ["Z1"])


@pytest.mark.parametrize("chosen", (["Z2"], ["/hostedzone/Z2"], ["Z1", "Z2"]))
def test_the_zone_that_has_the_host_may_be_chosen(
    monkeypatch: pytest.MonkeyPatch, chosen: list[str]
) -> None:
    deployment = found(monkeypatch, ONE, zone_ids=chosen)
    assert deployment.zone_of("home.dyn.example.com", Route53(), chosen).id == "Z2"


def test_of_two_zones_of_one_name_one_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ZONES, "Z4", ZONES["Z2"])
    both = {**ONE, "HostedZoneIds": "Z1,Z2,Z4"}
    for each in ("Z2", "Z4"):
        deployment = found(monkeypatch, both, zone_ids=[each])
        assert deployment.zone_of("home.dyn.example.com", Route53(), [each]).id == each


def test_where_the_zones_are_not_known_the_chosen_ones_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unknown = {key: value for key, value in ONE.items() if key != "HostedZoneIds"}
    for deployment in (
        found(monkeypatch, unknown, zone_ids=["Z1"]),
        Deployment.find(table="table-2", zone_ids=["Z1"]),
    ):
        assert deployment.zone_of("home.dyn.example.com", Route53(), ["Z1"]).id == "Z1"
