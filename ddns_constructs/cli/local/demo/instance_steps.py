"""InstanceDdns at work, step by step; every answer comes over the wire from the name server."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddns_constructs.cli.local.demo.stage import Stage, StepFailedError, play_steps
from ddns_constructs.local.dns.answers import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns_constructs.cli.report import Report
    from ddns_constructs.local import LocalAws

__all__ = ["STEPS", "InstanceStage", "play"]

_SOMEBODY_ELSES = "192.0.2.99"


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance as it was launched."""

    id: str
    private: str
    public: str


@dataclass
class InstanceStage(Stage):
    """The account, the stack of the example, and the instances that were launched."""

    machines: dict[str, Machine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ec2 = self.aws.client("ec2")
        self.route53 = self.aws.client("route53")
        self.private_zone = self._zone_name("PrivateZoneId")
        self.public_zone = self._zone_name("PublicZoneId")

    def _zone_name(self, output: str) -> str:
        zone = self.route53.get_hosted_zone(Id=self.outputs[output])["HostedZone"]
        return str(zone["Name"]).rstrip(".")

    def private(self, label: str) -> str:
        """Return the name of `label` in the private zone."""
        return f"{label}.{self.private_zone}"

    def public(self, label: str) -> str:
        """Return the name of `label` in the public zone."""
        return f"{label}.{self.public_zone}"

    def launch(self, name: str, **tags: str) -> Machine:
        """Run an instance with these tags and remember it as `name`."""
        self.act()
        launched = self.ec2.run_instances(
            ImageId="ami-12345678",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.outputs["SubnetId"],
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": k, "Value": v} for k, v in {"Name": name, **tags}.items()],
                }
            ],
        )["Instances"][0]
        machine = Machine(
            launched["InstanceId"], launched["PrivateIpAddress"], launched["PublicIpAddress"]
        )
        self.machines[name] = machine
        return machine

    def drain(self) -> None:
        """Wait until every event so far has been put, and the queue has been worked off."""
        self.aws.ec2_events.flush()
        self.emptied()

    def ledger(self) -> list[str]:
        """Return the keys of what the ledger holds about names and instances."""
        dynamodb = self.aws.client("dynamodb")
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=self.outputs["TableName"], ConsistentRead=True
        )
        keys = [item["pk"]["S"] for page in pages for item in page["Items"]]
        return [key for key in keys if key.startswith(("NAME#", "INSTANCE#"))]


def _host(machine: Machine) -> str:
    return f"ip-{machine.private.replace('.', '-')}"


def _reverse(machine: Machine) -> str:
    return ".".join(reversed(machine.private.split("."))) + ".in-addr.arpa"


def _launch(stage: InstanceStage) -> None:
    web = stage.launch("web", ZONE=stage.private_zone, CNAME=stage.private("web"))
    host = stage.private(_host(web))
    stage.expect(host, "A", web.private)
    stage.expect(_reverse(web), "PTR", f"{host}.")
    stage.expect(stage.private("web"), "CNAME", f"{host}.")
    stage.expect(stage.private("web"), "A", web.private)
    edge = stage.launch("edge", ZONE=stage.public_zone, HOSTNAME="edge")
    stage.expect(stage.public("edge"), "A", edge.public, view=View.PUBLIC)
    stage.expect(host, "A", view=View.PUBLIC, status="REFUSED")


def _stop(stage: InstanceStage) -> None:
    web, edge = stage.machines["web"], stage.machines["edge"]
    stage.act()
    stage.ec2.stop_instances(InstanceIds=[web.id, edge.id])
    stage.expect(stage.private(_host(web)), "A", status="NXDOMAIN")
    stage.expect(_reverse(web), "PTR", status="NXDOMAIN")
    stage.expect(stage.private("web"), "A", status="NXDOMAIN")
    stage.expect(stage.public("edge"), "A", view=View.PUBLIC, status="NXDOMAIN")


def _start(stage: InstanceStage) -> None:
    web, edge = stage.machines["web"], stage.machines["edge"]
    stage.act()
    stage.ec2.start_instances(InstanceIds=[web.id, edge.id])
    found = stage.ec2.describe_instances(InstanceIds=[edge.id])["Reservations"][0]["Instances"][0]
    if found["PublicIpAddress"] == edge.public:
        raise StepFailedError(f"expected another public address than before, seen: {edge.public}")
    stage.expect(stage.public("edge"), "A", found["PublicIpAddress"], view=View.PUBLIC)
    stage.expect(stage.private("web"), "A", web.private)
    stage.expect(_reverse(web), "PTR", f"{stage.private(_host(web))}.")


