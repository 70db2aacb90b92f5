"""A whole network interface moves to the node that is up, with its MAC address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_logs as logs

from ddns_constructs._common.arguments import Problems, check_number
from ddns_constructs._common.function import FunctionOptions
from ddns_constructs._failover import guest
from ddns_constructs._failover.address_failover import AddressFailover, checked
from ddns_constructs._failover.interfaces import check_interface
from ddns_constructs._failover.places import WholeInterface
from ddns_constructs._failover.settings import DEFAULT_MEMORY, AddressSettings, Common

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Duration, RemovalPolicy
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk.interfaces.aws_ec2 import INetworkInterfaceRef
    from constructs import Construct

    from ddns_constructs._failover.choices import Failback, Fence
    from ddns_constructs._failover.node import Node
    from ddns_constructs._failover.probe import Probe

_MOST_INDEX = 15


class EniFailover(AddressFailover):
    """A network interface that moves to the instance that is up: for who needs its MAC address.

    It is detached from the active node and attached to the next one that is up, when the active
    one is down, as probers of two zones or more say one like the other, or as EC2 says that it is
    stopped. All its addresses, security groups and flow logs go with it. That takes half a minute
    to minutes, as detaching waits for the guest, and is forced after 30 seconds; it stays within
    one zone. Use it where a licence or a client knows the MAC address, else `ServiceIpFailover` or
    `OverlayIpFailover`, which are faster.

    A failure of the monitor moves nothing: what is not known is neither up nor down.

    It defines a Lambda function outside of the VPC that runs all the time, a function in each
    zone that probes, a DynamoDB table on demand and two EventBridge rules. docs/costs.md has what
    a month costs, most of it the time of the first function.

    Each node has to route what comes by the interface: see `guest_commands`. Deleting the stack
    leaves it where it is attached; an interface that the same stack defines has to be detached
    first.

    Args:
        scope: Where to define it.
        id: Its name within the scope; the failover is called so in events and by `ddns failover`.
        vpc: The VPC of the nodes.
        interface: The interface that moves, in the nodes' zone: a `CfnNetworkInterface`, or one
            that is there already by `from_network_interface_id`. Do not declare where it is
            attached: CloudFormation would take it back.
        nodes: What may have the interface, 2 to 10, each made by `Node.instance`; the first is
            the preferred one.
        check: What is asked of each node, such as `Probe.tcp(5432)` or
            `Probe.http(path='/health')`. It goes to the node's own address, so the service has to
            listen there too.
        interval: The time between two rounds of probes, whole seconds from 1 to 30, and half a
            second more than the probe's time-out at least. Default: 3 seconds.
        failures: In how many rounds one after another every prober has to see the active node
            down before the address moves, from 1 to 20. A node that EC2 says is stopped or
            terminated is down at once. Default: 3.
        recoveries: In how many rounds one after another the preferred node has to be up before
            the address goes back by itself, from 1 to 1,000. Default: 10.
        failback: When the address goes back to the preferred node. Default: `Failback.manual()`.
        min_dwell: The smallest time between two moves that nobody asked for, in whole seconds up
            to a day; `failures` times `interval` and 10 seconds more at least.
            Default: 1 minute.
        max_moves_per_hour: After how many moves of an hour that nobody asked for the address is
            held where it is, with an alarm, until `ddns failover release`: from 1 to 20.
            Default: 3.
        fence: What is done to a node that the address leaves. Default: `Fence.none()`.
        device_index: The place of the interface among those of an instance, free on each of them,
            from 1 to 15. Default: 1.
        prober_subnets: The subnets of the probers, in two zones or more: one function for each
            zone. They need no route to the internet. Default: a private subnet in each zone, and
            without any an isolated, or a public one.
        table: The journal: a table of your own with the string partition key `pk`, no sort key,
            and `expires` as its time-to-live attribute, for this construct alone. It is used as
            it is. Default: a table is defined, on demand and with point-in-time recovery.
        encryption_key: A KMS key for the table, billed by KMS. Default: a key that AWS owns.
        removal_policy: What becomes of the table when it leaves the stack. Default: it is kept,
            except where its first deployment fails.
        log_retention: How long logs are kept, while the stack exists. Default: one month.
        memory_size: The controller's memory in MiB, which is most of what the construct costs,
            as it runs all the time. Default: 160 MiB.
        architecture: The processor that the functions run on. Default: arm64, which costs less.
        runtime: The version of Python that they run on, 3.10 or newer, where an organisation
            demands one. Default: Python 3.14.

    Raises:
        TypeError: What is to be a list is none.
        ValueError: Arguments are wrong; the text lists all that are.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        interface: INetworkInterfaceRef,
        nodes: Sequence[Node],
        check: Probe,
        interval: Duration | None = None,
        failures: int = 3,
        recoveries: int = 10,
        failback: Failback | None = None,
        min_dwell: Duration | None = None,
        max_moves_per_hour: int = 3,
        fence: Fence | None = None,
        device_index: int = 1,
        prober_subnets: ec2.SubnetSelection | None = None,
        table: dynamodb.ITable | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: RemovalPolicy | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        memory_size: int = DEFAULT_MEMORY,
        architecture: lambda_.Architecture | None = None,
        runtime: lambda_.Runtime | None = None,
    ) -> None:
        options = FunctionOptions(
            architecture=architecture,
            log_retention=log_retention,
            memory_size=memory_size,
            runtime=runtime,
        )
        common = Common(
            vpc=vpc,
            nodes=nodes,
            check=check,
            interval=interval,
            failures=failures,
            recoveries=recoveries,
            failback=failback,
            min_dwell=min_dwell,
            max_moves_per_hour=max_moves_per_hour,
            fence=fence,
            prober_subnets=prober_subnets,
            table=table,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            function=options,
        )
        # Before super().__init__: raising after it would leave the id taken.
        problems = Problems()
        settings = AddressSettings.check(common, problems)
        check_number(
            "device_index",
            device_index,
            minimum=1,
            maximum=_MOST_INDEX,
            hint="0 is the instance's own interface, omit it to use 1",
            problems=problems,
        )
        found = check_interface(interface, vpc, settings.nodes, problems)
        places = WholeInterface(found.id, device_index)
        checked(
            "EniFailover",
            id,
            address=found.address,
            places=places,
            problems=problems,
            settings=settings,
        )
        super().__init__(
            scope, id, address=found.address, common=common, places=places, settings=settings
        )
        self._interface_id = found.id

    def guest_commands(self) -> list[str]:
        """Return shell commands for the user data of each node: Linux with systemd and curl.

        Whenever the interface is attached, they give it its IPv4 addresses and a routing table of
        its own, so that what comes by it goes by it. They ask the instance's metadata by IMDSv2
        only. Amazon Linux 2023 does that by itself, and there they leave it alone. Write
        `instance.add_user_data(*vip.guest_commands())`.
        """
        return guest.interface_commands(self._interface_id)
