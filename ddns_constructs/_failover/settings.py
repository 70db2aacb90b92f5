"""The arguments that all constructs with an address have, once checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Token
from aws_cdk import aws_ec2 as ec2

from ddns_constructs._common.arguments import (
    Problems,
    check_kind,
    check_list,
    check_table,
)
from ddns_constructs._common.environment import LIMIT
from ddns_constructs._failover import references
from ddns_constructs._failover.node import Node
from ddns_constructs._failover.probe import Probe, check_probe
from ddns_constructs._failover.probers import check_prober_subnets
from ddns_constructs._failover.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Duration, RemovalPolicy
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from ddns_constructs._common.function import FunctionOptions
    from ddns_constructs._failover.choices import Failback, Fence
    from ddns_constructs._failover.places import Places

PARTITION_KEY = "pk"
"""The one key of the journal."""
TIME_TO_LIVE = "expires"
"""The attribute of the journal that says when an item goes."""

DEFAULT_MEMORY = 160
"""MiB of the controller, whose clients and threads take about 90."""

_LEAST_NODES, _MOST_NODES = 2, 10
# What CloudFormation may fill in for a reference: an id of EC2, an address, a name, an ARN.
_ID, _ADDRESS, _TABLE_NAME, _ARN = 24, 15, 255, 140


@dataclass(frozen=True)
class Common:
    """What was passed to every construct with an address, as it was passed."""

    vpc: ec2.IVpc
    nodes: Sequence[Node]
    check: Probe
    interval: Duration | None
    failures: int
    recoveries: int
    failback: Failback | None
    min_dwell: Duration | None
    max_moves_per_hour: int
    fence: Fence | None
    prober_subnets: ec2.SubnetSelection | None
    table: dynamodb.ITable | None
    encryption_key: kms.IKey | None
    removal_policy: RemovalPolicy | None
    function: FunctionOptions


@dataclass(frozen=True)
class AddressSettings:
    """Checked arguments."""

    vpc: ec2.IVpc
    nodes: tuple[Node, ...]
    probe: Probe
    timing: Timing
    prober_zones: Sequence[Sequence[ec2.ISubnet]]

    @classmethod
    def check(cls, common: Common, problems: Problems) -> AddressSettings:
        """Return them; note every problem."""
        check_list("nodes", common.nodes, "Node.instance(a), Node.instance(b)")
        check_probe("check", common.check, problems)
        timing = Timing.check(
            interval=common.interval,
            failures=common.failures,
            recoveries=common.recoveries,
            failback=common.failback,
            min_dwell=common.min_dwell,
            max_moves_per_hour=common.max_moves_per_hour,
            fence=common.fence,
            problems=problems,
        )
        if not problems:
            timing.check_promises(common.check, problems)
        nodes = _check_nodes(common, timing, problems)
        zones = _check_vpc(common, nodes, problems)
        common.function.check(problems)
        check_table(
            common.table,
            encryption_key=common.encryption_key,
            removal_policy=common.removal_policy,
            partition_key=PARTITION_KEY,
            problems=problems,
        )
        return cls(common.vpc, tuple(nodes), common.check, timing, zones)

    def failover(self, name: str, address: str, places: Places) -> str:
        """Return nodes and places as the controller reads them."""
        nodes = [
            {
                "name": each.name,
                "instance" if each.is_instance else "interface": each.resource_id,
                "probe": each.probe_address,
            }
            for each in self.nodes
        ]
        settings = {"name": name, "kind": places.kind, "address": address, "nodes": nodes}
        return json.dumps({**settings, **places.settings()}, separators=(",", ":"))

    def check_size(self, name: str, address: str, places: Places, problems: Problems) -> None:
        """Note what does not fit into the environment of a function."""
        text = self.failover(name, address, places)
        ids = [*(each.resource_id for each in self.nodes), *places.ids()]
        lengths = {
            **{each.probe_address: _ADDRESS for each in self.nodes},
            **dict.fromkeys(ids, _ID),
            address: _ADDRESS,
        }
        for value, length in lengths.items():
            if Token.is_unresolved(value):
                text = text.replace(value, "x" * length)
        variables = {
            "FAILOVER": text,
            "FAILOVER_POLICY": self.timing.as_json(),
            "FAILOVER_CHECK": self.probe.as_json(),
            "PROBERS": json.dumps(["x" * _ARN for _ in self.prober_zones]),
            "TABLE": "x" * _TABLE_NAME,
        }
        size = len(json.dumps(variables, separators=(",", ":")))
        if size > LIMIT:
            problems.add(
                f"'nodes', 'check' and where the address points make an environment of {size:,} "
                f"characters, and Lambda takes {LIMIT:,}: name fewer of them, or shorter"
            )

    def annotate(self, scope: Construct, places: Places) -> None:
        """Warn of what is legal and rarely meant. The ids are public: users acknowledge them."""
        zones = {references.zone_of_subnet(each.subnet_id) for each in self.nodes}
        cases = {
            "oneFailure": (
                self.timing.failures == 1,
                "'failures' is 1: a single lost packet moves the address",
            ),
            "fence": (
                self.timing.fence.stops and self.timing.failback is not None,
                "'fence' stops the node that the address leaves, also when it goes back by itself",
            ),
            "oneZone": (
                places.spans_zones and None not in zones and len(zones) == 1,
                "'nodes' are all in one zone: when it fails, nothing is left to move to",
            ),
        }
        for id_, (applies, text) in cases.items():
            if applies:
                Annotations.of(scope).add_warning_v2(f"ddns-constructs:{id_}", text)


def _check_nodes(common: Common, timing: Timing, problems: Problems) -> list[Node]:
    if not _LEAST_NODES <= len(common.nodes) <= _MOST_NODES:
        problems.add(
            f"'nodes' must be {_LEAST_NODES} to {_MOST_NODES}, the preferred one first, got "
            f"{len(common.nodes)}: write e.g. nodes=[Node.instance(a), Node.instance(b)]"
        )
    found: list[Node] = []
    for index, node in enumerate(common.nodes):
        keyword = f"nodes[{index}]"
        if check_kind(keyword, node, Node, "Node.instance(...)", problems):
            checked = node.check(keyword, problems)
            found += [checked] if checked else []
    _check_distinct(found, problems)
    if timing.fence.stops:
        for node in found:
            if not node.is_instance:
                problems.add(
                    f"'fence' can stop instances only, and node '{node.name}' is an interface: "
                    "use Node.instance(...)"
                )
    return found


def _check_distinct(nodes: Sequence[Node], problems: Problems) -> None:
    for what, values in (
        ("name", [each.name for each in nodes]),
        ("resource", [each.resource_id for each in nodes]),
        ("probe_address", [each.probe_address for each in nodes]),
    ):
        twice = sorted({each for each in values if each and values.count(each) > 1})
        if twice:
            shown = "the same twice" if Token.is_unresolved(twice[0]) else f"'{twice[0]}' twice"
            problems.add(
                f"'nodes' must differ in their {what}, got {shown}: "
                + ("pass name='a', say" if what == "name" else "name each node once")
            )


def _check_vpc(
    common: Common, nodes: Sequence[Node], problems: Problems
) -> Sequence[Sequence[ec2.ISubnet]]:
    vpc = common.vpc
    if not hasattr(vpc, "vpc_id"):
        problems.add(f"'vpc' must be a VPC, got {vpc!r}: use ec2.Vpc(...) or Vpc.from_lookup(...)")
        return []
    own = references.vpc_key(vpc.vpc_id)
    for node in nodes:
        if references.differ(node.vpc, own):
            problems.add(
                f"'nodes' must be in 'vpc', and node '{node.name}' is in another one: an address "
                "does not move between VPCs, use NameFailover for that"
            )
    selection = common.prober_subnets
    example = "e.g. SubnetSelection(subnet_type=SubnetType.PRIVATE_ISOLATED)"
    if selection is not None and not check_kind(
        "prober_subnets", selection, ec2.SubnetSelection, example, problems
    ):
        return []
    return check_prober_subnets(vpc, selection, problems)