def _tag_late(stage: InstanceStage) -> None:
    late = stage.launch("late")
    stage.drain()
    stage.expect(stage.private(_host(late)), "A", status="NXDOMAIN")
    stage.act()
    stage.ec2.create_tags(Resources=[late.id], Tags=[{"Key": "ZONE", "Value": stage.private_zone}])
    stage.expect(stage.private(_host(late)), "A", late.private)


def _share_a_name(stage: InstanceStage) -> None:
    tags = {"ZONE": stage.private_zone, "HOSTNAME": "api"}
    first, second = (stage.launch(name, **tags) for name in ("api-1", "api-2"))
    stage.expect(stage.private("api"), "A", first.private, second.private)
    stage.act()
    stage.ec2.stop_instances(InstanceIds=[first.id])
    stage.expect(stage.private("api"), "A", second.private)


def _leave_alone(stage: InstanceStage) -> None:
    name = stage.private("printer")
    record_set = {
        "Name": name,
        "Type": "A",
        "TTL": 300,
        "ResourceRecords": [{"Value": _SOMEBODY_ELSES}],
    }
    stage.act()
    stage.route53.change_resource_record_sets(
        HostedZoneId=stage.outputs["PrivateZoneId"],
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]},
    )
    stage.expect(name, "A", _SOMEBODY_ELSES)
    thief = stage.launch("thief", ZONE=stage.private_zone, HOSTNAME="printer")
    stage.drain()
    stage.expect(name, "A", _SOMEBODY_ELSES)
    refusals = stage.invoke({"instances": [thief.id]})["refusals"]
    if not refusals:
        raise StepFailedError(f"expected: {name} is refused to {thief.id}\nseen: no refusal")
    stage.report.seen(f"{name} is refused to {thief.id}: {refusals[0]['reason']}")


def _drop_an_event(stage: InstanceStage) -> None:
    stage.aws.ec2_events.drop_next()
    lost = stage.launch("lost", ZONE=stage.private_zone)
    stage.drain()
    stage.expect(stage.private(_host(lost)), "A", status="NXDOMAIN")
    stage.act()
    stage.invoke({"action": "sweep"})  # what the schedule sends
    stage.expect(stage.private(_host(lost)), "A", lost.private)


def _terminate(stage: InstanceStage) -> None:
    stage.act()
    stage.ec2.terminate_instances(InstanceIds=[each.id for each in stage.machines.values()])
    for name in ("web", "api"):
        stage.expect(stage.private(name), "A", status="NXDOMAIN")
    for machine in stage.machines.values():
        stage.expect(_reverse(machine), "PTR", status="NXDOMAIN")
    stage.expect(stage.public("edge"), "A", view=View.PUBLIC, status="NXDOMAIN")
    stage.expect(stage.private("printer"), "A", _SOMEBODY_ELSES)
    stage.until("an empty ledger", lambda: ", ".join(stage.ledger()) or None)
    stage.report.seen("the ledger is empty", time.monotonic() - stage.acted)
    dead, _ = stage.messages("DeadLetterQueueUrl")
    if dead:
        raise StepFailedError(f"expected: an empty dead-letter queue\nseen: {dead} messages")


STEPS: Mapping[str, Callable[[InstanceStage], None]] = {
    "launch: A, PTR and CNAME answer": _launch,
    "stop: the names are gone": _stop,
    "start: they answer again, with the new public address": _start,
    "a ZONE tag added late: answers": _tag_late,
    "two instances under one name: two values": _share_a_name,
    "a record that somebody else made: left alone": _leave_alone,
    "an event lost on purpose: the sweep heals it": _drop_an_event,
    "terminate: all gone, the ledger is empty": _terminate,
}


def play(aws: LocalAws, outputs: Mapping[str, str], report: Report) -> bool:
    """Play every step; stop at the first that does not hold.

    Args:
        aws: A local AWS into which the example `instance_ddns` has been deployed.
        outputs: The outputs of its stack.
        report: Hears of steps and answers.

    Returns:
        Whether every step held.
    """
    return play_steps(InstanceStage(aws, outputs, report), STEPS)
