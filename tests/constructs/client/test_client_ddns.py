"""What ClientDdns defines, one promise a test."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sqs as sqs

from ddns_constructs import AddressPolicy, ClientDdns, ClientEndpoint, ClientProtocol
from tests.constructs.conftest import Bench


def _variables(bench: Bench) -> dict[str, Any]:
    variables: dict[str, Any] = bench.only("AWS::Lambda::Function")["Environment"]["Variables"]
    return variables


# ---------------------------------------------------------------- function


def test_the_function_runs_on_arm64_and_answers_within_half_a_minute(client_default: Bench) -> None:
    client_default.template.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "Architectures": ["arm64"],
            "Handler": "ddns.handlers.client.handler",
            "MemorySize": 256,
            "Runtime": "python3.14",
            "Timeout": 30,
        },
    )


def test_the_default_deploys_in_an_account_with_a_quota_of_ten_executions(
    client_default: Bench,
) -> None:
    """AWS keeps 100 of an account's executions unreserved; new accounts may have ten."""
    assert "ReservedConcurrentExecutions" not in client_default.only("AWS::Lambda::Function")


def test_a_flood_is_limited_by_the_throttle_of_the_default_endpoint(client_default: Bench) -> None:
    stage = client_default.only("AWS::ApiGatewayV2::Stage")
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": 20,
        "ThrottlingRateLimit": 100,
    }
    client_default.template.resource_count_is("AWS::Lambda::Url", 0)


def test_no_more_pass_at_once_than_the_function_handles(client_bench: Bench) -> None:
    client_bench.client(reserved_concurrency=5)
    stage = client_bench.only("AWS::ApiGatewayV2::Stage")
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] == 5
    assert client_bench.only("AWS::Lambda::Function")["ReservedConcurrentExecutions"] == 5


def test_memory_log_retention_and_concurrency_are_the_users(client_bench: Bench) -> None:
    client_bench.client(
        log_retention=logs.RetentionDays.ONE_WEEK, memory_size=512, reserved_concurrency=3
    )
    function = client_bench.only("AWS::Lambda::Function")
    assert (function["MemorySize"], function["ReservedConcurrentExecutions"]) == (512, 3)
    groups = client_bench.template.find_resources("AWS::Logs::LogGroup").values()
    assert [each["Properties"]["RetentionInDays"] for each in groups] == [7, 7]


def test_one_function_is_defined_and_no_output(client_default: Bench) -> None:
    client_default.template.resource_count_is("AWS::Lambda::Function", 1)
    assert "Outputs" not in client_default.template.to_json()


def test_nothing_gets_a_physical_name_but_the_access_log(client_default: Bench) -> None:
    names = {"FunctionName", "LogGroupName", "QueueName", "RoleName", "TableName"}
    referring = ("AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission")
    for id_, resource in client_default.template.to_json()["Resources"].items():
        # Its prefix is what keeps it out of the account's log resource policy.
        if resource["Type"] not in referring and not id_.startswith("DdnsAccessLogs"):
            assert not names & resource.get("Properties", {}).keys(), resource["Type"]


# ---------------------------------------------------------------- its environment


def test_the_environment_has_the_defaults(client_default: Bench) -> None:
    variables = _variables(client_default)
    referring = ("DDNS_TABLE", "DDNS_QUEUE_URL", "DDNS_DEAD_LETTER_QUEUE_URL", "DDNS_ZONES")
    assert {name: value for name, value in variables.items() if name not in referring} == {
        "DDNS_ADDRESS_POLICY": "source",
        "DDNS_ALLOWED_NAMES": "[]",
        "DDNS_BAD_AUTH_STATUS": "401",
        "DDNS_TROUBLE_STATUS": "503",
        "DDNS_REFUSAL_STATUS": "403",
        "DDNS_CHANGE_INTERVAL": "5",
        "DDNS_ALLOWED_CIDRS": "[]",
        "DDNS_ORIGIN_DIGESTS": "[]",
        "DDNS_ENDPOINT_NAMES": "[]",
        "DDNS_OFFLINE": "false",
        "DDNS_PROTOCOLS": '["seed", "dyndns2", "checkip", "signed"]',
        "DDNS_RECORD_TYPES": '["A", "AAAA"]',
        "DDNS_TTL": "60",
        "DDNS_VERIFY_INTERVAL": "3600",
        "DDNS_WATCHED_HOSTS": "[]",
    }
    assert set(referring) < set(variables)


