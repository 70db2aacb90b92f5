"""Health checks of the local account: made by API or template, looked at, and answered by."""

from __future__ import annotations

import io
import json
import socket
import threading
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from ddns_constructs.local import LocalAwsError
from ddns_constructs.local.dns.answers import View
from tests.local.processes import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.local import LocalAws

ZONE = "fo.test"
NAME, TEMPLATE_S_NAME = f"db.{ZONE}", f"cfn.{ZONE}"
PRIMARY, SECONDARY = "10.0.1.5", "10.0.2.5"
RELAY = """
import os

def handler(event, context):
    down = event["rawPath"] == os.environ["DOWN"]
    return {"statusCode": 200 if down else 503, "body": ""}
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Service:
    """A TCP service on one address and port that can be killed and started again."""

    def __init__(self, address: str = "127.0.0.2") -> None:
        self.address = address
        self._listening = socket.create_server((address, 0))
        self.port = self._listening.getsockname()[1]

    def kill(self) -> None:
        self._listening.close()

    def start(self) -> None:
        self._listening = socket.create_server((self.address, self.port))


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def zone(aws: LocalAws) -> str:
    made = aws.client("route53").create_hosted_zone(Name=ZONE, CallerReference=ZONE)
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


@pytest.fixture
def checks(aws: LocalAws) -> Iterator[Checks]:
    made = Checks(aws)
    yield made
    made.delete()


class Checks:
    """Health checks that end with a test."""

    def __init__(self, aws: LocalAws) -> None:
        self._route53 = aws.client("route53")
        self._made: list[str] = []

    def make(self, **config: object) -> str:
        made = self._route53.create_health_check(
            CallerReference=f"{id(self)}-{len(self._made)}", HealthCheckConfig=config
        )
        self._made.append(made["HealthCheck"]["Id"])
        return self._made[-1]

    def tcp(self, service: Service, **more: object) -> str:
        return self.make(
            Type="TCP",
            IPAddress=service.address,
            Port=service.port,
            RequestInterval=30,
            FailureThreshold=2,
            **more,
        )

    def delete(self) -> None:
        for each in self._made:
            self._route53.delete_health_check(HealthCheckId=each)


def record(value: str, role: str, health_check: str = "") -> dict[str, Any]:
    checked = {"HealthCheckId": health_check} if health_check else {}
    return {
        "Name": NAME,
        "Type": "A",
        "TTL": 10,
        "SetIdentifier": role,
        "Failover": role,
        "ResourceRecords": [{"Value": value}],
        **checked,
    }


def upsert(aws: LocalAws, zone: str, *records: dict[str, Any]) -> None:
    changes = [{"Action": "UPSERT", "ResourceRecordSet": each} for each in records]
    aws.client("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": changes}
    )


def answers(aws: LocalAws, name: str = NAME) -> tuple[str, ...]:
    return aws.dns.ask(name, "A", View.PUBLIC).values


def test_a_name_follows_the_health_of_its_primary_there_and_back(
    aws: LocalAws, zone: str, checks: Checks, service: Service
) -> None:
    check = checks.tcp(service)
    upsert(aws, zone, record(PRIMARY, "PRIMARY", check), record(SECONDARY, "SECONDARY"))
    aws.health_checks.look()
    assert answers(aws) == (PRIMARY,)
    service.kill()
    aws.health_checks.look()
    assert answers(aws) == (PRIMARY,)  # one failure of two
    aws.health_checks.look()
    assert answers(aws) == (SECONDARY,)
    service.start()
    aws.health_checks.look(times=2)
    assert answers(aws) == (PRIMARY,)


def test_waiting_for_a_health_that_does_not_come_ends_with_what_was_seen(
    aws: LocalAws, checks: Checks, service: Service
) -> None:
    check = checks.tcp(service)
    aws.health_checks.look()
    with pytest.raises(LocalAwsError, match=r"is not unhealthy within 0\.1 .* TCP connection"):
        aws.health_checks.wait_until(check, healthy=False, timeout=0.1)


def test_a_new_check_is_healthy_and_an_inverted_one_is_not(aws: LocalAws, checks: Checks) -> None:
    elsewhere = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 1}
    new, inverted = checks.make(**elsewhere), checks.make(**elsewhere, Inverted=True)
    aws.health_checks.look()  # and nobody looks at what is not on loopback
    assert aws.health_checks.is_healthy(new)
    assert not aws.health_checks.is_healthy(inverted)
    assert aws.health_checks.why(new) == ""


def test_an_inverted_check_is_healthy_while_its_endpoint_is_not(
    aws: LocalAws, checks: Checks, service: Service
) -> None:
    check = checks.tcp(service, Inverted=True)
    aws.health_checks.look(times=2)
    assert not aws.health_checks.is_healthy(check)
    service.kill()
    aws.health_checks.look(times=2)
    assert aws.health_checks.is_healthy(check)


def test_a_disabled_check_is_healthy_whatever_was_seen(
    aws: LocalAws, checks: Checks, service: Service
) -> None:
    check = checks.tcp(service)
    service.kill()
    aws.health_checks.look(times=2)
    assert not aws.health_checks.is_healthy(check)
    aws.client("route53").update_health_check(HealthCheckId=check, Disabled=True)
    aws.health_checks.look()
    assert aws.health_checks.is_healthy(check)


def test_a_check_of_checks_counts_the_healthy_ones(
    aws: LocalAws, checks: Checks, service: Service
) -> None:
    one, other = checks.tcp(service), checks.tcp(service, Inverted=True)
    both = checks.make(Type="CALCULATED", ChildHealthChecks=[one, other], HealthThreshold=2)
    either = checks.make(Type="CALCULATED", ChildHealthChecks=[one, other], HealthThreshold=1)
    aws.health_checks.look(times=2)
    assert not aws.health_checks.is_healthy(both)
    assert aws.health_checks.is_healthy(either)


def test_a_child_counts_as_it_says_itself_and_the_whole_may_be_inverted(
    aws: LocalAws, checks: Checks, service: Service
) -> None:
    off = checks.tcp(service, Disabled=True)
    inverted = checks.tcp(service, Disabled=True, Inverted=True)
    both = {"Type": "CALCULATED", "ChildHealthChecks": [off, inverted]}
    assert aws.health_checks.is_healthy(checks.make(**both, HealthThreshold=1))
    assert not aws.health_checks.is_healthy(checks.make(**both, HealthThreshold=2))
    assert not aws.health_checks.is_healthy(checks.make(**both, HealthThreshold=1, Inverted=True))
    assert aws.health_checks.is_healthy(checks.make(**both, HealthThreshold=0))


def test_children_are_checks_that_exist_and_no_sums_themselves(
    aws: LocalAws, checks: Checks, service: Service
) -> None:
    whole = checks.make(
        Type="CALCULATED", ChildHealthChecks=[checks.tcp(service)], HealthThreshold=1
    )
    for children, reason in (
        ([whole], "cannot monitor other CALCULATED"),
        (["none"], "No health check exists"),
        (["none"] * 256, "at most 255 children"),
    ):
        with pytest.raises(ClientError, match=reason):
            checks.make(Type="CALCULATED", ChildHealthChecks=children, HealthThreshold=1)
    with pytest.raises(ClientError, match="cannot monitor other CALCULATED"):
        aws.client("route53").update_health_check(HealthCheckId=whole, ChildHealthChecks=[whole])


def test_cloudformation_makes_a_sum_of_checks_and_no_sum_of_sums(aws: LocalAws) -> None:
    def resource(*children: str) -> dict[str, Any]:
        config = {
            "Type": "CALCULATED",
            "ChildHealthChecks": [{"Ref": each} for each in children],
            "HealthThreshold": 1,
        }
        return {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckConfig": config}}

    one = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 1}
    leaf = {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckConfig": one}}
    made = aws.client("cloudformation")
    sums = {"Leaf": leaf, "Sum": resource("Leaf")}
    made.create_stack(StackName="sums", TemplateBody=json.dumps({"Resources": sums}))
    made.get_waiter("stack_create_complete").wait(StackName="sums", WaiterConfig={"Delay": 1})
    found = made.describe_stack_resource(StackName="sums", LogicalResourceId="Sum")
    assert aws.health_checks.is_healthy(found["StackResourceDetail"]["PhysicalResourceId"])
    body = {"Resources": {**sums, "Whole": resource("Sum")}}
    made.create_stack(StackName="nested", TemplateBody=json.dumps(body), OnFailure="ROLLBACK")
    with pytest.raises(WaiterError):
        made.get_waiter("stack_create_complete").wait(
            StackName="nested", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )


def test_a_name_under_which_the_endpoint_stands_in_the_public_zone_is_looked_up(
    aws: LocalAws, zone: str, checks: Checks, service: Service
) -> None:
    made = {"Name": f"site.{ZONE}", "Type": "A", "TTL": 10}
    upsert(aws, zone, {**made, "ResourceRecords": [{"Value": service.address}]})
    check = checks.make(
        Type="TCP", FullyQualifiedDomainName=f"site.{ZONE}", Port=service.port, FailureThreshold=1
    )
    service.kill()
    aws.health_checks.look()
    assert not aws.health_checks.is_healthy(check)


@pytest.fixture
def alarm(aws: LocalAws) -> Iterator[str]:
    """An alarm whose metric has the name of the alarm, and no data yet."""
    name = f"primary-down-{uuid.uuid4()}"
    put_alarm(aws, name, period=60)
    yield name
    aws.client("cloudwatch").delete_alarms(AlarmNames=[name])


def put_alarm(aws: LocalAws, name: str, period: int) -> None:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName=name,
        Statistic="Minimum",
        Period=period,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
    )


@pytest.mark.parametrize(
    ("without_data", "healthy"),
    (("Healthy", True), ("Unhealthy", False), ("LastKnownStatus", True)),
)
def test_a_check_of_an_alarm_follows_its_state(
    aws: LocalAws,
    checks: Checks,
    alarm: str,
    without_data: str,
    healthy: bool,  # noqa: FBT001 - a row
) -> None:
    check = checks.make(
        Type="CLOUDWATCH_METRIC",
        AlarmIdentifier={"Name": alarm, "Region": "us-east-1"},
        InsufficientDataHealthStatus=without_data,
    )
    assert aws.health_checks.is_healthy(check) is healthy
    for state, expected in (("ALARM", False), ("OK", True), ("ALARM", False)):
        aws.client("cloudwatch").set_alarm_state(
            AlarmName=alarm, StateValue=state, StateReason="a test"
        )
        aws.health_checks.look()
        assert aws.health_checks.is_healthy(check) is expected
    aws.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="INSUFFICIENT_DATA", StateReason="a test"
    )
    aws.health_checks.look()
    assert aws.health_checks.is_healthy(check) is (healthy and without_data == "Healthy")


def test_a_measurement_that_the_alarm_is_about_changes_the_health(
    aws: LocalAws, checks: Checks, alarm: str
) -> None:
    check = checks.make(
        Type="CLOUDWATCH_METRIC", AlarmIdentifier={"Name": alarm, "Region": "us-east-1"}
    )
    aws.client("cloudwatch").put_metric_data(
        Namespace="Test", MetricData=[{"MetricName": alarm, "Value": 0.0}]
    )
    aws.health_checks.wait_until(check, healthy=False, timeout=PATIENCE)


def test_an_alarm_of_high_resolution_is_refused(aws: LocalAws, checks: Checks, alarm: str) -> None:
    put_alarm(aws, alarm, period=10)
    with pytest.raises(ClientError, match="High-resolution"):
        checks.make(
            Type="CLOUDWATCH_METRIC", AlarmIdentifier={"Name": alarm, "Region": "us-east-1"}
        )


@pytest.mark.parametrize(
    ("config", "reason"),
    (
        ({"RequestInterval": 20}, "RequestInterval has to be 10 or 30"),
        ({"FailureThreshold": 11}, "FailureThreshold has to be from 1 to 10"),
    ),
)
def test_settings_that_route_53_does_not_take_are_refused(
    checks: Checks, config: dict[str, int], reason: str
) -> None:
    with pytest.raises(ClientError, match=reason):
        checks.make(Type="TCP", IPAddress="192.0.2.1", Port=1, **config)


def test_settings_come_back_as_they_are_with_the_defaults(aws: LocalAws, checks: Checks) -> None:
    check = checks.make(Type="HTTPS", FullyQualifiedDomainName="h.example.com", Inverted=True)
    route53 = aws.client("route53")
    config = route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    assert config == {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": "h.example.com",
        "Port": 443,
        "EnableSNI": True,
        "RequestInterval": 30,
        "FailureThreshold": 3,
        "MeasureLatency": False,
        "Inverted": True,
        "Disabled": False,
    }
    changed = route53.update_health_check(HealthCheckId=check, FailureThreshold=1)["HealthCheck"]
    assert changed["HealthCheckVersion"] == 2
    assert changed["HealthCheckConfig"] == {**config, "FailureThreshold": 1}


def test_the_status_tells_what_was_seen_not_what_inversion_makes_of_it(
    aws: LocalAws, checks: Checks, service: Service
) -> None:
    check = checks.tcp(service, Inverted=True)
    aws.health_checks.look()
    status = aws.client("route53").get_health_check_status(HealthCheckId=check)
    (seen,) = status["HealthCheckObservations"]
    assert seen["StatusReport"]["Status"] == "Success: TCP connection established"
    assert seen["StatusReport"]["CheckedTime"].tzinfo is not None


def test_a_check_of_checks_has_no_status_of_checkers(aws: LocalAws, checks: Checks) -> None:
    check = checks.make(Type="CALCULATED", ChildHealthChecks=[], HealthThreshold=0)
    with pytest.raises(ClientError, match="CALCULATED"):
        aws.client("route53").get_health_check_status(HealthCheckId=check)


def test_a_check_that_does_not_exist_is_an_error_everywhere(aws: LocalAws, zone: str) -> None:
    route53 = aws.client("route53")
    with pytest.raises(ClientError, match="NoSuchHealthCheck"):
        route53.get_health_check_status(HealthCheckId="none")
    with pytest.raises(ClientError, match="NoSuchHealthCheck"):
        upsert(aws, zone, record(PRIMARY, "PRIMARY", "none"))


def test_a_primary_record_without_a_check_is_refused_as_by_route_53(
    aws: LocalAws, zone: str
) -> None:
    with pytest.raises(ClientError, match="primary ResourceRecordSet must have"):
        upsert(aws, zone, record(PRIMARY, "PRIMARY"))
    properties = {"HostedZoneId": zone, **record(PRIMARY, "PRIMARY"), "TTL": "10"}
    properties["ResourceRecords"] = [PRIMARY]
    body = {"Resources": {"R": {"Type": "AWS::Route53::RecordSet", "Properties": properties}}}
    made = aws.client("cloudformation")
    made.create_stack(StackName="unchecked", TemplateBody=json.dumps(body), OnFailure="ROLLBACK")
    with pytest.raises(WaiterError):
        made.get_waiter("stack_create_complete").wait(StackName="unchecked")
    said = [
        each.get("ResourceStatusReason", "")
        for each in made.describe_stack_events(StackName="unchecked")["StackEvents"]
    ]
    assert any("primary ResourceRecordSet must have" in each for each in said)


# ------------------------------------------------------------------------- function URLs


@pytest.fixture
def relay(aws: LocalAws) -> str:
    """A function behind a URL that says 200 at the path that is down, and return the URL."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", RELAY)
    role = aws.client("iam").create_role(
        RoleName="relay", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    functions = aws.client("lambda")
    functions.create_function(
        FunctionName="relay",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": package.getvalue()},
        Environment={"Variables": {"DOWN": "/db"}},
    )
    made = functions.create_function_url_config(FunctionName="relay", AuthType="NONE")
    for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction"):
        functions.add_permission(
            FunctionName="relay",
            StatementId=action.replace(":", ""),
            Action=action,
            Principal="*",
            **({"FunctionUrlAuthType": "NONE"} if action.endswith("Url") else {}),
        )
    return str(made["FunctionUrl"])


def test_a_function_url_is_looked_at_where_it_is_served_and_a_dead_one_fails(
    aws: LocalAws, checks: Checks, relay: str
) -> None:
    config = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": relay.removeprefix("https://").rstrip("/"),
        "Inverted": True,
        "FailureThreshold": 1,
    }
    down = checks.make(**config, ResourcePath="/db")
    well = checks.make(**config, ResourcePath="/web")
    functions = aws.client("lambda")

    def is_seen_down() -> bool:
        aws.health_checks.look()
        return not aws.health_checks.is_healthy(down)

    assert eventually(is_seen_down, PATIENCE), aws.health_checks.why(down)  # it is slow at first
    assert aws.health_checks.is_healthy(well), aws.health_checks.why(well)
    functions.put_function_concurrency(FunctionName="relay", ReservedConcurrentExecutions=0)
    aws.health_checks.look()
    assert aws.health_checks.is_healthy(down), aws.health_checks.why(down)


