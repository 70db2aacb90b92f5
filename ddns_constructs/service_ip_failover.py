"""A second private address of a subnet moves to the node that is up, its Elastic IP with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_logs as logs

from ddns_constructs._common.arguments import Problems
from ddns_constructs._common.function import FunctionOptions
from ddns_constructs._failover import guest
from ddns_constructs._failover.address_failover import AddressFailover, checked
from ddns_constructs._failover.addresses import check_address, check_inside
from ddns_constructs._failover.places import SecondaryAddress
from ddns_constructs._failover.settings import DEFAULT_MEMORY, AddressSettings, Common
from ddns_constructs._failover.subnets import check_elastic_ip, check_nodes_in, check_subnet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Duration, RemovalPolicy
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk.interfaces.aws_ec2 import IEIPRef
    from constructs import Construct

    from ddns_constructs._failover.choices import Failback, Fence
    from ddns_constructs._failover.node import Node
    from ddns_constructs._failover.probe import Probe


class ServiceIpFailover(AddressFailover):
    """A second private address of a subnet that moves to the node that is up.

    The address is assigned to the primary interface of the active node, and to that of the next
    node that is up when the active one is down, as probers of two zones or more say one like the
    other, or as EC2 says that it is stopped. An Elastic IP address goes with it. It does not
    leave its subnet, and so not its zone: for that there is `OverlayIpFailover`.

    A failure of the monitor moves nothing: what is not known is neither up nor down.

    It defines a Lambda function outside of the VPC that runs all the time, a function in each
    zone that probes, a DynamoDB table on demand and two EventBridge rules. docs/costs.md has what
    a month costs, most of it the time of the first function.

    Each node has to have the address: see `guest_commands`. Deleting the stack leaves it where it
    is.

    Args:
        scope: Where to define it.
        id: Its name within the scope; the failover is called so in events and by `ddns failover`.
        vpc: The VPC of the nodes.
        subnet: The subnet of the address and of all nodes.
        address: The address that moves, of the subnet's range, such as `10.0.1.100`. Reserve it
            in the subnet, by a CIDR reservation, or EC2 may give it to another interface.
        nodes: What may have the address, 2 to 10; the first is the preferred one.
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
        elastic_ip: The Elastic IP address that goes with it, which nothing else associates. IPv4
            only. Default: none.
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
        subnet: ec2.ISubnet,
        address: str,
        nodes: Sequence[Node],
        check: Probe,
        interval: Duration | None = None,
        failures: int = 3,
        recoveries: int = 10,
        failback: Failback | None = None,
        min_dwell: Duration | None = None,
        max_moves_per_hour: int = 3,
        fence: Fence | None = None,
        elastic_ip: IEIPRef | None = None,
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
        found = check_address(address, "10.0.1.100", problems)
        subnet_id = check_subnet(vpc, subnet, problems)
        if subnet_id:
            check_inside(found, subnet, problems)
            check_nodes_in(subnet_id, settings.nodes, problems)
        places = SecondaryAddress(subnet_id, check_elastic_ip(elastic_ip, found, problems))
        checked(
            "ServiceIpFailover",
            id,
            address=address,
            places=places,
            problems=problems,
            settings=settings,
        )
        super().__init__(
            scope, id, address=address, common=common, places=places, settings=settings
        )

    @property
    def interface_policy(self) -> iam.Policy | None:
        """The policy for the interfaces of instances; None where every node is an interface.

        Which interface an instance has is known at the move only, so the policy names them all
        and limits the subnet. It stands alone so that a finding such as AwsSolutions-IAM5 can be
        acknowledged for it and nothing else.
        """
        return self._interface_policy

    def guest_commands(self) -> list[str]:
        """Return shell commands for the user data of each node: Linux with systemd.

        They put the address on a dummy interface of its own by a unit, which DHCP and cloud-init
        leave alone, now and at each start. Write
        `instance.add_user_data(*vip.guest_commands())`. All nodes have the address all the time:
        which of them is asked follows from where it is assigned.
        """
        return guest.address_commands(self.address)