def test_the_environment_has_what_the_user_says(client_bench: Bench) -> None:
    client_bench.client(
        address_policy=AddressPolicy.PUBLIC,
        allow_offline=True,
        allowed_cidrs=["203.0.113.0/24", "2001:DB8::/32", "203.0.113.0/24", "198.51.100.7"],
        allowed_names=["*.Dyn.Example.com.", "home.example.com"],
        bad_auth_status=200,
        change_interval=cdk.Duration.minutes(1),
        default_ttl=cdk.Duration.minutes(2),
        protocols=[ClientProtocol.QUERY_CREDENTIALS, ClientProtocol.DYNDNS2],
        origin_digests=["AB" * 32],
        record_types=[route53.RecordType.TXT, route53.RecordType.AAAA],
        refusal_status=200,
        trouble_status=200,
        verify_interval=cdk.Duration.days(1),
    )
    variables = _variables(client_bench)
    assert variables["DDNS_ADDRESS_POLICY"] == "public"
    assert variables["DDNS_OFFLINE"] == "true"
    assert json.loads(variables["DDNS_ALLOWED_NAMES"]) == ["*.dyn.example.com", "home.example.com"]
    cidrs = ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32"]
    assert json.loads(variables["DDNS_ALLOWED_CIDRS"]) == cidrs
    assert json.loads(variables["DDNS_ORIGIN_DIGESTS"]) == ["ab" * 32]
    assert variables["DDNS_CHANGE_INTERVAL"] == "60"
    for kind in ("BAD_AUTH", "REFUSAL", "TROUBLE"):
        assert variables[f"DDNS_{kind}_STATUS"] == "200"
    assert variables["DDNS_TTL"] == "120"
    assert json.loads(variables["DDNS_PROTOCOLS"]) == ["dyndns2", "query-credentials"]
    assert json.loads(variables["DDNS_RECORD_TYPES"]) == ["AAAA", "TXT"]
    assert variables["DDNS_VERIFY_INTERVAL"] == "86400"


def test_no_secret_is_in_the_template(client_default: Bench) -> None:
    text = json.dumps(client_default.template.to_json()).lower()
    assert "secret" not in text
    assert "password" not in text


# ---------------------------------------------------------------- function URL


@pytest.fixture(scope="module")
def url_bench() -> Bench:
    """ClientDdns behind a function URL; for reading only."""
    stack = cdk.Stack(cdk.App(), "Stack")
    bench = Bench(stack, [route53.PublicHostedZone(stack, "Public", zone_name="example.com")])
    ddns = bench.client(endpoint=ClientEndpoint.function_url(), reserved_concurrency=20)
    cdk.CfnOutput(stack, "Url", value=ddns.url)
    assert (ddns.ipv4_url, ddns.ipv6_url, ddns.http_api) == (None, None, None)
    return bench


def test_the_url_is_open_as_the_function_checks_credentials_itself(url_bench: Bench) -> None:
    url = url_bench.only("AWS::Lambda::Url")
    assert url["AuthType"] == "NONE"
    assert "Cors" not in url


