"""`ddns local demo direct`."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ddns_constructs.cli.local.demo import direct_steps as _direct_demo
from ddns_constructs.cli.local.demo.direct_steps import DirectStage, play
from ddns_constructs.cli.local.demo.stage import StepFailedError
from ddns_constructs.cli.local.usage import show_how_to_use
from ddns_constructs.cli.report import Report
from ddns_constructs.local.examples import example_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.local import LocalAws


@pytest.fixture(scope="module")
def outputs(aws: LocalAws) -> Mapping[str, str]:
    return aws.deploy(example_folder("api_gateway_direct"))["ApiGatewayDirect"]


@pytest.fixture
def report() -> Report:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    return Report(Console(record=True, file=io.StringIO(), width=300))


def forget(aws: LocalAws, zone: str) -> None:
    """Delete what clients have written, so that the steps begin anew."""
    route53 = aws.client("route53")
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": each}
        for each in found
        if each["Type"] in {"A", "AAAA"}
    ]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


@pytest.mark.parametrize("plain", (False, True))
def test_every_step_holds_and_shows_no_key(
    aws: LocalAws,
    outputs: Mapping[str, str],
    report: Report,
    monkeypatch: pytest.MonkeyPatch,
    *,
    plain: bool,
) -> None:
    forget(aws, outputs["HostedZoneId"])
    if plain:  # one loopback address, no IPv6
        url = aws.rest_api(outputs["Url"])._replace(https_ipv6="")
        monkeypatch.setattr(_direct_demo, "can_bind", lambda _: False)
        monkeypatch.setattr(aws, "rest_api", lambda _: url)
    held = play(aws, outputs, report)
    shown = report.console.export_text()
    assert held, shown
    assert ("no IPv6" in shown) is plain
    keys = aws.client("apigateway").get_api_keys(includeValues=True)["items"]
    assert len(keys) == 2
    assert not any(key["value"] in shown for key in keys)


def test_a_role_that_may_do_more_is_reported(
    aws: LocalAws, outputs: Mapping[str, str], report: Report
) -> None:
    stage = DirectStage(aws, outputs, report)
    with pytest.raises(StepFailedError, match="it is done"):
        stage.refused_by_iam("home.example.test", "A", "UPSERT")


@pytest.mark.parametrize("has_outputs", (True, False))
def test_up_shows_a_command_for_each_key(
    aws: LocalAws, outputs: Mapping[str, str], report: Report, *, has_outputs: bool
) -> None:
    known = {"ApiGatewayDirect": outputs} if has_outputs else {}
    show_how_to_use(report.console, aws, known)
    shown = report.console.export_text()
    url = aws.rest_api(outputs["ApiId"])
    stage = DirectStage(aws, outputs, report)
    for name, key in stage.keys.items():
        assert f"--header 'x-api-key: {key}' {url.https}update" in shown
        assert f"{name}\n" in shown
    for where in (url.http, url.https, url.https_ipv6, outputs["KeyIdHome"]):
        assert where in shown
