# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""The interfaces of instances.

| AWS | MiniStack |
|---|---|
| an instance has a primary interface, and shows all that it has | none |
| termination deletes what was made with it, and frees the others | nothing |
| the source/destination check of an instance, that of its primary interface, can be switched off | unknown action |
"""  # noqa: E501 - a table

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import ec2

from ddns_constructs.local._ministack.network.calls import (
    answers,
    find,
    flag,
    items,
    parameter,
    tag,
)
from ddns_constructs.local._ministack.network.interfaces import (
    attach,
    attached_to,
    delete,
    detach,
    make,
    xml,
)

if TYPE_CHECKING:
    from ddns_constructs.local._ministack.network.calls import Params

__all__ = ["apply", "free_interfaces"]


def apply() -> None:
    """Give instances their interfaces."""
    _correct_launch()
    _correct_termination()
    _correct_description()
    answers("ModifyInstanceAttribute", _modify)


def _correct_launch() -> None:
    launch = ec2._launch_instances_internal

    def launch_with_interfaces(*args: object, **kwargs: object) -> list[dict[str, Any]]:
        created: list[dict[str, Any]] = launch(*args, **kwargs)
        for instance in created:
            groups = [each["GroupId"] for each in instance["SecurityGroups"]]
            made = make(instance["SubnetId"], groups)
            made["PrivateIpAddress"] = instance["PrivateIpAddress"]
            made["DeleteOnTermination"] = True
            attach(made, instance["InstanceId"], 0)
        return created

    ec2._launch_instances_internal = launch_with_interfaces


def _correct_termination() -> None:
    terminate = ec2._ACTION_MAP["TerminateInstances"]

    def terminate_with_interfaces(params: Params) -> object:
        response = terminate(params)
        for instance in ec2._instances.values():
            if instance["State"]["Name"] == "terminated":
                free_interfaces(instance["InstanceId"])
        return response

    ec2._ACTION_MAP["TerminateInstances"] = terminate_with_interfaces


def free_interfaces(instance: str) -> None:
    """Delete the interfaces that end with an instance, and detach the others."""
    for each in attached_to(instance):
        detach(each)
        if each["DeleteOnTermination"]:
            delete(each)


def _correct_description() -> None:
    to_xml = ec2._instance_xml

    def with_interfaces(instance: dict[str, Any]) -> str:
        written: str = to_xml(instance)
        found = attached_to(instance["InstanceId"])
        shown = items("networkInterfaceSet", map(xml, found))
        if found:
            checked = tag("sourceDestCheck", found[0]["SourceDestCheck"])
            written = written.replace(tag("sourceDestCheck", value=True), checked)
        return written.replace("<tagSet>", f"{shown}<tagSet>", 1)

    ec2._instance_xml = with_interfaces


def _modify(params: Params) -> str:
    wanted = parameter(params, "InstanceId")
    find(ec2._instances, wanted, "InvalidInstanceID.NotFound", "instance")
    primary = attached_to(wanted)[0]
    primary["SourceDestCheck"] = flag(
        params, "SourceDestCheck.Value", default=primary["SourceDestCheck"]
    )
    return tag("return", value=True)
