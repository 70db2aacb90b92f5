"""The whole loop: the real CDK app, its real function, enforced policies, answers over the wire."""

from __future__ import annotations

import contextlib
import copy
import io
import ipaddress
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from ddns_constructs.cli.local.demo.instance_steps import InstanceStage, play
from ddns_constructs.cli.local.demo.stage import StepFailedError
from ddns_constructs.cli.report import Report
from ddns_constructs.local import LocalAws
from ddns_constructs.local.examples import example_folder
from tests.local.processes import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Deployed(NamedTuple):
    stage: InstanceStage
    first_answer: tuple[str, str]
    """What was answered after the deployment, and what was right."""


@pytest.fixture(scope="module")
def deployed(aws: LocalAws) -> Deployed:
    """The example, deployed while an instance with a ZONE tag was already running."""
    instance = aws.client("ec2").run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[
            {
                "ResourceType": "instance",
                "Tags": [{"Key": "ZONE", "Value": "example.internal"}],
            }
        ],
    )["Instances"][0]
    outputs = aws.deploy(example_folder("instance_ddns"))["InstanceDdns"]
    stage = InstanceStage(aws, outputs, Report(Console(record=True, file=io.StringIO(), width=200)))
    name = f"{instance['PrivateDnsName'].partition('.')[0]}.example.internal"
    eventually(lambda: bool(aws.dns.ask(name).values), timeout=PATIENCE)
    first_answer = str(aws.dns.ask(name))
    stage.ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    stage.expect(name, "A", status="NXDOMAIN")
    return Deployed(stage, (first_answer, instance["PrivateIpAddress"]))


@pytest.fixture
def stage(deployed: Deployed) -> InstanceStage:
    return deployed.stage


def test_an_instance_that_ran_before_the_deployment_gets_its_name_with_it(
    deployed: Deployed,
) -> None:
    answered, right = deployed.first_answer
    assert answered == right


def test_every_step_of_the_demo_holds(stage: InstanceStage) -> None:
    held = play(stage.aws, stage.outputs, stage.report)
    shown = stage.report.console.export_text()
    assert held, shown
    assert re.search(r"  printer\.example\.internal is refused to i-\w+: ", shown)


def test_stopping_at_once_leaves_no_record_that_an_older_look_had_wanted(
    stage: InstanceStage,
) -> None:
    # The launch comes as several events: one of them may be at work, having seen the instance
    # run, while the stop is already done.
    for round_ in range(6):
        machine = stage.launch(f"short-{round_}", ZONE=stage.private_zone)
        name = stage.private(f"ip-{machine.private.replace('.', '-')}")
        stage.expect(name, "A", machine.private)
        stage.ec2.terminate_instances(InstanceIds=[machine.id])
        stage.expect(name, "A", status="NXDOMAIN")
        stage.drain()
        stage.expect(name, "A", status="NXDOMAIN")
    stage.until("an empty ledger", lambda: ", ".join(stage.ledger()) or None)


