"""What `ddns local up` says of apps that are not our examples: every command of it works."""

from __future__ import annotations

import io
import re
import shlex
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ddns_constructs.cli.app import app
from ddns_constructs.cli.local.usage import show_how_to_use
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.examples import command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.local import LocalAws

APP = """
from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from ddns_constructs import ApiGatewayDirectDdns, ClientDdns, ClientEndpoint, DirectAccess

app = App()
stack = Stack(app, "Own")
zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.test")
dyn = route53.PublicHostedZone(stack, "Dyn", zone_name="dyn.lab.test")
certificate = acm.Certificate.from_certificate_arn(
    stack, "Certificate", "arn:aws:acm:us-east-1:000000000000:certificate/1"
)
endpoint = ClientEndpoint.custom_domain(domain_name="ddns.example.test", certificate=certificate)
deployments = {
    "Named": ClientDdns(stack, "Named", hosted_zones=[zone], endpoint=endpoint),
    "Api": ClientDdns(stack, "Api", hosted_zones=[zone], endpoint=ClientEndpoint.http_api()),
    "Office": ClientDdns(stack, "Office", hosted_zones=[zone], allowed_names=["*.o.example.test"]),
}
for prefix, ddns in deployments.items():
    CfnOutput(stack, f"{prefix}Url", value=ddns.url)
    CfnOutput(stack, f"{prefix}TableName", value=ddns.table.table_name)
    CfnOutput(stack, f"{prefix}HostedZoneIds", value=zone.hosted_zone_id)
ClientDdns(stack, "Silent", hosted_zones=[dyn])
ApiGatewayDirectDdns(
    stack,
    "Direct",
    hosted_zone=dyn,
    record_names=["lab"],
    domain_name="direct.dyn.lab.test",
    certificate=certificate,
)
ApiGatewayDirectDdns(
    stack, "Open", hosted_zone=dyn, record_names=["open"], access=DirectAccess.none()
)
app.synth()
"""


@pytest.fixture(scope="module")
def outputs(
    aws: LocalAws, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Mapping[str, str]]:
    folder = tmp_path_factory.mktemp("app")
    (folder / "app.py").write_text(APP)
    return aws.deploy(folder)


@pytest.fixture(scope="module")
def shown(aws: LocalAws, outputs: Mapping[str, Mapping[str, str]]) -> str:
    console = Console(record=True, file=io.StringIO(), width=80)
    show_how_to_use(console, aws, outputs)
    return console.export_text()


def section(shown: str, title: str) -> list[str]:
    """Return the lines below a title that begins like this."""
    (found,) = re.findall(rf"^{re.escape(title)}.*\n((?:  .*\n)+)", shown, re.MULTILINE)
    return [line.strip() for line in found.splitlines()]


def test_what_is_not_served_is_said_and_the_rest_is_shown(shown: str) -> None:
    title = "Custom domains are not served locally: ddns.example.test, direct.dyn.lab.test"
    assert "A REST API answers above" in section(shown, title)[-1]
    for prefix in ("Named", "Api"):
        hosts = section(shown, f"Try: hosts --prefix {prefix}")
        assert "curl" in " ".join(hosts), "its HTTP API answers here, under another name"
    assert shown.endswith("Ctrl-C ends it and leaves nothing behind.\n")


@pytest.mark.parametrize(
    ("title", "name"),
    (
        ("Try: hosts --prefix Named", "home.example.test"),
        ("Try: hosts --prefix Office", "home.o.example.test"),
        ("Try: hosts --table Own-Silent", "home.dyn.lab.test"),
    ),
)
def test_the_commands_for_hosts_work_with_and_without_outputs(
    aws: LocalAws, shown: str, title: str, name: str
) -> None:
    environment: dict[str, str | None] = {**aws.exports(), "AWS_SESSION_TOKEN": None}
    environment["DDNS_STACK"] = "Another"
    for line in section(shown, title):
        if line in ("export DDNS_STACK=Own", "unset DDNS_STACK"):
            environment["DDNS_STACK"] = "Own" if line.startswith("export") else None
        if line.startswith(f"{command()} "):
            words = shlex.split(line.removeprefix(command()))
            done = CliRunner().invoke(app, words, env=environment)
            assert done.exit_code == 0, done.output
            assert name in done.output


def test_a_name_with_an_address_is_asked_for_where_the_internet_asks(
    aws: LocalAws, shown: str
) -> None:
    port = aws.dns.port(View.PUBLIC)
    for title in ("Try: hosts --table Own-Silent", "Try: the API key ", "Try: without a key, "):
        asked = [each.split()[-3] for each in section(shown, title) if f"--port {port}" in each]
        assert asked[0].endswith(".dyn.lab.test")
        assert "dyn.dyn" not in asked[0]


def test_a_rest_api_is_shown_with_its_key_or_without_one(aws: LocalAws, shown: str) -> None:
    (key,) = aws.client("apigateway").get_api_keys(includeValues=True)["items"]
    direct, opened = sorted(aws.rest_apis(), key=lambda api: api.name)
    call = f"curl --cacert $AWS_CA_BUNDLE --header 'x-api-key: {key['value']}' "
    title = f"Try: the API key {key['id']}, lab.dyn.lab.test"
    assert f"{call}{direct.https}update" in section(shown, title)
    call = "curl --cacert $AWS_CA_BUNDLE "
    title = f"Try: without a key, {opened.name}"
    assert f"{call}{opened.https}open.dyn.lab.test" in section(shown, title)