def test_the_url_has_both_permissions_that_new_urls_need(url_bench: Bench) -> None:
    found = url_bench.template.find_resources("AWS::Lambda::Permission").values()
    permissions = [each["Properties"] for each in found]
    assert [each.pop("FunctionName") for each in permissions]
    assert sorted(permissions, key=lambda each: str(each["Action"])) == [
        {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True, "Principal": "*"},
        {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE", "Principal": "*"},
    ]


def test_the_url_is_the_functions(url_bench: Bench) -> None:
    (url,) = url_bench.template.find_resources("AWS::Lambda::Url")
    output = url_bench.template.to_json()["Outputs"]["Url"]
    assert output["Value"] == {"Fn::GetAtt": [url, "FunctionUrl"]}


def _in_region(region: str, endpoint: ClientEndpoint | None) -> ClientDdns:
    stack = cdk.Stack(cdk.App(), "Stack", env=cdk.Environment(region=region))
    zone = route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id="Z1", zone_name="example.com"
    )
    return ClientDdns(
        stack, "Ddns", hosted_zones=[zone], endpoint=endpoint, reserved_concurrency=20
    )


@pytest.mark.parametrize("region", ("cn-north-1", "us-gov-west-1", "eu-central-2", "ap-east-2"))
def test_a_region_without_function_urls_is_said_so_and_has_the_default(region: str) -> None:
    with pytest.raises(ValueError, match=f"may not be a function URL in {region}, which has none"):
        _in_region(region, ClientEndpoint.function_url())
    _in_region(region, None)


@pytest.mark.parametrize("region", ("eu-central-1", "ap-east-1", "ap-south-1"))
def test_a_region_with_function_urls_takes_one(region: str) -> None:
    _in_region(region, ClientEndpoint.function_url())


# ---------------------------------------------------------------- queues


def test_a_message_outlives_six_runs_of_the_function(client_default: Bench) -> None:
    found = client_default.template.find_resources("AWS::SQS::Queue")
    (queue,) = [q["Properties"] for q in found.values() if "RedrivePolicy" in q["Properties"]]
    assert queue["VisibilityTimeout"] >= 6 * 30 + 1
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 8


def test_dead_letters_are_kept_for_14_days(client_default: Bench) -> None:
    client_default.template.has_resource_properties(
        "AWS::SQS::Queue",
        {"MessageRetentionPeriod": 14 * 86_400, "RedrivePolicy": assertions.Match.absent()},
    )


def test_both_queues_refuse_plain_http_and_let_nobody_else_in(client_default: Bench) -> None:
    policies = client_default.template.find_resources("AWS::SQS::QueuePolicy").values()
    assert len(policies) == 2
    for policy in policies:
        (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_deferred_changes_are_taken_in_large_batches_by_two_writers(client_default: Bench) -> None:
    client_default.template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "BatchSize": 1000,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumBatchingWindowInSeconds": 1,
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
    )


# ---------------------------------------------------------------- table and key


def test_the_table_of_hosts_is_on_demand_recoverable_and_retained(client_default: Bench) -> None:
    client_default.template.has_resource(
        "AWS::DynamoDB::Table",
        {
            "DeletionPolicy": "RetainExceptOnCreate",  # a first deployment that fails leaves none
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "hostname", "KeyType": "HASH"}],
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
    )


def test_what_a_flood_may_read_and_write_of_the_table_is_limited(client_default: Bench) -> None:
    assert client_default.only("AWS::DynamoDB::Table")["OnDemandThroughput"] == {
        "MaxReadRequestUnits": 400,
        "MaxWriteRequestUnits": 400,
    }


def test_the_maxima_of_the_table_are_the_users(client_bench: Bench) -> None:
    client_bench.client(max_read_request_units=1000, max_write_request_units=None)
    table = client_bench.only("AWS::DynamoDB::Table")
    assert table["OnDemandThroughput"] == {"MaxReadRequestUnits": 1000}


def test_a_table_may_have_no_maxima(client_bench: Bench) -> None:
    client_bench.client(max_read_request_units=None, max_write_request_units=None)
    assert "OnDemandThroughput" not in client_bench.only("AWS::DynamoDB::Table")


def test_the_removal_policy_is_the_users(client_bench: Bench) -> None:
    client_bench.client(removal_policy=cdk.RemovalPolicy.DESTROY)
    client_bench.template.has_resource("AWS::DynamoDB::Table", {"DeletionPolicy": "Delete"})