def test_a_step_that_does_not_hold_says_what_was_expected_and_what_was_seen(
    stage: InstanceStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ddns_constructs.cli.local.demo.stage._PATIENCE", 0.1)
    name = stage.private("nobody")
    with pytest.raises(StepFailedError) as caught:
        stage.expect(name, "A", "10.0.0.1")
    assert str(caught.value).splitlines() == [
        f"expected within 0 s: in the VPC, {name} A: 10.0.0.1",
        f"seen: in the VPC, {name} A: NXDOMAIN",
    ]


# --------------------------------------------------- what the documentation says


def end_of(stage: InstanceStage, name: str) -> None:
    """Terminate every instance and wait until a name is gone."""
    pages = stage.ec2.get_paginator("describe_instances").paginate()
    ids = [i["InstanceId"] for p in pages for r in p["Reservations"] for i in r["Instances"]]
    stage.ec2.terminate_instances(InstanceIds=ids)
    stage.expect(name, "A", status="NXDOMAIN")


def test_the_program_of_the_documentation_works(
    stage: InstanceStage,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = (repository / "docs/local.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    # Addresses are given in turn: the program's instance will get the one after this one's.
    first = stage.launch("first")
    following = str(ipaddress.ip_address(first.private) + 1)
    label = f"ip-{following.replace('.', '-')}"
    monkeypatch.setattr(LocalAws, "start", lambda: contextlib.nullcontext(stage.aws))
    monkeypatch.setattr(stage.aws, "deploy", lambda _: {"MyStack": stage.outputs})
    try:
        exec(program.replace("ip-10-0-0-4", label), {})  # noqa: S102 - it is ours
        assert capsys.readouterr().out.strip() == following
    finally:
        end_of(stage, stage.private(label))


# -------------------------------------------------------------- least privilege


@pytest.fixture
def role(stage: InstanceStage) -> str:
    functions = stage.aws.client("lambda")
    found = functions.get_function_configuration(FunctionName=stage.outputs["FunctionName"])
    return str(found["Role"].rpartition("/")[2])


@contextlib.contextmanager
def without(stage: InstanceStage, role: str, action: str) -> Iterator[None]:
    """Take one action away from the function's role, and give it back."""
    iam = stage.aws.client("iam")
    original = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }

    def put(documents: dict[str, Any]) -> None:
        for name, document in documents.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    reduced = copy.deepcopy(original)
    removed = 0
    for document in reduced.values():
        for statement in document["Statement"]:
            actions = statement["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            removed += action in actions
            statement["Action"] = [each for each in actions if each != action] or ["none:None"]
    assert removed, f"the role may not do {action}"
    put(reduced)
    try:
        yield
    finally:
        put(original)


def invoke(stage: InstanceStage, payload: dict[str, object]) -> str:
    """Call the function and return its answer as text, an error's too."""
    answer = stage.aws.client("lambda").invoke(
        FunctionName=stage.outputs["FunctionName"], Payload=json.dumps(payload).encode()
    )
    return str(answer["Payload"].read().decode())


def plan(stage: InstanceStage) -> str:
    """Ask for all pages of what a sweep would do; return the answers, an error's too."""
    answers: list[str] = []
    following: object = None
    while following or not answers:
        payload = {"dry_run": True, "verify": True, "next": following}
        answers.append(invoke(stage, payload))
        following = json.loads(answers[-1]).get("next")
    return "".join(answers)


@pytest.mark.parametrize(
    ("action", "planned"),
    (
        ("ec2:DescribeInstances", False),
        ("dynamodb:GetItem", False),
        ("dynamodb:BatchGetItem", True),
        ("dynamodb:PutItem", False),
        ("dynamodb:Scan", True),
        ("route53:ChangeResourceRecordSets", False),
        ("route53:ListResourceRecordSets", True),
    ),
)
def test_without_an_action_of_its_role_the_function_is_denied_exactly_that(
    stage: InstanceStage,
    role: str,
    action: str,
    planned: bool,  # noqa: FBT001 - of the table
) -> None:
    stage.aws.ec2_events.drop_next()
    machine = stage.launch("denied", ZONE=stage.private_zone)
    stage.drain()
    order = {"instances": [machine.id]}
    name = stage.private(f"ip-{machine.private.replace('.', '-')}")
    with without(stage, role, action):
        answer = plan(stage) if planned else invoke(stage, order)
        assert f"is not authorized to perform: {action}" in answer
    invoke(stage, order)
    stage.expect(name, "A", machine.private)
    stage.ec2.terminate_instances(InstanceIds=[machine.id])
    stage.expect(name, "A", status="NXDOMAIN")


@pytest.fixture
def as_the_function(stage: InstanceStage, role: str) -> Any:  # noqa: ANN401 - boto3
    """Route 53 with the credentials of the function's role."""
    arn = stage.aws.client("iam").get_role(RoleName=role)["Role"]["Arn"]
    return stage.aws.client_as(arn, "route53")


def change(client: Any, zone: str, action: str, name: str, kind: str) -> None:  # noqa: ANN401 - boto3
    value = {"A": "10.0.0.99", "TXT": '"text"', "NS": "ns.example.org"}[kind]
    record_set = {
        "Name": name,
        "Type": kind,
        "TTL": 60,
        "ResourceRecords": [{"Value": value}],
    }
    client.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record_set}]},
    )


def test_the_role_may_create_and_delete_an_address_below_the_zone(
    stage: InstanceStage,
    as_the_function: Any,  # noqa: ANN401 - boto3
) -> None:
    zone = stage.outputs["PrivateZoneId"]
    change(as_the_function, zone, "CREATE", stage.private("allowed"), "A")
    change(as_the_function, zone, "DELETE", stage.private("allowed"), "A")


@pytest.mark.parametrize(
    ("action", "host", "kind"),
    (
        ("CREATE", "", "A"),
        ("CREATE", "", "NS"),
        ("CREATE", "a", "TXT"),
        ("CREATE", "a", "NS"),
        ("UPSERT", "a", "A"),
    ),
)
def test_the_role_s_conditions_deny_everything_else(
    stage: InstanceStage,
    as_the_function: Any,  # noqa: ANN401 - boto3
    action: str,
    host: str,
    kind: str,
) -> None:
    name = stage.private(host) if host else stage.private_zone
    with pytest.raises(ClientError, match="AccessDenied"):
        change(as_the_function, stage.outputs["PrivateZoneId"], action, name, kind)


def test_the_role_may_not_write_a_name_of_another_zone(
    stage: InstanceStage,
    as_the_function: Any,  # noqa: ANN401 - boto3
) -> None:
    made = stage.route53.create_hosted_zone(Name="other.example", CallerReference="other")
    zone = made["HostedZone"]["Id"].rpartition("/")[2]
    with pytest.raises(ClientError, match="AccessDenied"):
        change(as_the_function, zone, "CREATE", "a.other.example", "A")
    with pytest.raises(ClientError, match="AccessDenied"):
        change(as_the_function, stage.outputs["PrivateZoneId"], "CREATE", "a.other.example", "A")
