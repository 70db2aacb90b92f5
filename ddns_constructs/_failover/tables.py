"""Checks of route tables, and of the nodes that they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Token

from ddns_constructs._common.arguments import check_list
from ddns_constructs._failover import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk import aws_ec2 as ec2

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._failover.node import Node

# EC2 takes about so many changes of an account at once, then five a second; and all tables get the
# route at once.
_MOST_TABLES = 50
_EXAMPLE = "write e.g. route_tables=[each.route_table for each in vpc.private_subnets]"


def check_tables(vpc: ec2.IVpc, tables: Sequence[Any] | None, problems: Problems) -> list[str]:
    """Return the ids of the tables, each once; note what is none, and one of another VPC."""
    if tables is not None:
        check_list("route_tables", tables, "subnet.route_table")
        ids = list(_ids(tables, problems))
    elif hasattr(vpc, "vpc_id"):
        ids = _ids_of_subnets(vpc, problems)
    else:
        return []
    if not ids and not problems:
        problems.add(f"'route_tables' must have one at least, got none: {_EXAMPLE}")
    found = list(dict.fromkeys(ids))
    if len(found) > _MOST_TABLES:
        problems.add(
            f"'route_tables' must be {_MOST_TABLES} at most, got {len(found)}: EC2 does not take "
            "more changes at once, so they would not move together"
        )
    _check_vpcs(vpc, found, problems)
    return found


def check_destinations(nodes: Sequence[Node], problems: Problems) -> None:
    """Note nodes whose traffic EC2 drops, as it is sent to an address that is not theirs."""
    for node in nodes:
        if node.checks_destinations:
            problems.add(
                f"'nodes' must have their source/destination check off, and node '{node.name}' has "
                "it on, so EC2 drops what is sent to the address: define it with "
                "source_dest_check=False"
            )


def _ids(tables: Sequence[Any], problems: Problems) -> Iterator[str]:
    for index, table in enumerate(tables):
        if hasattr(table, "route_table_id"):
            yield str(table.route_table_id)
        elif hasattr(table, "route_table_ref"):
            yield str(table.route_table_ref.route_table_id)
        else:
            problems.add(
                f"'route_tables[{index}]' must be a route table, got {table!r}: use a subnet's "
                "route_table, or CfnRouteTable.from_route_table_id(self, 'Table', 'rtb-...')"
            )


def _ids_of_subnets(vpc: ec2.IVpc, problems: Problems) -> list[str]:
    try:
        return [
            str(each.route_table.route_table_id)
            for each in (*vpc.public_subnets, *vpc.private_subnets, *vpc.isolated_subnets)
        ]
    except (RuntimeError, TypeError):  # an imported VPC does not know them
        problems.add(
            "'route_tables' is needed, as 'vpc' was imported without its route tables: list them, "
            "CfnRouteTable.from_route_table_id(self, 'Table', 'rtb-...') and so on"
        )
        return []


def _check_vpcs(vpc: ec2.IVpc, ids: Sequence[str], problems: Problems) -> None:
    own = references.vpc_key(getattr(vpc, "vpc_id", None))
    for table_id in ids:
        if references.differ(references.vpc_of_table(table_id), own):
            shown = "one" if Token.is_unresolved(table_id) else f"'{table_id}'"
            problems.add(
                f"'route_tables' must be of 'vpc', got {shown} of another VPC: a route cannot lead "
                "to an interface there"
            )