def test_the_table_of_the_blog_sample_can_go_on_serving(client_bench: Bench) -> None:
    table = dynamodb.Table.from_table_name(client_bench.stack, "Own", "hosts")
    ddns = client_bench.client(table=table)
    assert ddns.table is table
    client_bench.template.resource_count_is("AWS::DynamoDB::Table", 0)
    assert _variables(client_bench)["DDNS_TABLE"] == "hosts"


def test_a_key_encrypts_the_table_and_both_queues(client_bench: Bench) -> None:
    client_bench.client(encryption_key=kms.Key(client_bench.stack, "Key"))
    (key,) = client_bench.template.find_resources("AWS::KMS::Key")
    arn = {"Fn::GetAtt": [key, "Arn"]}
    client_bench.template.all_resources_properties("AWS::SQS::Queue", {"KmsMasterKeyId": arn})
    client_bench.template.has_resource_properties(
        "AWS::DynamoDB::Table", {"SSESpecification": {"KMSMasterKeyId": arn, "SSEType": "KMS"}}
    )


# ---------------------------------------------------------------- what it exposes


def test_what_was_made_can_be_reached(client_bench: Bench) -> None:
    ddns = client_bench.client()
    assert isinstance(ddns.queue, sqs.Queue)
    assert isinstance(ddns.dead_letter_queue, sqs.Queue)
    assert ddns.queue is not ddns.dead_letter_queue
    assert ddns.function.node.path == "Stack/Ddns/Function"
    assert ddns.table.node.path == "Stack/Ddns/Table"


def test_the_allowed_names_are_shown_as_the_function_has_them(client_bench: Bench) -> None:
    ddns = client_bench.client(allowed_names=["*.Dyn.Example.com.", "home.example.com"])
    assert ddns.allowed_names == ["*.dyn.example.com", "home.example.com"]
    ddns.allowed_names.clear()
    assert ddns.allowed_names == json.loads(_variables(client_bench)["DDNS_ALLOWED_NAMES"])


def test_no_allowed_names_are_all_below_each_apex(client_default: Bench) -> None:
    ddns = client_default.stack.node.find_child("Ddns")
    assert isinstance(ddns, ClientDdns)
    assert ddns.allowed_names == []


def test_two_in_one_stack_do_not_collide(client_bench: Bench) -> None:
    client_bench.client()
    ClientDdns(client_bench.stack, "Other", hosted_zones=client_bench.zones)
    client_bench.template.resource_count_is("AWS::Lambda::Function", 2)
    client_bench.template.resource_count_is("AWS::DynamoDB::Table", 2)


# ---------------------------------------------------------------- outputs


def test_the_outputs_are_what_the_command_line_reads(client_bench: Bench) -> None:
    zones = [*client_bench.zones, client_bench.zone("example.org", "Z1")]
    names = ["*.dyn.example.com", "example.org"]
    ddns = client_bench.client(hosted_zones=zones, allowed_names=names)
    ddns.add_outputs()
    outputs = client_bench.template.to_json()["Outputs"]
    assert set(outputs) == {"Url", "TableName", "HostedZoneIds", "AllowedNames"}
    assert outputs["AllowedNames"]["Value"] == "*.dyn.example.com,example.org"
    assert outputs["HostedZoneIds"]["Value"]["Fn::Join"][1][1] == ",Z1"


def test_several_in_a_stack_are_kept_apart_by_a_prefix(client_bench: Bench) -> None:
    client_bench.client().add_outputs(prefix="Home")
    office = ClientDdns(client_bench.stack, "Office", hosted_zones=client_bench.zones)
    office.add_outputs(prefix="Office")
    with pytest.raises(ValueError, match="'prefix' must be letters and digits, got 'Of-fice'"):
        office.add_outputs(prefix="Of-fice")
    kinds = ("Url", "TableName", "HostedZoneIds")
    assert set(client_bench.template.to_json()["Outputs"]) == {
        f"{prefix}{kind}" for prefix in ("Home", "Office") for kind in kinds
    }
