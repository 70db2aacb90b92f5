"""The line that shows how a stack is, on every construct, once in a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs import ApiGatewayDirectDdns, ClientDdns

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench


def test_every_construct_adds_the_line_and_a_stack_has_it_once(bench: Bench) -> None:
    zone = bench.zone("dyn.example.com", "Z1")
    bench.ddns().add_outputs()
    ClientDdns(bench.stack, "Client", hosted_zones=[zone]).add_outputs()
    direct = ApiGatewayDirectDdns(bench.stack, "Direct", hosted_zone=zone, record_names=["home"])
    direct.add_outputs(prefix="Direct")
    outputs = bench.template.to_json()["Outputs"]
    parts = outputs["DdnsStatus"]["Value"]["Fn::Join"][1]
    assert parts == ["ddns status Stack --region ", {"Ref": "AWS::Region"}]
    assert set(outputs) == {
        *("Url", "TableName", "HostedZoneIds", "HostDefaults", "DirectUrl", "DdnsStatus"),
    }
