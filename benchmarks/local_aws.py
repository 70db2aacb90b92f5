"""What InstanceDdns needs in the local AWS, and the events that it gets there."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.local.emulator import Emulator

REGION = "us-east-1"
_ACCOUNT = "123456789012"


def prepare(emulator: Emulator) -> dict[str, str]:
    """Make zones, table, queues, a VPC; return the environment of the function."""
    ec2, route53, sqs = (emulator.client(name) for name in ("ec2", "route53", "sqs"))
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/16")
    zones = []
    for name in ("example.internal", "0.10.in-addr.arpa"):
        made = route53.create_hosted_zone(
            Name=name,
            CallerReference=name,
            VPC={"VPCId": vpc_id, "VPCRegion": REGION},
            HostedZoneConfig={"PrivateZone": True},
        )
        zone_id = made["HostedZone"]["Id"].rpartition("/")[2]
        zones.append({"id": zone_id, "name": name, "private": True})
    emulator.client("dynamodb").create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    return {
        **emulator.environment(),
        **settings(
            zones,
            sqs.create_queue(QueueName="queue")["QueueUrl"],
            sqs.create_queue(QueueName="dead")["QueueUrl"],
        ),
    }


def settings(zones: object, queue_url: str, dead_letter_queue_url: str) -> dict[str, str]:
    """Return the environment that the construct gives the function, but for these."""
    return {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_NAME": "ddns",
        "DDNS_TABLE": "ledger",
        "DDNS_QUEUE_URL": queue_url,
        "DDNS_DEAD_LETTER_QUEUE_URL": dead_letter_queue_url,
        "DDNS_ZONES": json.dumps(zones),
        "DDNS_TTL": "60",
        "DDNS_TAGS": json.dumps({"zone": "ZONE", "cname": "CNAME", "host_name": "HOSTNAME"}),
        "DDNS_HOST_NAME": "{private_dns}",
        "DDNS_USE_DHCP_DOMAIN": "true",
        "DDNS_REVERSE_ZONES": "listed",
        "DDNS_ASSOCIATE_VPCS": "false",
        "DDNS_RECORD_POLICY": "sync",
        "DDNS_ADOPT": "[]",
        "DDNS_ADOPT_IDENTICAL": "false",
        "DDNS_ALLOWED_NAMES": "[]",
        "DDNS_MAX_DELETES": "100",
        "DDNS_SWEEP_REQUESTS_A_SECOND": "4",
    }


def launch(count: int, emulator: Emulator) -> list[str]:
    """Launch instances with a ZONE tag; return their ids."""
    ec2 = emulator.client("ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": ["10.0.0.0/16"]}])
    ids: list[str] = []
    while len(ids) < count:
        some = min(1000, count - len(ids))
        made = ec2.run_instances(
            ImageId="ami-12345678",
            MinCount=some,
            MaxCount=some,
            SubnetId=subnets["Subnets"][0]["SubnetId"],
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": "ZONE", "Value": "example.internal"}],
                }
            ],
        )
        ids += [each["InstanceId"] for each in made["Instances"]]
    return ids


def batch(ids: list[str]) -> dict[str, list[Mapping[str, object]]]:
    """Return the event that Lambda gets for a batch of running events."""
    return {"Records": [_record(number, each) for number, each in enumerate(ids)]}


def _record(number: int, instance_id: str) -> Mapping[str, object]:
    event = {
        "version": "0",
        "id": f"7bf73129-1428-4cd3-a780-{number:012}",
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": _ACCOUNT,
        "time": "2026-11-11T21:29:54Z",
        "region": REGION,
        "resources": [f"arn:aws:ec2:{REGION}:{_ACCOUNT}:instance/{instance_id}"],
        "detail": {"instance-id": instance_id, "state": "running"},
    }
    return {
        "messageId": f"059f36b4-87a3-44ab-83d2-{number:012}",
        "receiptHandle": f"AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a{number:012}",
        "body": json.dumps(event),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(time.time() * 1000)),
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{_ACCOUNT}:queue",
        "awsRegion": REGION,
    }
