"""What NameFailover defines, promise by promise."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from ddns_constructs import Detection, Endpoint, MissingData, NameFailover, Probe
from tests.constructs.direct.bench import resolve
from tests.constructs.failover.naming import (
    PRIVATE,
    TOKEN,
    ZONE_ID,
    Named,
    new_stack,
    vpc_of,
    zone_of,
)

_BOTH = {
    "primary": Endpoint.addresses(ipv4=["10.0.1.5"], ipv6=["2001:db8:1::5"]),
    "secondary": Endpoint.addresses(ipv4=["10.0.2.5"], ipv6=["2001:db8:2::5"]),
}
_NAMES = {"primary": Endpoint.dns_name("one.example.com"), "secondary": Endpoint.dns_name(TOKEN)}


@pytest.fixture(scope="module")
def relayed() -> Named:
    """A name with private places and all defaults; for reading only."""
    return Named.relayed()


@pytest.fixture(scope="module")
def canary() -> Named:
    """A name whose canary an alarm watches; for reading only."""
    return Named.relayed(detection=Detection.alarm())


@pytest.fixture(scope="module")
def public() -> Named:
    """A name with public places and all defaults; for reading only."""
    return Named.public()


# ---------------------------------------------------------------- records


def test_both_roles_stand_in_the_zone_and_the_primary_alone_has_a_health_check(
    relayed: Named,
) -> None:
    records = relayed.records()
    assert set(records) == {("PRIMARY", "A"), ("SECONDARY", "A")}
    for (role, _), record in records.items():
        assert record["Name"] == "db.example.internal."
        assert record["HostedZoneId"] == ZONE_ID
        assert record["TTL"] == "10"
        assert record["SetIdentifier"] == role.lower()
    assert records["PRIMARY", "A"]["ResourceRecords"] == ["10.0.1.5"]
    assert records["SECONDARY", "A"]["ResourceRecords"] == ["10.0.2.5"]
    check = records["PRIMARY", "A"]["HealthCheckId"]
    assert relayed.checks()[check]["Type"] == "CALCULATED"
    assert "HealthCheckId" not in records["SECONDARY", "A"]
    assert relayed.name.secondary_check is None


def test_both_families_follow_one_health_check() -> None:
    named = Named.relayed(**_BOTH)
    records = named.records()
    assert set(records) == {
        (role, type_) for role in ("PRIMARY", "SECONDARY") for type_ in ("A", "AAAA")
    }
    checks = {records["PRIMARY", each]["HealthCheckId"] for each in ("A", "AAAA")}
    assert len(checks) == 1
    assert records["SECONDARY", "AAAA"]["ResourceRecords"] == ["2001:db8:2::5"]


def test_ipv6_alone_makes_no_a_record() -> None:
    places = {"primary": Endpoint.ipv6("fd00::1"), "secondary": Endpoint.ipv6("fd00::2")}
    assert {each for _, each in Named.relayed(**places).records()} == {"AAAA"}


def test_names_are_cname_records_and_end_with_a_dot() -> None:
    records = Named.relayed(**_NAMES, detection=Detection.relay()).records()
    assert records["PRIMARY", "CNAME"]["ResourceRecords"] == ["one.example.com."]
    assert records["SECONDARY", "CNAME"]["ResourceRecords"] == ["Parameter."]


def test_several_addresses_of_a_place_are_answered_together() -> None:
    named = Named.relayed(primary=Endpoint.ipv4("10.0.1.5", "10.0.1.6"))
    assert named.records()["PRIMARY", "A"]["ResourceRecords"] == ["10.0.1.5", "10.0.1.6"]


@pytest.mark.parametrize(
    ("given", "full"),
    (
        ("db", "db.example.internal"),
        ("Db.Example.Internal.", "db.example.internal"),
        ("db.example.internal", "db.example.internal"),
        ("@", "example.internal"),
        ("*.db", "*.db.example.internal"),
    ),
)
def test_the_name_may_be_relative_or_full(given: str, full: str) -> None:
    named = Named.relayed(record_name=given)
    assert {each["Name"] for each in named.records().values()} == {f"{full}."}
    assert named.name.record_name == full
    assert named.warnings() == []


def test_a_zone_that_is_named_at_deployment_gets_the_name_below_it() -> None:
    stack = new_stack()
    zone = zone_of(stack, TOKEN)
    named = Named.define(stack, hosted_zone=zone, vpc=vpc_of(stack), **PRIVATE)
    assert {each["Name"] for each in named.records().values()} == {"db.Parameter."}


def test_a_relative_name_with_a_dot_is_warned_of() -> None:
    (warning,) = Named.relayed(record_name="db.example.com").warnings()
    assert "'db.example.com' is 'db.example.com.example.internal'" in warning
    assert "ddns-constructs:relativeName" in warning


def test_an_id_of_the_aws_cli_is_taken_without_its_prefix() -> None:
    stack = new_stack()
    zone = cdk.aws_route53.HostedZone.from_hosted_zone_attributes(
        stack, "Prefixed", hosted_zone_id=f"/hostedzone/{ZONE_ID}", zone_name="example.internal"
    )
    named = Named.define(stack, hosted_zone=zone, vpc=vpc_of(stack), **PRIVATE)
    assert {each["HostedZoneId"] for each in named.records().values()} == {ZONE_ID}


def test_instances_are_led_to_by_their_private_addresses() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Own", max_azs=2)
    places = {
        role: Endpoint.instance(_instance(stack, role, vpc)) for role in ("primary", "secondary")
    }
    named = Named.define(stack, vpc=vpc, **places)
    values = {role: each["ResourceRecords"] for (role, _), each in named.records().items()}
    assert all(value.endswith(".PrivateIp") for value in (*values["PRIMARY"], *values["SECONDARY"]))
    assert values["PRIMARY"] != values["SECONDARY"]
    assert named.check()["Type"] == "CALCULATED", "an instance's own address is a private one"
    read = json.loads(named.variables()["ENDPOINTS"])
    assert read == {role.lower(): value for role, value in values.items()}


def _instance(stack: cdk.Stack, name: str, vpc: ec2.IVpc) -> ec2.Instance:
    return ec2.Instance(
        stack,
        name,
        instance_type=ec2.InstanceType("t4g.nano"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(),
        vpc=vpc,
    )


# ---------------------------------------------------------------- relay


def test_each_zone_is_asked_whether_the_primary_is_down_and_whether_it_is_up(
    relayed: Named,
) -> None:
    name = relayed.variables()["NAME"]
    assert name.isalnum()
    urls = [*relayed.template.find_resources("AWS::Lambda::Url")]
    assert len(urls) == 2
    for number, url in enumerate(urls, start=1):
        for what, path, inverted in (("DownCheck", "down", True), ("UpCheck", "up", False)):
            assert relayed.check(f"Relay{number}{what}") == {
                "EnableSNI": True,
                "FailureThreshold": 2,
                "FullyQualifiedDomainName": {
                    "Fn::Select": [2, {"Fn::Split": ["/", f"{url}.FunctionUrl"]}]
                },
                "Inverted": inverted,
                "MeasureLatency": False,
                "Port": 443,
                "RequestInterval": 10,
                "ResourcePath": f"/{name}/{path}",
                "Type": "HTTPS",
            }
    assert {each["AuthType"] for each in relayed.all("AWS::Lambda::Url")} == {"NONE"}


def test_the_primary_has_the_one_check_that_sums_up_what_both_zones_say(relayed: Named) -> None:
    check = relayed.check()
    assert check["Type"] == "CALCULATED"
    assert check["HealthThreshold"] == 2
    others = {id_ for id_, each in relayed.checks().items() if each["Type"] != "CALCULATED"}
    assert {*check["ChildHealthChecks"]} == others, "a check of other checks is no child"
    assert len(relayed.name.zone_checks) == len(others) == 4


def test_the_relay_reads_both_places_and_a_check_whose_two_tries_fit_into_two_seconds(
    relayed: Named,
) -> None:
    variables = relayed.variables()
    assert json.loads(variables["ENDPOINTS"]) == {
        "primary": ["10.0.1.5"],
        "secondary": ["10.0.2.5"],
    }
    check = json.loads(variables["FAILOVER_CHECK"])
    assert check == {"kind": "tcp", "port": 5432, "timeout": 0.7}
    for function in relayed.all("AWS::Lambda::Function"):
        assert function["Handler"] == "ddns.handlers.relay.handler"


def test_a_shorter_time_out_is_left_as_it_is() -> None:
    check = Probe.tcp(5432, timeout=cdk.Duration.millis(300))
    read = json.loads(Named.relayed(check=check).variables()["FAILOVER_CHECK"])
    assert read["timeout"] == 0.3


@pytest.mark.parametrize(("detection", "count"), ((Detection.relay(), 2), (Detection.alarm(), 1)))
def test_a_function_may_write_its_log_and_lambda_alone_may_put_it_into_the_vpc(
    detection: Detection, count: int
) -> None:
    named = Named.relayed(detection=detection)
    found = named.all("AWS::IAM::Policy")
    statements = [one for each in found for one in each["PolicyDocument"]["Statement"]]
    logs = ["logs:CreateLogStream", "logs:PutLogEvents"]
    writing = {each["Resource"] for each in statements if each["Action"] == logs}
    assert writing == {f"{id_}.Arn" for id_ in named.template.find_resources("AWS::Logs::LogGroup")}
    denials = [each for each in statements if each["Effect"] == "Deny"]
    sources = [each["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"] for each in denials]
    functions = named.template.find_resources("AWS::Lambda::Function")
    assert sources == [[f"{id_}.Arn"] for id_ in functions]
    allowed = [one for each in statements if each["Effect"] == "Allow" for one in each["Action"]]
    for each in denials:
        assert {*allowed} <= {*each["Action"], *logs}
    assert len(functions) == count
    assert len(named.name.network_policies) == 2 * count


def test_without_a_vpc_there_is_nothing_to_deny() -> None:
    named = Named.public(detection=Detection.alarm())
    assert named.name.network_policies == []
    assert len(named.all("AWS::IAM::Policy")) == 1


def test_each_relay_runs_in_its_zone_and_reaches_the_two_places_at_the_port_only(
    relayed: Named,
) -> None:
    networks = [each["VpcConfig"] for each in relayed.all("AWS::Lambda::Function")]
    assert [each["SubnetIds"] for each in networks] == [["subnet-0"], ["subnet-1"]]
    assert networks[0]["SecurityGroupIds"] == networks[1]["SecurityGroupIds"]
    group = relayed.only("AWS::EC2::SecurityGroup")
    rules = {
        (each["CidrIp"], each["FromPort"], each["ToPort"], each["IpProtocol"])
        for each in group["SecurityGroupEgress"]
    }
    assert rules == {("10.0.1.5/32", 5432, 5432, "tcp"), ("10.0.2.5/32", 5432, 5432, "tcp")}
    assert "SecurityGroupIngress" not in group


def test_of_three_zones_the_first_two_have_a_relay_with_all_their_subnets() -> None:
    stack = new_stack()
    zones = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        availability_zones=[*zones],
        isolated_subnet_ids=[f"subnet-{each}" for each in range(6)],
        vpc_id="vpc-1",
    )
    named = Named.define(stack, vpc=vpc, **PRIVATE)
    functions = named.all("AWS::Lambda::Function")
    assert [each["VpcConfig"]["SubnetIds"] for each in functions] == [
        ["subnet-0", "subnet-3"],
        ["subnet-1", "subnet-4"],
    ]
    last = ec2.SubnetSelection(availability_zones=[*zones[1:]])
    other = new_stack()
    chosen = Named.define(other, vpc=vpc_of(other, zones), vpc_subnets=last, **PRIVATE)
    functions = chosen.all("AWS::Lambda::Function")
    assert [each["VpcConfig"]["SubnetIds"] for each in functions] == [["subnet-1"], ["subnet-2"]]


def test_ipv6_places_are_reached_from_a_function_with_both_families() -> None:
    named = Named.relayed(**_BOTH)
    for function in named.all("AWS::Lambda::Function"):
        assert function["VpcConfig"]["Ipv6AllowedForDualStack"] is True
    rules = named.only("AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    assert {each.get("CidrIpv6") for each in rules} >= {"2001:db8:1::5/128", "2001:db8:2::5/128"}


def test_an_address_in_capitals_is_written_as_the_services_compare_it() -> None:
    places = {"primary": Endpoint.ipv6("FD00::6"), "secondary": Endpoint.ipv6("fd00:0:0:0::7")}
    named = Named.relayed(**places)
    assert named.records()["PRIMARY", "AAAA"]["ResourceRecords"] == ["fd00::6"]
    assert json.loads(named.variables()["ENDPOINTS"])["secondary"] == ["fd00::7"]
    rules = named.only("AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    assert {each["CidrIpv6"] for each in rules if "CidrIpv6" in each} == {
        *("fd00::6/128", "fd00::7/128"),
    }


def test_names_are_reached_wherever_they_lead() -> None:
    named = Named.relayed(**_NAMES, detection=Detection.relay())
    (rule,) = named.only("AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    assert (rule["CidrIp"], rule["FromPort"]) == ("0.0.0.0/0", 5432)


def test_a_group_of_ones_own_replaces_ours() -> None:
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    named = Named.define(stack, vpc=vpc_of(stack), security_groups=[group], **PRIVATE)
    assert named.all("AWS::EC2::SecurityGroup") == []
    for function in named.all("AWS::Lambda::Function"):
        assert function["VpcConfig"]["SecurityGroupIds"] == ["sg-1"]


def test_public_subnets_do_as_it_calls_nothing_outside() -> None:
    stack = new_stack()
    named = Named.define(stack, vpc=vpc_of(stack, public=True), **PRIVATE)
    functions = named.all("AWS::Lambda::Function")
    assert [each["VpcConfig"]["SubnetIds"] for each in functions] == [["subnet-0"], ["subnet-1"]]


def test_places_may_let_the_functions_in_by_the_group_that_they_share() -> None:
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    named = Named.define(stack, vpc=vpc_of(stack), **PRIVATE)
    group.connections.allow_from(named.name.connections, ec2.Port.tcp(5432))
    ingress = named.only("AWS::EC2::SecurityGroupIngress")
    assert (ingress["GroupId"], ingress["FromPort"]) == ("sg-1", 5432)
    (own,) = named.template.find_resources("AWS::EC2::SecurityGroup")
    assert ingress["SourceSecurityGroupId"] == f"{own}.GroupId"


def test_without_a_function_in_a_vpc_there_is_nothing_to_let_in() -> None:
    for named in (Named.public(), Named.public(detection=Detection.alarm())):
        with pytest.raises(ValueError, match="'connections' are those of functions in a VPC"):
            named.name.connections  # noqa: B018 - it is asked for


def test_concurrency_threshold_memory_and_runtime_are_chosen() -> None:
    named = Named.relayed(
        detection=Detection.relay(threshold=1, reserved_concurrency=10),
        memory_size=512,
        runtime=lambda_.Runtime.PYTHON_3_12,
        architecture=lambda_.Architecture.X86_64,
    )
    for function in named.all("AWS::Lambda::Function"):
        assert function["ReservedConcurrentExecutions"] == 10
        assert (function["MemorySize"], function["Runtime"]) == (512, "python3.12")
        assert function["Architectures"] == ["x86_64"]
    checks = [each for each in named.checks().values() if each["Type"] == "HTTPS"]
    assert [each["FailureThreshold"] for each in checks] == [1] * 4


# ---------------------------------------------------------------- alarm


def test_a_canary_runs_each_minute_and_its_alarm_is_what_the_check_follows(canary: Named) -> None:
    assert canary.only("AWS::Events::Rule")["ScheduleExpression"] == "rate(1 minute)"
    assert canary.only("AWS::Lambda::Function")["Handler"] == "ddns.handlers.canary.handler"
    (alarm,) = canary.template.find_resources("AWS::CloudWatch::Alarm")
    assert canary.check() == {
        "AlarmIdentifier": {"Name": alarm, "Region": "us-east-1"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
        "Inverted": False,
        "Type": "CLOUDWATCH_METRIC",
    }
    assert canary.all("AWS::Lambda::Url") == []
    assert canary.name.function_urls == []


def test_the_alarm_takes_what_route_53_takes(canary: Named) -> None:
    alarm = canary.only("AWS::CloudWatch::Alarm")
    (function,) = canary.template.find_resources("AWS::Lambda::Function")
    assert alarm["Period"] == 60, "Route 53 refuses alarms of less than a minute"
    assert (alarm["MetricName"], alarm["Namespace"]) == ("PrimaryUp", "DdnsConstructs")
    assert alarm["Statistic"] == "Minimum"
    assert alarm["Dimensions"] == [{"Name": "Function", "Value": function}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["EvaluationPeriods"] == 1


@pytest.mark.parametrize(
    ("missing", "treated", "status"),
    (
        (MissingData.LAST_KNOWN, "ignore", "LastKnownStatus"),
        (MissingData.HEALTHY, "notBreaching", "Healthy"),
        (MissingData.UNHEALTHY, "breaching", "Unhealthy"),
    ),
)
def test_missing_data_means_the_same_to_the_alarm_and_to_the_check(
    missing: MissingData, treated: str, status: str
) -> None:
    named = Named.relayed(detection=Detection.alarm(missing_data=missing, evaluation_periods=3))
    alarm = named.only("AWS::CloudWatch::Alarm")
    assert (alarm["TreatMissingData"], alarm["EvaluationPeriods"]) == (treated, 3)
    assert named.check()["InsufficientDataHealthStatus"] == status


def test_a_run_of_the_canary_that_failed_is_not_repeated(canary: Named) -> None:
    (target,) = canary.only("AWS::Events::Rule")["Targets"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
    invoke = canary.only("AWS::Lambda::EventInvokeConfig")
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (0, 60)


def test_a_canary_of_public_places_needs_no_vpc() -> None:
    named = Named.public(detection=Detection.alarm())
    assert "VpcConfig" not in named.only("AWS::Lambda::Function")
    assert named.all("AWS::EC2::SecurityGroup") == []
    read = json.loads(named.variables()["FAILOVER_CHECK"])
    assert read["timeout"] == 1.0, "a canary has time"


def test_an_alarm_of_ones_own_is_named_with_its_region() -> None:
    stack = new_stack("eu-west-1")
    arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Heartbeat"
    alarm = cloudwatch.Alarm.from_alarm_arn(stack, "Own", arn)
    named = Named.define(stack, check=None, detection=Detection.from_alarm(alarm), **PRIVATE)
    check = named.check()
    assert check["AlarmIdentifier"] == {"Name": "Heartbeat", "Region": "eu-west-1"}
    assert named.name.functions == []
    assert named.name.primary_alarm is None
    assert named.all("AWS::Lambda::Function") == []


def test_an_alarm_of_another_region_is_named_with_that() -> None:
    app = cdk.App()
    env = {"account": "111122223333"}
    there = cdk.Stack(app, "There", env=cdk.Environment(region="us-east-1", **env))
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(region="eu-west-1", **env))
    arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:Heartbeat"
    alarm = cloudwatch.Alarm.from_alarm_arn(there, "Own", arn)
    named = Named.define(stack, check=None, detection=Detection.from_alarm(alarm), **PRIVATE)
    assert named.check()["AlarmIdentifier"]["Region"] == "us-east-1"


# ---------------------------------------------------------------- public


def test_public_places_are_probed_by_route_53_and_nothing_runs_of_ours(public: Named) -> None:
    checks = {
        each["HealthCheckConfig"]["IPAddress"]: each["HealthCheckConfig"]
        for each in public.all("AWS::Route53::HealthCheck")
    }
    assert set(checks) == {"203.0.113.5", "198.51.100.5"}
    for check in checks.values():
        assert (check["Type"], check["Port"]) == ("TCP", 5432)
        assert (check["RequestInterval"], check["FailureThreshold"]) == (10, 2)
        assert check["Inverted"] is False
        assert "FullyQualifiedDomainName" not in check
    assert public.all("AWS::Lambda::Function") == []


def test_with_both_unhealthy_the_primary_answers_as_the_secondary_has_a_check_too(
    public: Named,
) -> None:
    records = public.records()
    checks = {role: each["HealthCheckId"] for (role, _), each in records.items()}
    ids = public.template.find_resources("AWS::Route53::HealthCheck")
    addresses = {
        role: ids[id_]["Properties"]["HealthCheckConfig"]["IPAddress"]
        for role, id_ in checks.items()
    }
    assert addresses == {"PRIMARY": "203.0.113.5", "SECONDARY": "198.51.100.5"}


def test_the_check_of_the_secondary_can_be_left_out() -> None:
    interval = cdk.Duration.seconds(30)
    detection = Detection.public(threshold=3, interval=interval, check_secondary=False)
    named = Named.public(detection=detection)
    assert (named.check()["RequestInterval"], named.check()["FailureThreshold"]) == (30, 3)
    assert "HealthCheckId" not in named.records()["SECONDARY", "A"]


@pytest.mark.parametrize(
    ("probe", "asked"),
    (
        (Probe.http(path="/up"), {"Type": "HTTP", "Port": 80, "ResourcePath": "/up"}),
        (Probe.http(tls=True), {"Type": "HTTPS", "Port": 443, "EnableSNI": True}),
        (Probe.http(text="ok"), {"Type": "HTTP_STR_MATCH", "SearchString": "ok"}),
        (Probe.http(text="ok", tls=True), {"Type": "HTTPS_STR_MATCH", "SearchString": "ok"}),
    ),
)
def test_http_is_asked_for_by_the_name_that_clients_use(
    probe: Probe, asked: dict[str, Any]
) -> None:
    detection = Detection.public(check_secondary=False)
    check = Named.public(check=probe, detection=detection).check()
    assert check.items() >= asked.items()
    assert check["FullyQualifiedDomainName"] == "db.example.internal"


def test_names_are_resolved_by_the_health_checkers() -> None:
    detection = Detection.public(check_secondary=False)
    check = Named.public(**_NAMES, detection=detection).check()
    assert check["FullyQualifiedDomainName"] == "one.example.com"
    assert "IPAddress" not in check


def test_of_two_families_ipv4_is_probed() -> None:
    places = {
        "primary": Endpoint.addresses(ipv4=["203.0.113.5"], ipv6=["2001:db8:1::5"]),
        "secondary": Endpoint.addresses(ipv4=["198.51.100.5"], ipv6=["2001:db8:2::5"]),
    }
    found = Named.public(**places).all("AWS::Route53::HealthCheck")
    addresses = {each["HealthCheckConfig"]["IPAddress"] for each in found}
    assert addresses == {"203.0.113.5", "198.51.100.5"}


# ---------------------------------------------------------------- how long it takes


@pytest.mark.parametrize(
    ("detection", "ttl", "seconds"),
    (
        (Detection.relay(), 10, 40),
        (Detection.relay(threshold=1), 10, 30),
        (Detection.relay(threshold=1), 5, 25),
        (Detection.alarm(), 10, 140),
        (Detection.alarm(evaluation_periods=2), 10, 200),
    ),
)
def test_its_worst_case_is_the_sum_of_what_takes_time(
    detection: Detection, ttl: int, seconds: int
) -> None:
    named = Named.relayed(detection=detection, ttl=cdk.Duration.seconds(ttl))
    assert named.name.worst_case is not None
    assert named.name.worst_case.to_seconds() == seconds


@pytest.mark.parametrize(
    ("check", "detection", "seconds"),
    (
        (Probe.http(), Detection.public(), 42),
        (Probe.http(), Detection.public(interval=cdk.Duration.seconds(30)), 82),
        (Probe.tcp(5432), Detection.public(threshold=1), 38),
        (Probe.tcp(5432), Detection.public(), 48),
    ),
)
def test_a_silent_public_primary_takes_as_long_as_route_53_tries_to_connect(
    check: Probe, detection: Detection, seconds: int
) -> None:
    found = Named.public(check=check, detection=detection).name.worst_case
    assert found is not None
    assert found.to_seconds() == seconds


def test_the_worst_case_of_an_own_alarm_is_that_of_its_periods() -> None:
    stack = new_stack()
    metric = cloudwatch.Metric(
        namespace="Own", metric_name="Beats", period=cdk.Duration.minutes(2), statistic="Sum"
    )
    alarm = cloudwatch.Alarm(stack, "Own", evaluation_periods=2, metric=metric, threshold=1)
    named = Named.define(stack, check=None, detection=Detection.from_alarm(alarm), **PRIVATE)
    assert named.name.worst_case is not None
    assert named.name.worst_case.to_seconds() == 60 + 240 + 10 + 10


def test_the_worst_case_of_an_imported_alarm_is_not_known() -> None:
    stack = new_stack()
    alarm = cloudwatch.Alarm.from_alarm_name(stack, "Own", "Heartbeat")
    named = Named.define(stack, check=None, detection=Detection.from_alarm(alarm), **PRIVATE)
    assert named.name.worst_case is None


def test_a_promise_that_is_kept_is_taken() -> None:
    assert Named.relayed(within=cdk.Duration.seconds(40)).records()


# ---------------------------------------------------------------- outputs and grants


def test_the_output_has_what_the_command_line_needs() -> None:
    named = Named.relayed()
    named.name.add_outputs()
    outputs = named.template.to_json()["Outputs"]
    assert set(outputs) == {"FailoverName", "DdnsStatus"}
    of_zones = [f"Relay{number}{what}Check" for number in (1, 2) for what in ("Down", "Up")]
    ids = {
        each: id_
        for id_ in named.checks()
        for each in ("HealthCheck", *of_zones)
        if id_.startswith(f"Db{each}")
    }
    assert json.loads(resolve(outputs["FailoverName"]["Value"])) == {
        "zone": ZONE_ID,
        "record": "db.example.internal",
        "type": "A",
        "primary": ["10.0.1.5"],
        "secondary": ["10.0.2.5"],
        "ttl": 10,
        "health_check": ids["HealthCheck"],
        "zones": [
            {
                "zone": f"eu-west-1{letter}",
                "down": ids[f"Relay{number}DownCheck"],
                "up": ids[f"Relay{number}UpCheck"],
            }
            for number, letter in ((1, "a"), (2, "b"))
        ],
    }


def test_the_output_of_two_families_has_the_second_one_beside() -> None:
    named = Named.relayed(**_BOTH)
    named.name.add_outputs(prefix="Db")
    read = json.loads(resolve(named.template.to_json()["Outputs"]["DbFailoverName"]["Value"]))
    assert read["type"] == "A"
    assert read["more"] == [
        {"type": "AAAA", "primary": ["2001:db8:1::5"], "secondary": ["2001:db8:2::5"]}
    ]


def test_the_output_names_the_check_of_the_secondary_where_it_has_one() -> None:
    named = Named.public()
    named.name.add_outputs()
    read = json.loads(resolve(named.template.to_json()["Outputs"]["FailoverName"]["Value"]))
    records = named.records()
    assert read["health_check"] == records["PRIMARY", "A"]["HealthCheckId"]
    assert read["secondary_check"] == records["SECONDARY", "A"]["HealthCheckId"]


def _granted(named: Named) -> list[dict[str, Any]]:
    role = iam.Role(named.stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    named.name.grant_switch(role)
    for id_, policy in named.template.find_resources("AWS::IAM::Policy").items():
        if id_.startswith("Operator"):
            statements: list[dict[str, Any]] = resolve(
                policy["Properties"]["PolicyDocument"]["Statement"]
            )
            return statements
    return []


def _by_action(statements: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        action: each
        for each in statements
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }


def test_who_may_switch_writes_this_name_and_no_other() -> None:
    named = Named.relayed(**_BOTH)
    statements = _by_action(_granted(named))
    change = statements.pop("route53:ChangeResourceRecordSets")
    assert change["Resource"] == f"arn:aws:route53:::hostedzone/{ZONE_ID}"
    assert change["Condition"]["ForAllValues:StringEquals"] == {
        "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["db.example.internal"],
        "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA"],
    }
    for action in ("route53:GetHealthCheck", "route53:GetHealthCheckStatus"):
        seen = {each.split(":::")[1] for each in statements.pop(action)["Resource"]}
        assert seen == {f"healthcheck/{id_}" for id_ in named.checks()}
    assert {action: each["Resource"].split(":::")[1] for action, each in statements.items()} == {
        "route53:GetChange": "change/*",
        "route53:ListResourceRecordSets": f"hostedzone/{ZONE_ID}",
    }


def test_who_may_switch_sees_the_alarm_that_the_check_follows() -> None:
    canary = Named.relayed(detection=Detection.alarm())
    seen = _by_action(_granted(canary))["cloudwatch:DescribeAlarms"]
    (alarm,) = canary.template.find_resources("AWS::CloudWatch::Alarm")
    assert seen["Resource"] == f"{alarm}.Arn"
    stack = new_stack("eu-west-1")
    arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Heartbeat"
    own = Detection.from_alarm(cloudwatch.Alarm.from_alarm_arn(stack, "Own", arn))
    named = Named.define(stack, check=None, detection=own, **PRIVATE)
    assert _by_action(_granted(named))["cloudwatch:DescribeAlarms"]["Resource"] == arn


@pytest.mark.parametrize(("given", "front"), (("db", "db."), ("@", "")))
def test_below_a_zone_that_is_named_at_deployment_the_grant_follows_its_name(
    given: str, front: str
) -> None:
    stack = new_stack()
    zone = zone_of(stack, TOKEN)
    named = Named.define(stack, hosted_zone=zone, vpc=vpc_of(stack), record_name=given, **PRIVATE)
    statements = _by_action(_granted(named))
    equal = statements["route53:ChangeResourceRecordSets"]["Condition"]["ForAllValues:StringEquals"]
    (name,) = equal["route53:ChangeResourceRecordSetsNormalizedRecordNames"]
    parts = name["Fn::Join"][1] if front else [name]
    assert parts[:-1] == [front][: len(parts) - 1]
    assert "Fn::Select" in parts[-1], "CloudFormation takes the dot off the name of the zone"


def test_two_names_of_a_stack_stand_beside_each_other() -> None:
    named = Named.relayed()
    given = {"hosted_zone": named.stack.node.find_child("Zone"), "check": Probe.tcp(25)}
    other = NameFailover(
        named.stack,
        "Mail",
        record_name="mail",
        vpc=named.stack.node.find_child("Vpc"),
        **PRIVATE,
        **given,
    )
    named.name.add_outputs()
    other.add_outputs(prefix="Mail")
    names = {
        each["Environment"]["Variables"]["NAME"] for each in named.all("AWS::Lambda::Function")
    }
    assert len(names) == 2, "each name has paths of its own"