# ------------------------------------------------------------------------- CloudFormation


def template(service: Service, **more: object) -> str:
    config = {
        "Type": "TCP",
        "IPAddress": service.address,
        "Port": str(service.port),
        "RequestInterval": 30,
        "FailureThreshold": 1,
        **more,
    }
    check = {
        "Type": "AWS::Route53::HealthCheck",
        "Properties": {
            "HealthCheckConfig": config,
            "HealthCheckTags": [{"Key": "Name", "Value": "db"}],
        },
    }
    common = {"HostedZoneName": f"{ZONE}.", "Name": TEMPLATE_S_NAME, "Type": "A", "TTL": "10"}
    primary = {
        **common,
        "SetIdentifier": "primary",
        "Failover": "PRIMARY",
        "HealthCheckId": {"Ref": "Check"},
        "ResourceRecords": [PRIMARY],
    }
    secondary = {
        **common,
        "SetIdentifier": "secondary",
        "Failover": "SECONDARY",
        "ResourceRecords": [SECONDARY],
    }
    return json.dumps(
        {
            "Resources": {
                "Check": check,
                "Primary": {"Type": "AWS::Route53::RecordSet", "Properties": primary},
                "Secondary": {"Type": "AWS::Route53::RecordSet", "Properties": secondary},
            },
            "Outputs": {
                "Check": {"Value": {"Ref": "Check"}},
                "Attribute": {"Value": {"Fn::GetAtt": ["Check", "HealthCheckId"]}},
            },
        }
    )


