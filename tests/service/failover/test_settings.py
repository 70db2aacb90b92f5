"""What the controller reads from its environment, and what it refuses there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ddns.core.errors import BadSettingsError
from ddns.core.failover.places import Node, ServiceAddress
from ddns.core.failover.policy import Policy
from ddns.failover.settings import FailoverSettings

NODES = [
    {"name": "a", "instance": "i-1", "probe": "10.0.1.5"},
    {"name": "b", "interface": "eni-2", "probe": "10.0.2.5"},
]
ROUTES = {
    "name": "Vip",
    "kind": "routes",
    "address": "192.168.100.10",
    "nodes": NODES,
    "tables": ["rtb-1", "rtb-2"],
}


def environment(**service: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    return {
        "TABLE": "journal",
        "FAILOVER": json.dumps({**ROUTES, **service}),
        "FAILOVER_POLICY": '{"failures": 2}',
        "FAILOVER_CHECK": '{"kind": "tcp", "port": 5432}',
        "PROBERS": '["arn:one", "arn:two"]',
        "AWS_LAMBDA_FUNCTION_NAME": "controller",
    }


def test_what_the_construct_writes_is_read() -> None:
    settings = FailoverSettings.from_environment(environment())
    nodes = Node("a", "10.0.1.5", "i-1"), Node("b", "10.0.2.5", interface="eni-2")
    service = ServiceAddress("Vip", "routes", nodes, "192.168.100.10", ("rtb-1", "rtb-2"))
    assert settings == FailoverSettings(
        "journal",
        service,
        Policy(failures=2),
        {"kind": "tcp", "port": 5432},
        ("arn:one", "arn:two"),
        "controller",
    )


@pytest.mark.parametrize(
    "service",
    (
        {"kind": "secondary", "subnet": "subnet-1", "allocation": "eipalloc-1", "tables": []},
        {"kind": "interface", "interface": "eni-9", "device_index": 2, "address": ""},
    ),
)
def test_other_kinds_are_read(service: dict[str, Any]) -> None:
    found = FailoverSettings.from_environment(environment(**service)).service
    assert {name: getattr(found, name) for name in service if name != "tables"} == {
        name: value for name, value in service.items() if name != "tables"
    }


@pytest.mark.parametrize(
    ("service", "wrong"),
    (
        ({"kind": "dns"}, "'kind' must be one of"),
        ({"tables": []}, r"kind 'routes' needs \['tables'\]"),
        ({"address": ""}, r"kind 'routes' needs \['address'\]"),
        ({"kind": "secondary"}, r"kind 'secondary' needs \['subnet'\]"),
        ({"kind": "interface"}, r"kind 'interface' needs \['interface'\]"),
        ({"nodes": NODES[:1]}, "'nodes' must be 2 to 10"),
        ({"nodes": [NODES[0], NODES[0]]}, "'nodes' must be 2 to 10"),
        ({"nodes": [NODES[0], {"name": "b", "probe": "10.0.2.5"}]}, "node 'b' must be either"),
        ({"nodes": [NODES[0], {**NODES[1], "instance": "i-2"}]}, "node 'b' must be either"),
        ({"ttl": 3}, "ttl"),
    ),
)
def test_a_service_address_that_cannot_be_is_refused(service: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadSettingsError, match=wrong):
        FailoverSettings.from_environment(environment(**service))


def test_all_that_is_wrong_is_named() -> None:
    wrong = {
        "TABLE": "",
        "FAILOVER_POLICY": '{"failures": 0}',
        "FAILOVER_CHECK": '{"kind": "tcp"}',
        "PROBERS": "[]",
    }
    with pytest.raises(BadSettingsError) as caught:
        FailoverSettings.from_environment({**environment(), **wrong})
    text = str(caught.value)
    assert all(f"{name}: " in text for name in wrong)


@pytest.mark.parametrize("probers", ("[]", "[1]"))
def test_probers_have_to_be_a_list_of_texts(probers: str) -> None:
    with pytest.raises(BadSettingsError, match="a list of ARNs"):
        FailoverSettings.from_environment({**environment(), "PROBERS": probers})
