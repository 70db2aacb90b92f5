"""An AWS account on moto with all that a deployment of InstanceDdns finds there."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict
from moto.core.botocore_stubber import MockRawResponse
from moto.dynamodb import responses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import botocore.session
    import pytest
    from botocore.awsrequest import AWSPreparedRequest

REGION = "us-east-1"
ACCOUNT = "123456789012"
RecordSets = dict[tuple[str, str], set[str]]


@dataclass(frozen=True)
class Call:
    """One call of a client: the service, the operation as its API names it, the parameters."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


@dataclass
class Wire:
    """What a session's clients send: recorded, and made to fail where a test says so."""

    calls: list[Call] = field(default_factory=list)
    _failures: dict[str, list[AWSResponse]] = field(default_factory=dict)
    _losses: dict[str, list[Exception]] = field(default_factory=dict)
    _swallowed: set[str] = field(default_factory=set)

    def attach(self, session: boto3.Session) -> None:
        """Listen to every client that the session makes from now on."""
        session.events.register("before-parameter-build", self._record)
        session.events.register_first("before-send", self._intercept)
        session.events.register_last("before-send", self._drop)

    def reset(self) -> None:
        """Forget everything."""
        self.calls.clear()
        self.reset_failures()

    def reset_failures(self) -> None:
        """Let every request be carried out and answered again."""
        self._failures.clear()
        self._losses.clear()
        self._swallowed.clear()

    def count(self, service: str | None = None) -> Counter[str]:
        """Return how often each operation was called."""
        return Counter(c.operation for c in self.calls if service in (None, c.service))

    def fail_next(
        self, operation: str, code: str, status: int = 400, *, times: int = 1, message: str = ""
    ) -> None:
        """Answer the next requests of an operation with an error, in the shape of its protocol."""
        error = _json_error if operation in _JSON_OPERATIONS else _xml_error
        for _ in range(times):
            self.answer_next(operation, status, error(code, message or code))

    def answer_next(
        self, operation: str, status: int, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the next request of an operation with anything."""
        self._failures.setdefault(operation, []).append(_answer(status, body, headers))

    def lose_next(self, operation: str, error: Exception, *, times: int = 1) -> None:
        """Let the next requests of an operation be carried out and their answers be lost."""
        self._losses.setdefault(operation, []).extend([error] * times)

    def swallow(self, operation: str) -> None:
        """Answer every request of an operation, of a JSON protocol, with nothing."""
        self._swallowed.add(operation)

    def _record(self, params: Mapping[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        self.calls.append(Call(model.service_model.service_name, model.name, dict(params)))

    def _intercept(
        self, event_name: str, request: AWSPreparedRequest, **_: object
    ) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        failures = self._failures.get(operation)
        if not failures and operation not in self._swallowed:
            return None
        request.url = _NOWHERE  # moto is not to carry it out
        return failures.pop(0) if failures else _answer(200, b"{}")

    def _drop(self, event_name: str, **_: object) -> None:
        losses = self._losses.get(event_name.rpartition(".")[2])
        if losses:
            raise losses.pop(0)


_NOWHERE = "https://127.0.0.1/"
_JSON_OPERATIONS = frozenset(
    (
        *("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem"),
        *("TransactGetItems", "TransactWriteItems"),
        *("ChangeMessageVisibilityBatch", "SendMessage", "SendMessageBatch"),
    )
)


def _answer(status: int, text: bytes, headers: Mapping[str, str] | None = None) -> AWSResponse:
    body: Any = MockRawResponse(text)
    found: Any = HeadersDict(headers or {})
    return AWSResponse(_NOWHERE, status, found, body)


def _json_error(code: str, message: str) -> bytes:
    return json.dumps({"__type": f"com.amazonaws#{code}", "message": message}).encode()


def _xml_error(code: str, message: str) -> bytes:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    # EC2 says Response and Errors, Route 53 ErrorResponse; botocore reads either by its protocol.
    return (
        f"<ErrorResponse>{error}<Errors>{error}</Errors><RequestId>r-1</RequestId></ErrorResponse>"
    ).encode()


class Account:
    """A VPC to launch instances in, three hosted zones, the ledger, and the two queues."""

    def __init__(self) -> None:
        self.ec2, self.route53, self.dynamodb, self.sqs = _clients()
        self.vpc_id, self.subnet_id = self.add_vpc("10.0.0.0/16", "10.0.1.0/24")
        self.private = self.add_zone("example.internal", self.vpc_id)
        self.reverse = self.add_zone("0.10.in-addr.arpa", self.vpc_id)
        self.public = self.add_zone("example.com")
        self.table = "ledger"
        self.dynamodb.create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        self.queue_url = self.sqs.create_queue(
            QueueName="queue", Attributes={"VisibilityTimeout": "720"}
        )["QueueUrl"]
        self.dead_letter_queue_url = self.sqs.create_queue(QueueName="dead-letters")["QueueUrl"]

    # ------------------------------------------------------------ what is there

    def add_vpc(self, block: str, subnet_block: str) -> tuple[str, str]:
        """Make a VPC with DNS on, and a subnet in it; return their ids."""
        vpc_id: str = self.ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
        subnet = self.ec2.create_subnet(VpcId=vpc_id, CidrBlock=subnet_block)["Subnet"]
        return vpc_id, subnet["SubnetId"]

    def add_zone(self, name: str, vpc_id: str | None = None) -> str:
        """Make a hosted zone, private if it has a VPC; return its id."""
        arguments: dict[str, Any] = {"Name": name, "CallerReference": name}
        if vpc_id:
            # The service goes by the VPC alone; moto by what the configuration says.
            arguments["HostedZoneConfig"] = {"PrivateZone": True}
            arguments["VPC"] = {"VPCId": vpc_id, "VPCRegion": REGION}
        zone_id: str = self.route53.create_hosted_zone(**arguments)["HostedZone"]["Id"]
        return zone_id.rpartition("/")[2]

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the environment that the construct gives the function."""
        zones = [
            {"id": self.private, "name": "example.internal", "private": True},
            {"id": self.reverse, "name": "0.10.in-addr.arpa", "private": True},
            {"id": self.public, "name": "example.com", "private": False},
        ]
        return {
            "AWS_LAMBDA_FUNCTION_NAME": "Ddns",
            "DDNS_TABLE": self.table,
            "DDNS_QUEUE_URL": self.queue_url,
            "DDNS_DEAD_LETTER_QUEUE_URL": self.dead_letter_queue_url,
            "DDNS_ZONES": json.dumps(zones),
            "DDNS_TTL": "60",
            "DDNS_TAGS": '{"zone": "ZONE", "cname": "CNAME", "host_name": "HOSTNAME"}',
            "DDNS_HOST_NAME": "{private_dns}",
            "DDNS_USE_DHCP_DOMAIN": "false",
            "DDNS_REVERSE_ZONES": "listed",
            "DDNS_ASSOCIATE_VPCS": "false",
            "DDNS_RECORD_POLICY": "sync",
            "DDNS_ADOPT": "[]",
            "DDNS_ADOPT_IDENTICAL": "false",
            "DDNS_ALLOWED_NAMES": "[]",
            "DDNS_MAX_DELETES": "100",
            "DDNS_SWEEP_REQUESTS_A_SECOND": "4",
            **settings,
        }

    # ------------------------------------------------------------ instances

    def launch(
        self, address: str = "10.0.1.5", *, subnet_id: str | None = None, **tags: str
    ) -> str:
        """Launch an instance with a private and a public address; return its id."""
        reservation = self.ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnet_id or self.subnet_id,
                    "AssociatePublicIpAddress": True,
                    "PrivateIpAddress": address,
                }
            ],
            TagSpecifications=[{"ResourceType": "instance", "Tags": _tags(tags)}] if tags else [],
        )
        instance_id: str = reservation["Instances"][0]["InstanceId"]
        return instance_id

    def launch_many(self, count: int, **tags: str) -> list[str]:
        """Launch instances in one request; EC2 chooses their addresses."""
        found = self.ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=count,
            MaxCount=count,
            SubnetId=self.subnet_id,
            TagSpecifications=[{"ResourceType": "instance", "Tags": _tags(tags)}] if tags else [],
        )
        return [each["InstanceId"] for each in found["Instances"]]

    def stop(self, instance_id: str) -> None:
        """Stop an instance."""
        self.ec2.stop_instances(InstanceIds=[instance_id])

    def terminate(self, instance_id: str) -> None:
        """Terminate an instance."""
        self.ec2.terminate_instances(InstanceIds=[instance_id])

    def tag(self, instance_id: str, **tags: str) -> None:
        """Tag an instance."""
        self.ec2.create_tags(Resources=[instance_id], Tags=_tags(tags))

    def public_address(self, instance_id: str) -> str:
        """Return the public address of an instance."""
        found = self.ec2.describe_instances(InstanceIds=[instance_id])
        address: str = found["Reservations"][0]["Instances"][0]["PublicIpAddress"]
        return address

    # ------------------------------------------------------------ zones, ledger, queues

    def records(self, zone_id: str) -> RecordSets:
        """Return the values of a zone by name and type, without those of its apex."""
        listed = self.route53.list_resource_record_sets(HostedZoneId=zone_id)
        return {
            (each["Name"].rstrip("."), each["Type"]): {r["Value"] for r in each["ResourceRecords"]}
            for each in listed["ResourceRecordSets"]
            if each["Type"] not in ("SOA", "NS")
        }

    def put_foreign(self, zone_id: str, name: str, kind: str, value: str) -> None:
        """Write a record set as another party would."""
        self._change(zone_id, "UPSERT", _record_set(name, kind, value, 300))

    def remove(self, zone_id: str, name: str, kind: str, value: str) -> None:
        """Delete a record set that the function wrote."""
        self._change(zone_id, "DELETE", _record_set(name, kind, value, 60))

    def _change(self, zone_id: str, action: str, record_set: dict[str, Any]) -> None:
        changes: Any = [{"Action": action, "ResourceRecordSet": record_set}]
        self.route53.change_resource_record_sets(
            HostedZoneId=zone_id, ChangeBatch={"Changes": changes}
        )

    def ledger(self) -> dict[str, Any]:
        """Return what the ledger keeps of names and instances, by key."""
        items = self.dynamodb.scan(TableName=self.table)["Items"]
        kept = {each["pk"]["S"]: each for each in items}
        return {key: each for key, each in kept.items() if key.startswith(("NAME#", "INSTANCE#"))}

    def send(self, bodies: Iterable[str]) -> None:
        """Put messages into the queue."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)

    def receive(self) -> list[dict[str, Any]]:
        """Receive every visible message, as the event source does."""
        return self._receive(self.queue_url)

    def delete(self, message: Mapping[str, Any]) -> None:
        """Delete a message that was handled, as the event source does."""
        self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])

    def dead_letters(self) -> list[dict[str, Any]]:
        """Receive every message of the dead-letter queue."""
        return self._receive(self.dead_letter_queue_url)

    def _receive(self, url: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
                WaitTimeSeconds=0,
            )
            if not answer.get("Messages"):
                return found
            found += answer["Messages"]


def _record_set(name: str, kind: str, value: str, ttl: int) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value}]}


def _tags(tags: Mapping[str, str]) -> list[Any]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def prepare_moto(patch: pytest.MonkeyPatch) -> None:
    """Have moto start in no time, and keep to today's quotas."""
    patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # seconds, for images nobody uses
    # Quotas of DynamoDB: 100 items a transaction since September 2022; moto knows that of writes.
    patch.setattr(responses, "TRANSACTION_MAX_ITEMS", 100)


@lru_cache
def shared_session() -> tuple[boto3.Session, Wire]:
    """Return the one session of this process, whose service models are read once, and its wire."""
    session, wire = boto3.Session(), Wire()
    wire.attach(session)
    return session, wire


def botocore_session() -> botocore.session.Session:
    """Return what is inside that session."""
    return shared_session()[0]._session  # type: ignore[attr-defined]


@lru_cache
def _clients() -> tuple[Any, Any, Any, Any]:
    session, _ = shared_session()
    return (
        session.client("ec2"),
        session.client("route53"),
        session.client("dynamodb"),
        session.client("sqs"),
    )
