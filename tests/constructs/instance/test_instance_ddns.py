"""What InstanceDdns defines, one promise a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from ddns_constructs import InstanceDdns, TagKeys

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench


def _rules(bench: Bench) -> dict[str, Any]:
    found = bench.template.find_resources("AWS::Events::Rule")
    return {id_.removeprefix("Ddns")[:-8]: each["Properties"] for id_, each in found.items()}


def _id(bench: Bench, resource_type: str) -> str:
    """Return the logical id of the one resource of a type."""
    (id_,) = bench.template.find_resources(resource_type)
    return str(id_)


# ---------------------------------------------------------------- function


def test_the_function_runs_on_arm64_and_the_newest_python(default: Bench) -> None:
    default.template.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "Architectures": ["arm64"],
            "Handler": "ddns.handlers.instance.handler",
            "MemorySize": 512,
            "Runtime": "python3.14",
            "Timeout": 120,
        },
    )


def test_the_function_logs_json_into_a_group_kept_for_a_month(default: Bench) -> None:
    assert default.only("AWS::Lambda::Function")["LoggingConfig"] == {
        "LogFormat": "JSON",
        "LogGroup": {"Ref": _id(default, "AWS::Logs::LogGroup")},
        "SystemLogLevel": "WARN",
    }
    default.template.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": 30})


def test_memory_and_log_retention_are_the_users(bench: Bench) -> None:
    bench.ddns(memory_size=1024, log_retention=logs.RetentionDays.ONE_WEEK)
    assert bench.only("AWS::Lambda::Function")["MemorySize"] == 1024
    assert bench.only("AWS::Logs::LogGroup")["RetentionInDays"] == 7


def test_the_function_may_feed_its_own_queue_as_a_sweep_goes_on_through_it(default: Bench) -> None:
    assert default.only("AWS::Lambda::Function")["RecursiveLoop"] == "Allow"


def test_nothing_gets_a_physical_name(default: Bench) -> None:
    names = {"FunctionName", "LogGroupName", "QueueName", "RoleName", "TableName"}
    for resource in default.template.to_json()["Resources"].values():
        kept = names & resource.get("Properties", {}).keys()
        if resource["Type"] != "AWS::Lambda::EventSourceMapping":
            assert not kept, f"{resource['Type']} has the name {kept}"


def test_one_function_and_no_layer_is_defined(default: Bench) -> None:
    default.template.resource_count_is("AWS::Lambda::Function", 1)
    default.template.resource_count_is("AWS::Lambda::LayerVersion", 0)


def test_outputs_are_left_to_the_app(default: Bench) -> None:
    assert "Outputs" not in default.template.to_json()


# ---------------------------------------------------------------- queues


def test_a_message_outlives_six_runs_of_the_function(default: Bench) -> None:
    found = default.template.find_resources("AWS::SQS::Queue")
    (queue,) = [q["Properties"] for q in found.values() if "RedrivePolicy" in q["Properties"]]
    assert queue["VisibilityTimeout"] >= 6 * 120


def test_dead_letters_are_kept_for_14_days(default: Bench) -> None:
    default.template.has_resource_properties(
        "AWS::SQS::Queue",
        {"MessageRetentionPeriod": 14 * 86_400, "RedrivePolicy": assertions.Match.absent()},
    )


def test_both_queues_refuse_plain_http(default: Bench) -> None:
    default.template.resource_properties_count_is(
        "AWS::SQS::QueuePolicy",
        {
            "PolicyDocument": {
                "Statement": assertions.Match.array_with(
                    [
                        assertions.Match.object_like(
                            {
                                "Action": "sqs:*",
                                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                                "Effect": "Deny",
                            }
                        )
                    ]
                )
            }
        },
        2,
    )


def test_only_the_three_rules_may_send_to_the_queues(default: Bench) -> None:
    rules = set(default.template.find_resources("AWS::Events::Rule"))
    policies = default.template.find_resources("AWS::SQS::QueuePolicy")
    for policy in policies.values():
        (allowed,) = [
            statement
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow"
        ]
        assert allowed["Action"] == "sqs:SendMessage"
        assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
        sources = allowed["Condition"]["ArnEquals"]["aws:SourceArn"]
        assert {source["Fn::GetAtt"][0] for source in sources} == rules
    assert len(policies) == 2


# ---------------------------------------------------------------- event source


def test_events_are_taken_at_once_by_two_writers(default: Bench) -> None:
    default.template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            # Without a window ten messages are the most that SQS gives.
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumBatchingWindowInSeconds": 0,
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
    )


def test_a_batching_window_makes_large_batches(bench: Bench) -> None:
    bench.ddns(batching_window=cdk.Duration.seconds(1))
    source = bench.only("AWS::Lambda::EventSourceMapping")
    assert (source["BatchSize"], source["MaximumBatchingWindowInSeconds"]) == (1000, 1)


def test_concurrency_is_not_reserved(default: Bench) -> None:
    assert "ReservedConcurrentExecutions" not in default.only("AWS::Lambda::Function")


# ---------------------------------------------------------------- rules


def test_the_state_rule_sees_every_state_that_matters_and_pending_not(default: Bench) -> None:
    assert _rules(default)["StateRule"]["EventPattern"] == {
        "source": ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        "detail": {"state": ["running", "stopping", "stopped", "shutting-down", "terminated"]},
    }


def test_addresses_that_move_are_seen_only_where_asked_and_only_calls_that_worked(
    default: Bench, bench: Bench
) -> None:
    assert "AddressRule" not in _rules(default)
    bench.ddns(address_events=True)
    assert _rules(bench)["AddressRule"]["EventPattern"] == {
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["ec2.amazonaws.com"],
            "eventName": ["AssociateAddress", "DisassociateAddress"],
            "errorCode": [{"exists": False}],
        },
    }


def test_the_tag_rule_sees_the_tag_keys_in_use_in_any_case(default: Bench) -> None:
    assert _rules(default)["TagRule"]["EventPattern"] == {
        "source": ["aws.tag"],
        "detail-type": ["Tag Change on Resource"],
        "detail": {
            "service": ["ec2"],
            "resource-type": ["instance"],
            "changed-tag-keys": [
                {"equals-ignore-case": "ZONE"},
                {"equals-ignore-case": "CNAME"},
                {"equals-ignore-case": "HOSTNAME"},
            ],
        },
    }


def test_the_name_tag_is_watched_when_the_template_uses_it(bench: Bench) -> None:
    bench.ddns(host_name="{name}", tags=TagKeys("dns:zone", "dns:alias", "dns:host"))
    watched = _rules(bench)["TagRule"]["EventPattern"]["detail"]["changed-tag-keys"]
    keys = [each["equals-ignore-case"] for each in watched]
    assert keys == ["dns:zone", "dns:alias", "dns:host", "Name"]


def test_the_sweep_is_ordered_every_hour_with_verification(default: Bench) -> None:
    rule = _rules(default)["SweepRule"]
    assert rule["ScheduleExpression"] == "rate(1 hour)"
    assert [target["Input"] for target in rule["Targets"]] == ['{"action":"sweep","verify":true}']


def test_the_sweep_interval_is_the_users(bench: Bench) -> None:
    bench.ddns(sweep_interval=cdk.Duration.minutes(15))
    assert _rules(bench)["SweepRule"]["ScheduleExpression"] == "rate(15 minutes)"


@pytest.mark.parametrize("rule", ("StateRule", "TagRule", "SweepRule"))
def test_what_a_rule_cannot_deliver_becomes_a_dead_letter(default: Bench, rule: str) -> None:
    (target,) = _rules(default)[rule]["Targets"]
    assert target["Arn"]["Fn::GetAtt"][0].startswith("DdnsQueue")
    assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("DdnsDeadLetterQueue")


# ---------------------------------------------------------------- first sweep


def test_a_deployment_sweeps_once_everything_is_in_place(default: Bench) -> None:
    (sweep,) = default.template.find_resources("Custom::InstanceDdnsSweep").values()
    resources = default.template.to_json()["Resources"]
    awaited = {resources[id_]["Type"] for id_ in sweep["DependsOn"]}
    assert awaited >= {
        "AWS::Events::Rule",
        "AWS::Lambda::EventSourceMapping",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
    }
    assert sweep["Properties"]["ServiceTimeout"] == "300"


def test_a_changed_setting_sweeps_again(bench: Bench, default: Bench) -> None:
    bench.ddns(ttl=cdk.Duration.seconds(120))
    before = default.only("Custom::InstanceDdnsSweep")
    after = bench.only("Custom::InstanceDdnsSweep")
    assert {key for key in before if before[key] != after[key]} == {"DDNS_TTL"}


# ---------------------------------------------------------------- table and key


def test_the_ledger_is_on_demand_recoverable_and_retained(default: Bench) -> None:
    default.template.has_resource(
        "AWS::DynamoDB::Table",
        {
            "DeletionPolicy": "RetainExceptOnCreate",  # a first deployment that fails leaves none
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
    )


def test_a_table_of_ones_own_is_used_as_it_is(bench: Bench) -> None:
    table = dynamodb.TableV2(
        bench.stack,
        "Own",
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
    )
    ddns = bench.ddns(table=table)
    assert ddns.table is table
    bench.template.resource_count_is("AWS::DynamoDB::Table", 0)
    variables = bench.only("AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["DDNS_TABLE"]["Ref"].startswith("Own")


def test_an_imported_table_is_accepted(bench: Bench) -> None:
    bench.ddns(table=dynamodb.Table.from_table_name(bench.stack, "Own", "ledger"))
    bench.template.resource_count_is("AWS::DynamoDB::Table", 0)


def test_a_key_encrypts_the_table_and_both_queues(bench: Bench) -> None:
    bench.ddns(encryption_key=kms.Key(bench.stack, "Key"))
    (key,) = bench.template.find_resources("AWS::KMS::Key")
    arn = {"Fn::GetAtt": [key, "Arn"]}
    bench.template.all_resources_properties("AWS::SQS::Queue", {"KmsMasterKeyId": arn})
    bench.template.has_resource_properties(
        "AWS::DynamoDB::Table", {"SSESpecification": {"KMSMasterKeyId": arn, "SSEType": "KMS"}}
    )


def test_a_key_lets_eventbridge_of_this_account_in_and_no_other(bench: Bench) -> None:
    bench.ddns(encryption_key=kms.Key(bench.stack, "Key"))
    (key,) = bench.template.find_resources("AWS::KMS::Key").values()
    statements = key["Properties"]["KeyPolicy"]["Statement"]
    (events_statement,) = [
        each for each in statements if each["Principal"] == {"Service": "events.amazonaws.com"}
    ]
    assert events_statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert events_statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


# ---------------------------------------------------------------- what it exposes


def test_what_was_made_can_be_reached(bench: Bench) -> None:
    ddns = bench.ddns()
    assert isinstance(ddns.queue, sqs.Queue)
    assert isinstance(ddns.dead_letter_queue, sqs.Queue)
    assert ddns.queue is not ddns.dead_letter_queue
    for rule in (ddns.state_rule, ddns.tag_rule, ddns.sweep_rule):
        assert isinstance(rule, events.Rule)
    assert ddns.function.node.path == "Stack/Ddns/Function"
    assert ddns.table.node.path == "Stack/Ddns/Table"
    assert ddns.describe_policy.node.path == "Stack/Ddns/DescribePolicy"
    assert ddns.reverse_zone_policy is None


def test_a_grantee_may_invoke_this_function_and_nothing_else(bench: Bench) -> None:
    ddns = bench.ddns()
    role = iam.Role(bench.stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    ddns.grant_sweep(role).assert_success()
    policy = bench.only("AWS::IAM::Policy", prefix="Operator")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert "*" not in str(statement["Resource"])


def test_two_in_one_stack_do_not_collide(bench: Bench) -> None:
    bench.ddns()
    InstanceDdns(bench.stack, "Other", hosted_zones=bench.zones[:1])
    bench.template.resource_count_is("AWS::Lambda::Function", 2)
    bench.template.resource_count_is("AWS::DynamoDB::Table", 2)
