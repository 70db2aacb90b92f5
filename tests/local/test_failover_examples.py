"""The failover examples in the local AWS: deployed by the CDK CLI, and what they then do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.local.examples import example_folder
from tests.local.processes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.local import LocalAws


def deployed(aws: LocalAws, name: str) -> Mapping[str, str]:
    (outputs,) = aws.deploy(example_folder(name)).values()
    return outputs


def do_round(aws: LocalAws, outputs: Mapping[str, str]) -> None:
    """Have the controller do one round, as an event of EC2 does."""
    answer = aws.client("lambda").invoke(
        FunctionName=outputs["FailoverFunction"], Payload=b'{"source": "aws.ec2"}'
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def journal(aws: LocalAws, outputs: Mapping[str, str]) -> Mapping[str, Any]:
    items = aws.client("dynamodb").scan(TableName=outputs["FailoverTable"])["Items"]
    return {each["pk"]["S"]: each for each in items}


@pytest.mark.parametrize("name", ("overlay_ip_failover", "service_ip_failover", "eni_failover"))
def test_an_address_whose_nodes_nobody_reaches_stays_where_it_is(aws: LocalAws, name: str) -> None:
    outputs = deployed(aws, name)
    ec2 = aws.client("ec2")
    before = [ec2.describe_route_tables()["RouteTables"], _holders(ec2)]
    do_round(aws, outputs)
    assert [ec2.describe_route_tables()["RouteTables"], _holders(ec2)] == before
    items = journal(aws, outputs)
    assert not [each for each in items if each.startswith("MOVE#")]
    seen = [each["nodes"]["M"] for key, each in items.items() if key.startswith("SEEN#")]
    said = {node["M"]["seen"]["S"] for nodes in seen for node in nodes.values()}
    assert said == {"unknown"}


def _holders(ec2: Any) -> Mapping[str, object]:  # noqa: ANN401 - a boto3 client
    found = ec2.describe_network_interfaces()["NetworkInterfaces"]
    return {
        each["NetworkInterfaceId"]: (each["PrivateIpAddresses"], each.get("Attachment"))
        for each in found
    }


def test_a_name_whose_places_nobody_reaches_leads_to_its_primary(aws: LocalAws) -> None:
    name = json.loads(deployed(aws, "name_failover")["FailoverName"])
    aws.health_checks.look(times=2)  # as many as its threshold: neither place is up, so it stays
    aws.health_checks.wait_until(name["health_check"], timeout=PATIENCE)
    assert list(aws.dns.ask(name["record"]).values) == name["primary"]
    for zone in name["zones"]:
        assert aws.health_checks.why(zone["down"]).startswith("Failure")
