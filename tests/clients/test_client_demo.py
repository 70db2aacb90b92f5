"""`ddns local demo client`, and what an administrator needs to be allowed."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ddns_constructs.cli.local.demo import client_steps as _client_demo
from ddns_constructs.cli.local.demo.client_steps import ClientStage, play
from ddns_constructs.cli.local.demo.stage import StepFailedError
from ddns_constructs.cli.report import Report
from tests.clients.conftest import Service, needs

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def report() -> Report:
    needs("curl")
    return Report(Console(record=True, file=io.StringIO(), width=300))


def test_every_step_of_the_demo_holds_and_shows_no_credential(
    service: Service, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = []

    def remember(*parts: object) -> ClientStage:
        stages.append(ClientStage(*parts))  # type: ignore[arg-type] # as they came
        return stages[0]

    monkeypatch.setattr(_client_demo, "ClientStage", remember)
    held = play(service.aws, service.admin.outputs, report)
    shown = report.console.export_text()
    assert held, shown
    (stage,) = stages
    assert stage.token
    assert stage.token not in shown
    assert stage.secret not in shown


def test_it_holds_where_there_is_one_loopback_address_and_no_ipv6(
    service: Service, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client_demo, "_can_bind", lambda _: False)
    monkeypatch.setattr(
        ClientStage,
        "__post_init__",
        lambda stage: setattr(stage, "url", service.url._replace(https_ipv6="")),
    )
    assert play(service.aws, service.admin.outputs, report), report.console.export_text()


@pytest.mark.parametrize(
    ("wrong", "seen"),
    (
        (lambda stage: stage.ddns("host", "show", "nobody.dyn.example.test"), "there is no host"),
        (lambda stage: stage.curl("", base="https://127.0.0.1:1/"), "curl failed"),
        (
            lambda stage: stage.expect_reply("x", stage.curl("checkip"), 200, "::2"),
            "x: 200 127.0.0.1",
        ),
    ),
)
def test_what_does_not_hold_is_said(
    service: Service, report: Report, wrong: Callable[[ClientStage], object], seen: str
) -> None:
    stage = ClientStage(service.aws, service.admin.outputs, report)
    with pytest.raises(StepFailedError, match=seen):
        wrong(stage)


def test_the_blog_sample_s_item_works_unchanged_and_can_be_rotated(service: Service) -> None:
    """The format of the AWS blog sample, with the dot at the end of its key."""
    name, zone_id = "old.dyn.example.test", service.admin.outputs["HostedZoneIds"]
    data = {
        "route_53_zone_id": zone_id,
        "route_53_record_ttl": 60,
        "route_53_record_type": "A",
        "shared_secret": "SHARED_SECRET_1",
    }
    service.admin.put({"hostname": {"S": f"{name}."}, "data": {"S": json.dumps(data)}})
    service.aws.client("dynamodb").update_item(
        TableName=service.admin.outputs["TableName"],
        Key={"hostname": {"S": f"{name}."}},
        UpdateExpression="SET address_policy = :any",
        ExpressionAttributeValues={":any": {"S": "any"}},
    )
    stage = ClientStage(service.aws, service.admin.outputs, Report(Console(file=io.StringIO())))
    stage.secret = "SHARED_SECRET_1"  # noqa: S105 - the AWS blog sample's
    assert stage.sample_update(name).status == 201
    assert service.answer(name) == ("127.0.0.1",)
    made = json.loads(service.admin.host("rotate", name, "--json"))
    assert stage.sample_update(name).status == 200, "the old secret still works"
    stage.secret = made["secret"]
    assert stage.sample_update(name).status == 200
    service.admin.host("rotate", name, "--now")
    assert stage.sample_update(name).status == 401
    service.admin.host("remove", name, "--yes")
    assert service.answer(name) == ()
