"""EC2: the instances and interfaces that may have a service address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ddns.adapters.aws import translated
from ddns.core.errors import PermanentError, UnavailableError
from ddns.core.failover.decide import ABSENT, GONE
from ddns.core.failover.places import Node, ServiceAddress

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

# What StopInstances says of an instance that does not run any more for good, or not yet.
_ENDED = frozenset({"IncorrectInstanceState", "InvalidInstanceID.NotFound"})


class Nodes:
    """The nodes of a service address; nothing that EC2 says of them is kept."""

    def __init__(self, client: EC2Client, service: ServiceAddress) -> None:
        """Take a client and what moves."""
        self._client = client
        self._nodes = {node.name: node for node in service.nodes}
        self._instances = [node.instance for node in service.nodes if node.instance]

    def instance(self, node: str) -> str:
        """Return the id of the instance that a node is.

        Raises:
            PermanentError: it is an interface.
        """
        found = self._nodes[node].instance
        if not found:
            raise PermanentError(f"node {node!r} is an interface: it has no instance of its own")
        return found

    def interface(self, node: str) -> str:
        """Return the id of the interface that a node is, or that its instance has first.

        Raises:
            PermanentError: its instance has none (any more).
        """
        found = self.interfaces().get(node)
        if not found:
            raise PermanentError(f"node {node!r} has no interface: its instance may be terminated")
        return found

    def interfaces(self) -> Mapping[str, str]:
        """Return the ids of the interfaces of all nodes that have one (DescribeInstances)."""
        described = self._describe(self._instances)
        first = {each: _first_interface(instance) for each, instance in described.items()}
        found = {
            name: node.interface or first.get(node.instance, "")
            for name, node in self._nodes.items()
        }
        return {name: interface for name, interface in found.items() if interface}

    def by_interface(self) -> Mapping[str, str]:
        """Return the names of the nodes by the ids of their interfaces (DescribeInstances)."""
        return {interface: name for name, interface in self.interfaces().items()}

    def by_instance(self) -> Mapping[str, str]:
        """Return the names of the nodes by the ids of their instances."""
        return {node.instance: name for name, node in self._nodes.items() if node.instance}

    def states(self) -> Mapping[str, str]:
        """Return the states of their instances, as ``Directory.states`` has them."""
        at = {**self._attached(), **{n.name: n.instance for n in self._of_instances()}}
        described = self._describe(set(at.values()))
        return {
            name: described[instance]["State"]["Name"] if instance in described else ABSENT
            for name, instance in at.items()
        }

    def _of_instances(self) -> list[Node]:
        return [node for node in self._nodes.values() if node.instance]

    def _attached(self) -> Mapping[str, str]:
        """Return the instances at which nodes that are interfaces are (DescribeNetworkInterfaces).

        One that is at no instance is missing.
        """
        names = {node.interface: node.name for node in self._nodes.values() if node.interface}
        found = describe_interfaces(self._client, "network-interface-id", names)
        return {
            names[each["NetworkInterfaceId"]]: each["Attachment"]["InstanceId"]
            for each in found
            if each.get("Attachment", {}).get("InstanceId")
        }

    def _describe(self, instances: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the instances that EC2 knows, by filter: no id is an error."""
        if not instances:
            return {}
        by: Any = [{"Name": "instance-id", "Values": sorted(instances)}]
        return {
            instance["InstanceId"]: instance
            for page in pages(self._client.describe_instances, Filters=by)
            for reservation in page["Reservations"]
            for instance in reservation["Instances"]
        }


class Ec2Directory:
    """What EC2 says of nodes."""

    def __init__(self, client: EC2Client, service: ServiceAddress) -> None:
        """Take a client and what moves."""
        self._nodes = Nodes(client, service)

    def states(self) -> Mapping[str, str]:
        """Return the state of the instance of each node by its name, in EC2's words.

        One that EC2 does not show (any more) is ``absent``; a node that is an interface at no
        instance is missing.
        """
        return self._nodes.states()


class Ec2Fencer:
    """What stops the instance of a node."""

    def __init__(self, client: EC2Client, service: ServiceAddress) -> None:
        """Take a client and what moves."""
        self._client = client
        self._nodes = Nodes(client, service)

    def stop(self, node: str) -> None:
        """Stop the instance (StopInstances); EC2's answer says that it is stopping or stopped.

        One that is terminated counts as stopped; one that starts just now can't be stopped yet.

        Raises:
            PermanentError: the node is an interface, or its instance may not be stopped.
            UnavailableError: it starts.
        """
        instance = self._nodes.instance(node)
        taken = False
        with translated(), unless(_ENDED):
            self._client.stop_instances(InstanceIds=[instance])
            taken = True
        word = ABSENT if taken else self._nodes.states().get(node, ABSENT)
        if word not in GONE and word != ABSENT:
            raise UnavailableError(f"{instance!r} is {word}: it cannot be stopped now")


def describe_interfaces(
    client: EC2Client, name: str, values: Collection[str]
) -> list[Mapping[str, Any]]:
    """Return the network interfaces that a filter finds (DescribeNetworkInterfaces)."""
    if not values:
        return []
    by: Any = [{"Name": name, "Values": sorted(values)}]
    found = pages(client.describe_network_interfaces, Filters=by)
    return [each for page in found for each in page["NetworkInterfaces"]]


def pages(operation: Callable[..., Any], **parameters: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - boto3's
    """Return all pages that an operation answers in, with botocore's errors as ours."""
    following: dict[str, str] = {}
    while True:
        with translated():
            page = operation(**parameters, **following)
        yield page
        if not page.get("NextToken"):
            return
        following = {"NextToken": page["NextToken"]}


@contextmanager
def unless(codes: Collection[str]) -> Iterator[None]:
    """Take a refusal with one of these codes for success."""
    try:
        yield
    except ClientError as err:
        if err.response["Error"]["Code"] not in codes:
            raise


def _first_interface(instance: Mapping[str, Any]) -> str:
    """Return the id of the primary interface of an instance, empty where it has none."""
    for each in instance.get("NetworkInterfaces", ()):
        if each.get("Attachment", {}).get("DeviceIndex") == 0:
            return str(each["NetworkInterfaceId"])
    return ""
