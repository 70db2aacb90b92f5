"""`ddns status`: what a stack has, whether it answers, and what is wrong, each with its remedy."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddns_constructs.local import LocalAws
    from tests.cli.conftest import Administrator

    Shown = Callable[..., tuple[int, dict[tuple[str, str], dict[str, str]]]]

STACK = "Everything"
ROLE = "arn:aws:iam::000000000000:role/r"


def function(handler: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401 - CloudFormation's
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Handler": handler,
            "Runtime": "python3.13",
            "Role": ROLE,
            "Code": {"ZipFile": "x"},
            "Environment": {"Variables": variables},
        },
    }


def table(key: str) -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        },
    }


def template() -> str:
    """Return a stack with what `ddns status` looks at, as the constructs have it."""
    letters = {"Ref": "Letters"}
    resources = {
        "Letters": {"Type": "AWS::SQS::Queue"},
        "Ledger": table("pk"),
        "Client": function(
            "ddns.handlers.client.handler",
            DDNS_DEAD_LETTER_QUEUE_URL=letters,
            DDNS_ENDPOINT_NAMES='["ddns.example.com"]',
        ),
        "Instance": function(
            "ddns.handlers.instance.handler",
            DDNS_DEAD_LETTER_QUEUE_URL=letters,
            DDNS_TABLE={"Ref": "Ledger"},
        ),
        "Sweep": {
            "Type": "AWS::Events::Rule",
            "Properties": {"Name": "sweep-rule", "ScheduleExpression": "rate(1 hour)"},
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "errors",
                "AlarmDescription": "read the log",
                "Namespace": "x",
                "MetricName": "y",
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanThreshold",
            },
        },
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "Name": "direct",
                "Description": "Clients of dynamic DNS (ddns-constructs, ApiGatewayDirectDdns)",
            },
        },
    }
    return json.dumps({"Resources": resources})


@pytest.fixture(scope="module")
def stack(account: LocalAws) -> None:
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=template())

    def done() -> bool:
        (found,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        return bool(found["StackStatus"] == "CREATE_COMPLETE")

    assert eventually(done)


@pytest.fixture
def shown(admin: Administrator, stack: None) -> Shown:  # noqa: ARG001 - it is there
    def run(*words: str) -> tuple[int, dict[tuple[str, str], dict[str, str]]]:
        result = admin.run("status", STACK, "--json", *words)
        assert result.stdout, result.output
        found = json.loads(result.stdout)["found"]
        return result.exit_code, {(each["of"], each["what"]): each for each in found}

    return run


def physical(account: LocalAws, id_: str) -> str:
    found = account.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId=id_
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


class Endpoint(BaseHTTPRequestHandler):
    code = 403

    def do_GET(self) -> None:
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_stack_that_is_well_says_so(admin: Administrator, shown: Shown, url: str) -> None:
    code, found = shown("--url", url)
    wrong = {each["what"]: each["remedy"] for each in found.values() if each["remedy"]}
    assert (code, wrong) == (0, {})
    assert found["ClientDdns", "endpoint"]["text"] == f"{url} answers"
    assert found["ClientDdns", "dead letters"]["text"] == "none"
    assert found["InstanceDdns", "sweep"]["text"].startswith("none is under way")
    assert found["InstanceDdns", "last sweep"]
    assert found["", "alarms"]["text"] == "0 of 1 on"
    text = admin.run("status", STACK, "--url", url)
    assert text.exit_code == 0
    assert text.stdout.endswith("nothing is wrong\n")


def test_each_thing_that_is_wrong_has_a_remedy(
    admin: Administrator,
    shown: Shown,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws = admin.aws
    queue, ledger = physical(aws, "Letters"), physical(aws, "Ledger")
    sqs, dynamodb, events = (aws.client(each) for each in ("sqs", "dynamodb", "events"))
    alarms, functions = aws.client("cloudwatch"), aws.client("lambda")
    name = physical(aws, "Client")
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    events.disable_rule(Name="sweep-rule")
    long_ago = str(int((dt.datetime.now(dt.timezone.utc).timestamp() - 7200) * 1000))
    item = {"pk": {"S": "SWEEP"}, "step": {"N": "3"}, "touched": {"N": long_ago}}
    dynamodb.put_item(TableName=ledger, Item=item)
    alarms.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="x")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    monkeypatch.setattr(Endpoint, "code", 503)
    try:
        code, found = shown("--url", url)
        plain = admin.run("status", STACK, "--url", url)
    finally:
        sqs.purge_queue(QueueUrl=queue)
        events.enable_rule(Name="sweep-rule")
        dynamodb.delete_item(TableName=ledger, Key={"pk": {"S": "SWEEP"}})
        alarms.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="x")
        functions.delete_function_concurrency(FunctionName=name)
    assert code == 1
    wrong = {key: each["remedy"] for key, each in found.items() if each["remedy"]}
    assert "--message-attribute-names Reason" in wrong["ClientDdns", "dead letters"]
    assert "aws lambda delete-function-concurrency" in wrong["ClientDdns", "concurrency"]
    assert wrong["InstanceDdns", "rule"] == "`aws events enable-rule --name sweep-rule`"
    assert "the function's log says why" in wrong["InstanceDdns", "sweep"]
    assert wrong["", "alarm"] == "read the log"
    assert ("ClientDdns", "endpoint") in wrong
    assert plain.exit_code == 1
    assert f"wrong: {plain.stdout.count('✗')}\n" in plain.stdout
    assert "    read the log\n" in plain.stdout


def test_an_endpoint_that_does_not_answer_is_wrong(shown: Shown) -> None:
    code, found = shown("--url", "http://127.0.0.1:1/")
    assert code == 1
    assert "does not answer" in found["ClientDdns", "endpoint"]["text"]


def test_behind_another_aws_no_endpoint_of_the_internet_is_asked(shown: Shown) -> None:
    _, found = shown()
    assert "not asked" in found["ClientDdns", "endpoint"]["text"]
    assert "https://ddns.example.com/" in found["ClientDdns", "endpoint"]["text"]


def test_a_stack_without_a_construct_and_one_that_is_not_there_are_said(
    admin: Administrator,
) -> None:
    result = admin.run("status", admin.stack)
    assert (result.exit_code, "has no construct of ddns-constructs" in result.stderr) == (1, True)
    result = admin.run("status", "Nobody")
    assert "there is no stack 'Nobody'" in result.stderr
