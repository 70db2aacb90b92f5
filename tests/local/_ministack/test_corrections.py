"""What we make MiniStack do as AWS does; each failed on MiniStack as it is."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError
from ministack.core import iam_evaluator

from ddns_constructs.local._ministack import eventbridge
from ddns_constructs.local._ministack.iam import normalised_name, record_change_keys, vpc_keys
from tests.local.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.local import LocalAws

CHANGE = "route53:ChangeResourceRecordSets"


@pytest.fixture(scope="module")
def subnet(aws: LocalAws) -> str:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.3.0/24", AvailabilityZone="us-east-1b")[
        "Subnet"
    ]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})
    return str(made)


def launch(aws: LocalAws, subnet: str, count: int = 1, **more: object) -> list[dict[str, Any]]:
    launched = aws.client("ec2").run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=count, SubnetId=subnet, **more
    )
    return list(launched["Instances"])


def described(aws: LocalAws, instance_id: str) -> dict[str, Any]:
    found = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    return dict(found["Reservations"][0]["Instances"][0])


# ------------------------------------------------------------------------- EC2


def test_instances_get_addresses_and_the_zone_of_their_subnet(aws: LocalAws, subnet: str) -> None:
    launched = launch(aws, subnet, count=3)
    assert len({each["PrivateIpAddress"] for each in launched}) == 3
    for each in launched:
        private = each["PrivateIpAddress"]
        assert ipaddress.ip_address(private) in ipaddress.ip_network("10.20.3.0/24")
        assert each["PrivateDnsName"] == f"ip-{private.replace('.', '-')}.ec2.internal"
        assert each["Placement"]["AvailabilityZone"] == "us-east-1b"


def test_the_public_name_tells_the_public_address(aws: LocalAws, subnet: str) -> None:
    (instance,) = launch(aws, subnet)
    digits = instance["PublicIpAddress"].replace(".", "-")
    assert instance["PublicDnsName"] == f"ec2-{digits}.compute-1.amazonaws.com"


def test_a_subnet_without_public_addresses_gives_none(aws: LocalAws) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    private = ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.0.0/24")["Subnet"]["SubnetId"]
    (instance,) = launch(aws, private)
    assert "PublicIpAddress" not in instance
    assert instance["PublicDnsName"] == ""


def test_a_chosen_private_address_is_kept(aws: LocalAws, subnet: str) -> None:
    (instance,) = launch(aws, subnet, PrivateIpAddress="10.20.3.77")
    assert instance["PrivateIpAddress"] == "10.20.3.77"


def test_stop_takes_the_public_address_away_and_start_brings_another(
    aws: LocalAws, subnet: str
) -> None:
    (running,) = launch(aws, subnet)
    ids = [running["InstanceId"]]
    aws.client("ec2").stop_instances(InstanceIds=ids)
    stopped = described(aws, ids[0])
    assert "PublicIpAddress" not in stopped
    assert stopped["PublicDnsName"] == ""
    assert stopped["PrivateIpAddress"] == running["PrivateIpAddress"]
    aws.client("ec2").start_instances(InstanceIds=ids)
    started = described(aws, ids[0])
    assert started["PublicIpAddress"] != running["PublicIpAddress"]
    assert started["PrivateIpAddress"] == running["PrivateIpAddress"]


def test_starting_what_runs_changes_nothing(aws: LocalAws, subnet: str) -> None:
    (running,) = launch(aws, subnet)
    aws.client("ec2").start_instances(InstanceIds=[running["InstanceId"]])
    after = described(aws, running["InstanceId"])
    assert after["PublicIpAddress"] == running["PublicIpAddress"]


def test_a_terminated_instance_has_no_addresses_and_no_names(aws: LocalAws, subnet: str) -> None:
    (running,) = launch(aws, subnet)
    aws.client("ec2").terminate_instances(InstanceIds=[running["InstanceId"]])
    gone = described(aws, running["InstanceId"])
    assert gone["State"]["Name"] == "terminated"
    assert not {"PrivateIpAddress", "PublicIpAddress"} & gone.keys()
    assert (gone["PrivateDnsName"], gone["PublicDnsName"]) == ("", "")


def test_instances_are_filtered(aws: LocalAws, subnet: str) -> None:
    first, second = launch(aws, subnet, count=2)

    def ids(name: str, *values: str) -> set[str]:
        pages = (
            aws.client("ec2")
            .get_paginator("describe_instances")
            .paginate(Filters=[{"Name": name, "Values": list(values)}])
        )
        return {
            each["InstanceId"]
            for page in pages
            for reservation in page["Reservations"]
            for each in reservation["Instances"]
        }

    both = {first["InstanceId"], second["InstanceId"]}
    assert ids("instance-id", *both) == both
    assert ids("instance-id", "i-00000000000000000") == set()
    assert ids("private-ip-address", first["PrivateIpAddress"]) == {first["InstanceId"]}
    assert both <= ids("vpc-id", first["VpcId"])
    with pytest.raises(ClientError, match="The filter 'no-such' is invalid"):
        ids("no-such", "x")


def test_the_default_dhcp_options_can_be_described(aws: LocalAws) -> None:
    ec2 = aws.client("ec2")
    used = ec2.describe_vpcs()["Vpcs"][0]["DhcpOptionsId"]
    (options,) = ec2.describe_dhcp_options(DhcpOptionsIds=[used])["DhcpOptions"]
    domain = {"Key": "domain-name", "Values": [{"Value": "ec2.internal"}]}
    assert domain in options["DhcpConfigurations"]
    with pytest.raises(ClientError, match=r"InvalidDhcpOptionID\.NotFound"):
        ec2.describe_dhcp_options(DhcpOptionsIds=["dopt-0123"])


# ------------------------------------------------------------------------- IAM


@pytest.mark.parametrize(
    ("name", "normalised"),
    (
        ("WWW.Example.COM.", "www.example.com"),
        ("www.example.com", "www.example.com"),
        ("*.example.com.", "\\052.example.com"),
        ("\\052.example.com.", "\\052.example.com"),
        ("a b.example.com", "a\\040b.example.com"),
        ("_srv.example.com", "_srv.example.com"),
        ("ü.example.com", "\\303\\274.example.com"),
    ),
)
def test_names_are_normalised_as_conditions_see_them(name: str, normalised: str) -> None:
    assert normalised_name(name) == normalised


def test_the_keys_come_from_every_change_of_the_request() -> None:
    namespace = "https://route53.amazonaws.com/doc/2013-04-01/"
    changes = "".join(
        f"<Change><Action>{action}</Action><ResourceRecordSet><Name>{name}</Name>"
        f"<Type>{kind}</Type></ResourceRecordSet></Change>"
        for action, name, kind in (("CREATE", "A.example.com", "A"), ("DELETE", "b.", "PTR"))
    )
    root = "ChangeResourceRecordSetsRequest"
    batch = f"<ChangeBatch><Changes>{changes}</Changes></ChangeBatch>"
    body = f'<{root} xmlns="{namespace}">{batch}</{root}>'
    assert record_change_keys(body.encode()) == {
        f"{CHANGE}NormalizedRecordNames": ["a.example.com", "b"],
        f"{CHANGE}RecordTypes": ["A", "PTR"],
        f"{CHANGE}Actions": ["CREATE", "DELETE"],
    }


def test_what_is_not_a_request_has_no_keys() -> None:
    assert record_change_keys(b"no xml") == {}
    assert vpc_keys(b"no xml") == {}


@pytest.fixture(scope="module")
def zone(aws: LocalAws) -> str:
    made = aws.client("route53").create_hosted_zone(Name="example.test", CallerReference="1")
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


@pytest.fixture(scope="module")
def limited(aws: LocalAws, zone: str) -> boto3.Session:
    """The credentials of a user who may create and delete A records below one name."""
    condition = {
        "ForAllValues:StringLike": {f"{CHANGE}NormalizedRecordNames": ["*.dyn.example.test"]},
        "ForAllValues:StringNotLike": {f"{CHANGE}NormalizedRecordNames": ["wpad.*", "*._*"]},
        "ForAllValues:StringEquals": {
            f"{CHANGE}RecordTypes": ["A"],
            f"{CHANGE}Actions": ["CREATE", "DELETE"],
        },
        "Null": {
            f"{CHANGE}NormalizedRecordNames": "false",
            f"{CHANGE}RecordTypes": "false",
            f"{CHANGE}Actions": "false",
        },
    }
    statements = [
        {
            "Effect": "Allow",
            "Action": CHANGE,
            "Resource": f"arn:aws:route53:::hostedzone/{zone}",
            "Condition": condition,
        },
        {
            "Effect": "Allow",
            "Action": "ec2:DescribeInstances",
            "Resource": "*",
            "Condition": {"StringEquals": {"ec2:Region": "us-east-1"}},
        },
        {
            "Effect": "Allow",
            "Action": "ec2:DescribeVpcs",
            "Resource": "*",
            "Condition": {"StringEquals": {"ec2:Region": "eu-west-1"}},
        },
        {"Effect": "Allow", "Action": "sqs:ChangeMessageVisibility", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "route53:CreateHostedZone",
            "Resource": "*",
            "Condition": {
                "ForAllValues:StringLike": {"route53:VPCs": "VPCId=vpc-*,VPCRegion=us-east-1"},
                "Null": {"route53:VPCs": "false"},
            },
        },
    ]
    iam = aws.client("iam")
    iam.create_user(UserName="limited")
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName="limited", PolicyName="limited", PolicyDocument=document)
    key = iam.create_access_key(UserName="limited")["AccessKey"]
    return boto3.Session(
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        region_name="us-east-1",
    )


def client_of(session: boto3.Session, aws: LocalAws, service: str) -> Any:  # noqa: ANN401 - boto3
    return session.client(  # type: ignore[call-overload] # the name is no literal
        service,
        endpoint_url=aws.endpoint_url,
        verify=aws.exports()["AWS_CA_BUNDLE"],
        aws_session_token="",
        config=Config(proxies={}),
    )


def change(client: Any, zone: str, *changes: tuple[str, str, str]) -> None:  # noqa: ANN401 - boto3
    values = {"A": "192.0.2.1", "TXT": '"text"'}
    client.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": action,
                    "ResourceRecordSet": {
                        "Name": name,
                        "Type": kind,
                        "TTL": 60,
                        "ResourceRecords": [{"Value": values[kind]}],
                    },
                }
                for action, name, kind in changes
            ]
        },
    )


def test_a_change_within_the_condition_is_allowed(
    aws: LocalAws, zone: str, limited: boto3.Session
) -> None:
    route53 = client_of(limited, aws, "route53")
    change(
        route53, zone, ("CREATE", "A.Dyn.Example.test.", "A"), ("CREATE", "b.dyn.example.test", "A")
    )
    change(
        route53, zone, ("DELETE", "A.Dyn.Example.test.", "A"), ("DELETE", "b.dyn.example.test", "A")
    )


@pytest.mark.parametrize(
    "outside",
    (
        ("CREATE", "www.example.test", "A"),
        ("CREATE", "dyn.example.test", "A"),
        ("CREATE", "evil-dyn.example.test", "A"),
        ("CREATE", "WPAD.dyn.example.test", "A"),
        ("CREATE", "a._tcp.dyn.example.test", "A"),
        ("UPSERT", "c.dyn.example.test", "A"),
        ("CREATE", "c.dyn.example.test", "TXT"),
    ),
)
def test_one_change_outside_the_condition_denies_all(
    aws: LocalAws, zone: str, limited: boto3.Session, outside: tuple[str, str, str]
) -> None:
    route53 = client_of(limited, aws, "route53")
    with pytest.raises(ClientError, match="AccessDenied"):
        change(route53, zone, ("CREATE", "d.dyn.example.test", "A"), outside)


def test_the_vpc_of_a_new_zone_counts_and_a_public_zone_has_none(
    aws: LocalAws, limited: boto3.Session
) -> None:
    route53 = client_of(limited, aws, "route53")
    made = {"Name": "10.in-addr.arpa", "VPC": {"VPCId": "vpc-0a", "VPCRegion": "us-east-1"}}
    route53.create_hosted_zone(**made, CallerReference="vpc")
    made["VPC"] = {"VPCId": "vpc-0a", "VPCRegion": "eu-west-1"}
    with pytest.raises(ClientError, match="AccessDenied"):
        route53.create_hosted_zone(**made, CallerReference="elsewhere")
    with pytest.raises(ClientError, match="AccessDenied"):
        route53.create_hosted_zone(Name="10.in-addr.arpa", CallerReference="public")


def test_the_region_of_an_ec2_request_counts(aws: LocalAws, limited: boto3.Session) -> None:
    ec2 = client_of(limited, aws, "ec2")
    ec2.describe_instances()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        ec2.describe_vpcs()


def test_a_batch_action_needs_the_permission_of_what_it_repeats(
    aws: LocalAws, limited: boto3.Session
) -> None:
    own = aws.client("sqs")
    url = own.create_queue(QueueName="batches")["QueueUrl"]
    own.send_message(QueueUrl=url, MessageBody="hello")
    (message,) = own.receive_message(QueueUrl=url)["Messages"]
    sqs = client_of(limited, aws, "sqs")
    handle = message["ReceiptHandle"]
    entry = {"Id": "1", "ReceiptHandle": handle, "VisibilityTimeout": 0}
    sqs.change_message_visibility_batch(QueueUrl=url, Entries=[entry])
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": "1", "ReceiptHandle": handle}])


# ----------------------------------------------------------------- EventBridge


@pytest.fixture
def queue(aws: LocalAws) -> Iterator[str]:
    """A queue that gets every event of EC2 through a rule; nothing allows it to yet."""
    sqs, events = aws.client("sqs"), aws.client("events")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    pattern = json.dumps({"source": ["aws.ec2"]})
    events.put_rule(Name="rule", EventPattern=pattern)
    events.put_targets(Rule="rule", Targets=[{"Id": "queue", "Arn": arn_of(aws, url)}])
    aws.ec2_events.flush()
    yield url
    events.remove_targets(Rule="rule", Ids=["queue"])
    events.delete_rule(Name="rule")
    sqs.delete_queue(QueueUrl=url)


def arn_of(aws: LocalAws, url: str) -> str:
    found = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def allow(aws: LocalAws, url: str, rule: str) -> None:
    arn = arn_of(aws, url)
    statements = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {
                "ArnEquals": {"aws:SourceArn": f"arn:aws:events:us-east-1:000000000000:rule/{rule}"}
            },
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def received(aws: LocalAws, url: str) -> list[dict[str, Any]]:
    found = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]


def test_an_ec2_event_arrives_with_everything_that_eventbridge_adds(
    aws: LocalAws, subnet: str, queue: str
) -> None:
    allow(aws, queue, "rule")
    (instance,) = launch(aws, subnet)
    aws.ec2_events.flush()
    arrived = received(aws, queue)
    assert [event["detail"]["state"] for event in arrived] == ["pending", "running"]
    assert arrived[0].keys() == {
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    }
    assert arrived[0]["detail"]["instance-id"] == instance["InstanceId"]


@pytest.mark.parametrize("rule", (None, "another-rule"))
def test_an_event_reaches_a_queue_only_if_its_policy_allows_the_rule(
    aws: LocalAws, subnet: str, queue: str, rule: str | None
) -> None:
    if rule:
        allow(aws, queue, rule)
    launch(aws, subnet)
    aws.ec2_events.flush()
    assert received(aws, queue) == []


def test_eventbridge_delivers_over_tls_also_by_a_schedule_that_no_request_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_with: list[object] = []

    def allows(*_: object) -> bool:
        asked_with.append(iam_evaluator._request_origin.get())
        return True

    monkeypatch.setattr(eventbridge.sqs, "queue_policy_allows", allows)
    before = iam_evaluator._request_origin.get()
    assert not eventbridge._queue_refuses("arn:aws:sqs:us-east-1:000000000000:q", {"Arn": "arn"})
    assert asked_with == [("127.0.0.1", True)]
    assert iam_evaluator._request_origin.get() == before


@pytest.mark.parametrize("source", ("aws.s3", "aws.ec2"))
def test_nobody_else_speaks_for_aws(aws: LocalAws, limited: boto3.Session, source: str) -> None:
    iam = aws.client("iam")
    allowed = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="limited", PolicyName="events", PolicyDocument=document)
    entry = {"Source": source, "DetailType": "x", "Detail": "{}"}
    putter = aws.client("events") if source == "aws.s3" else client_of(limited, aws, "events")
    (refused,) = putter.put_events(Entries=[entry])["Entries"]
    assert refused["ErrorCode"] == "NotAuthorizedForSourceException"


def test_an_item_is_updated_in_the_attributes_that_are_allowed_only(
    aws: LocalAws, limited: boto3.Session
) -> None:
    table = {"AttributeName": "hostname", "KeyType": "HASH"}
    aws.client("dynamodb").create_table(
        TableName="limited",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[table],
        AttributeDefinitions=[{"AttributeName": "hostname", "AttributeType": "S"}],
    )
    written = {"dynamodb:Attributes": ["hostname", "state", "revision"]}
    allowed = {
        "Effect": "Allow",
        "Action": "dynamodb:UpdateItem",
        "Resource": "*",
        "Condition": {"ForAllValues:StringEquals": written},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    aws.client("iam").put_user_policy(
        UserName="limited", PolicyName="items", PolicyDocument=document
    )
    hosts = client_of(limited, aws, "dynamodb")

    def update(expression: str, condition: str) -> None:
        hosts.update_item(
            TableName="limited",
            Key={"hostname": {"S": "home.example.com"}},
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":it": {"S": "x"}},
        )

    update("SET #state = if_not_exists(#state, :it)", "attribute_not_exists(revision)")
    for expression, condition in (
        ("SET #state = :it, tokens = :it", "attribute_exists(hostname)"),
        ("SET #state = :it", "tokens <> :it"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            update(expression, condition)


# -------------------------------------------------- Route 53 by CloudFormation


def test_a_zone_with_vpcs_is_private_and_associated(aws: LocalAws) -> None:
    ec2, cloudformation = aws.client("ec2"), aws.client("cloudformation")
    vpcs = [ec2.create_vpc(CidrBlock=f"10.4{n}.0.0/16")["Vpc"]["VpcId"] for n in range(2)]

    def template(count: int) -> str:
        associated = [{"VPCId": vpc, "VPCRegion": "us-east-1"} for vpc in vpcs[:count]]
        zones = {
            "Private": {"Name": "inside.example.test", "VPCs": associated},
            "Public": {"Name": "inside.example.test"},
        }
        resources = {
            name: {"Type": "AWS::Route53::HostedZone", "Properties": properties}
            for name, properties in zones.items()
        }
        outputs = {name: {"Value": {"Ref": name}} for name in zones}
        return json.dumps({"Resources": resources, "Outputs": outputs})

    def outputs() -> dict[str, str]:
        (stack,) = cloudformation.describe_stacks(StackName="zones")["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def associated(zone_id: str) -> tuple[bool, list[str]]:
        found = aws.client("route53").get_hosted_zone(Id=zone_id)
        private = found["HostedZone"]["Config"]["PrivateZone"]
        return private, [vpc["VPCId"] for vpc in found.get("VPCs", [])]

    cloudformation.create_stack(StackName="zones", TemplateBody=template(1))
    assert eventually(lambda: len(outputs()) == 2)
    assert associated(outputs()["Private"]) == (True, vpcs[:1])
    assert associated(outputs()["Public"]) == (False, [])
    cloudformation.update_stack(StackName="zones", TemplateBody=template(2))
    assert eventually(lambda: associated(outputs()["Private"]) == (True, vpcs))


@pytest.mark.parametrize("name", ("example.com", "Dyn.Example.NET.", "a.b.example.org"))
def test_a_public_zone_of_a_reserved_name_is_refused_as_by_aws(aws: LocalAws, name: str) -> None:
    said = rf"InvalidDomainName.* {name.lower().rstrip('.')} is reserved by AWS!"
    with pytest.raises(ClientError, match=said):
        aws.client("route53").create_hosted_zone(Name=name, CallerReference=name)
    made, stack = aws.client("cloudformation"), f"reserved{len(name)}"
    zone = {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": name}}
    made.create_stack(StackName=stack, TemplateBody=json.dumps({"Resources": {"Zone": zone}}))
    with pytest.raises(WaiterError):
        made.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    events = made.describe_stack_events(StackName=stack)["StackEvents"]
    assert [each for each in events if re.search(said, each.get("ResourceStatusReason", ""))]


def test_a_private_zone_may_have_a_reserved_name_and_a_public_one_a_similar_name(
    aws: LocalAws,
) -> None:
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    create = aws.client("route53").create_hosted_zone
    private = {"VPC": {"VPCId": vpc, "VPCRegion": "us-east-1"}}
    create(Name="inside.example.com", CallerReference="reserved and private", **private)
    create(Name="myexample.com", CallerReference="similar")


# ------------------------------------------------------------------------- WAF


def test_a_template_puts_a_web_acl_in_front_of_a_stage(aws: LocalAws) -> None:
    stack = {"StackName": "filtered"}
    first, second = (f"arn:aws:apigateway:us-east-1::/restapis/x/stages/{n}" for n in "12")
    made = aws.client("cloudformation")

    def deploy(operation: str, resource: str | None) -> None:
        resources = {"Acl": _web_acl()}
        if resource is not None:
            resources["Association"] = _association(resource)
        template = json.dumps({"Resources": resources})
        getattr(made, f"{operation}_stack")(**stack, TemplateBody=template)
        made.get_waiter(f"stack_{operation}_complete").wait(**stack, WaiterConfig={"Delay": 1})

    def filtered(resource: str) -> bool:
        try:
            found = aws.client("wafv2").get_web_acl_for_resource(ResourceArn=resource)
        except ClientError:
            return False
        return "WebACL" in found

    deploy("create", first)
    assert filtered(first)
    deploy("update", second)
    assert (filtered(first), filtered(second)) == (False, True)
    deploy("update", None)
    assert not filtered(second)


def test_a_web_acl_that_is_not_there_fails_the_stack(aws: LocalAws) -> None:
    made = aws.client("cloudformation")
    resource = "arn:aws:apigateway:us-east-1::/restapis/x/stages/3"
    association = _association(resource)
    acl = "arn:aws:wafv2:us-east-1:000000000000:regional/webacl/none/none"
    association["Properties"]["WebACLArn"] = acl
    template = json.dumps({"Resources": {"Association": association}})
    made.create_stack(StackName="unfiltered", TemplateBody=template)
    with pytest.raises(WaiterError):
        made.get_waiter("stack_create_complete").wait(
            StackName="unfiltered", WaiterConfig={"Delay": 1}
        )


def _web_acl() -> dict[str, Any]:
    seen = {"CloudWatchMetricsEnabled": False, "MetricName": "m", "SampledRequestsEnabled": False}
    properties = {"DefaultAction": {"Allow": {}}, "Scope": "REGIONAL", "VisibilityConfig": seen}
    return {"Type": "AWS::WAFv2::WebACL", "Properties": properties}


def _association(resource: str) -> dict[str, Any]:
    properties = {"ResourceArn": resource, "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}}
    return {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": properties}


def test_events_are_put_within_the_condition_only(aws: LocalAws) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": "arn:aws:events:us-east-1:000000000000:event-bus/default",
        "Condition": {"StringEquals": {"events:source": "ours", "events:detail-type": "Moved"}},
    }
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    documents = [
        json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in (trust, statement)
    ]
    iam = aws.client("iam")
    role = iam.create_role(RoleName="teller", AssumeRolePolicyDocument=documents[0])["Role"]["Arn"]
    iam.put_role_policy(RoleName="teller", PolicyName="tell", PolicyDocument=documents[1])
    events = aws.client_as(role, "events")
    entry = {"Source": "ours", "DetailType": "Moved", "Detail": "{}"}
    assert events.put_events(Entries=[entry, entry])["FailedEntryCount"] == 0
    for other in ({"Source": "theirs"}, {"DetailType": "Other"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            events.put_events(Entries=[entry, {**entry, **other}])