def outputs(aws: LocalAws) -> dict[str, str]:
    (stack,) = aws.client("cloudformation").describe_stacks(StackName="failover")["Stacks"]
    assert stack["StackStatus"].endswith("_COMPLETE"), stack
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


@pytest.mark.usefixtures("zone")
def test_a_template_makes_changes_replaces_and_deletes_a_check(
    aws: LocalAws, service: Service
) -> None:
    made, route53 = aws.client("cloudformation"), aws.client("route53")
    stack = {"StackName": "failover"}
    made.create_stack(**stack, TemplateBody=template(service))
    made.get_waiter("stack_create_complete").wait(**stack)
    first = outputs(aws)
    assert first["Attribute"] == first["Check"]
    tags = route53.list_tags_for_resource(ResourceType="healthcheck", ResourceId=first["Check"])
    assert tags["ResourceTagSet"]["Tags"] == [{"Key": "Name", "Value": "db"}]
    aws.health_checks.look()
    assert answers(aws, TEMPLATE_S_NAME) == (PRIMARY,)
    service.kill()
    aws.health_checks.look()
    assert answers(aws, TEMPLATE_S_NAME) == (SECONDARY,)
    made.update_stack(**stack, TemplateBody=template(service, Inverted=True))
    made.get_waiter("stack_update_complete").wait(**stack)
    assert outputs(aws) == first
    aws.health_checks.look()
    assert answers(aws, TEMPLATE_S_NAME) == (PRIMARY,)
    made.update_stack(**stack, TemplateBody=template(service, RequestInterval=10))
    made.get_waiter("stack_update_complete").wait(**stack)
    assert outputs(aws) != first
    with pytest.raises(ClientError, match="NoSuchHealthCheck"):
        route53.get_health_check(HealthCheckId=first["Check"])
    last = outputs(aws)["Check"]
    made.delete_stack(**stack)
    made.get_waiter("stack_delete_complete").wait(**stack)
    with pytest.raises(ClientError, match="NoSuchHealthCheck"):
        route53.get_health_check(HealthCheckId=last)
    assert answers(aws, TEMPLATE_S_NAME) == ()


def test_closing_ends_every_thread_of_the_checkers() -> None:
    from ddns_constructs.local import LocalAws as Local  # noqa: PLC0415 - one of its own

    before = set(threading.enumerate())
    with Local.start() as aws:
        service = Service()
        Checks(aws).tcp(service)
        aws.health_checks.look()
    service.kill()
    assert set(threading.enumerate()) - before == set()
