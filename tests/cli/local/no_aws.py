"""A local AWS that starts nothing, and says what one says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ddns_constructs.local.dns.client import Dns
from ddns_constructs.local.http.function_urls import FunctionUrl
from ddns_constructs.local.rest_api import RestApiUrl

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

URL = FunctionUrl(
    "function-1",
    "https://0123.lambda-url.us-east-1.on.aws/",
    "http://127.0.0.1:8080/",
    "https://127.0.0.1:8443/",
    "",
    "https://[::1]:8443/",
)


API = RestApiUrl(
    "api1",
    "ApiGatewayDirect",
    "ddns",
    "http://127.0.0.1:8081/ddns/",
    "https://127.0.0.1:8444/ddns/",
    "",
    "https://[::1]:8444/ddns/",
)


class Services:
    """What is asked of Route 53, Lambda and API Gateway about an example."""

    def __init__(self, example: str) -> None:
        self._example = example

    def get_domain_names(self) -> dict[str, Any]:
        return {}

    def get_usage_plans(self) -> dict[str, Any]:
        stages = [{"apiId": "api2"}], [{"apiId": API.api_id}]
        return {"items": [{"id": f"plan-{i}", "apiStages": s} for i, s in enumerate(stages)]}

    def get_usage_plan_keys(self, usagePlanId: str) -> dict[str, Any]:  # noqa: N803 - theirs
        assert usagePlanId == "plan-1"
        return {"items": [{"id": "key-1"}, {"id": "key-2"}]}

    def get_api_key(self, apiKey: str, *, includeValue: bool) -> dict[str, str]:  # noqa: N803 - theirs
        assert includeValue
        key = {"id": apiKey, "value": f"value of {apiKey}"}
        described = {"description": "Dynamic DNS of home.public.example"}
        return {**key, **described} if apiKey == "key-1" else key

    def get_resources(self, restApiId: str, embed: list[str]) -> dict[str, Any]:  # noqa: N803 - theirs
        assert (restApiId, embed) == (API.api_id, ["methods"])
        method = {"authorizationType": "NONE", "apiKeyRequired": True}
        paths = ({}, {"/{zone_id}": {"GET": method}}, {"/closed": {}})
        items = [{"path": path, "resourceMethods": m} for each in paths for path, m in each.items()]
        return {"items": [{"path": "/"}, *items]}

    def get_paginator(self, operation: str) -> Services:
        assert operation == "list_functions"
        return self

    def paginate(self) -> list[dict[str, Any]]:
        variables = {
            "DDNS_TABLE": "table-1",
            "DDNS_ZONES": '[{"id": "Z1", "name": "public.example"}]',
            "DDNS_ALLOWED_NAMES": '["*.dyn.public.example"]',
        }
        client = {
            "FunctionName": URL.function_name,
            "Handler": "ddns.handlers.client.handler",
            "Environment": {"Variables": variables},
        }
        zones = [
            {"id": "Z0", "name": "0.10.in-addr.arpa", "private": True},
            {"id": "Z1", "name": "public.example", "private": False},
            {"id": "Z2", "name": "in.example", "private": True},
        ]
        instances = {
            "FunctionName": "function-2",
            "Handler": "ddns.handlers.instance.handler",
            "Environment": {"Variables": {"DDNS_ZONES": json.dumps(zones)}},
        }
        by_example = {"client_ddns": [client], "instance_ddns": [instances]}
        functions = by_example.get(self._example, [])
        return [{"Functions": [{"FunctionName": "other", "Handler": "x"}, *functions]}]

    def get_hosted_zone(self, Id: str) -> dict[str, Any]:  # noqa: N803 - theirs
        assert Id == "Z2"
        return {"VPCs": [{"VPCId": "vpc-1"}]}

    def describe_subnets(self, Filters: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - theirs
        assert Filters == [{"Name": "vpc-id", "Values": ["vpc-1"]}]
        return {"Subnets": [{"SubnetId": "subnet-1"}]}

    def list_hosted_zones(self) -> dict[str, Any]:
        zones = (
            ("Z0", "0.10.in-addr.arpa.", True),
            ("Z1", "public.example.", False),
            ("Z2", "in.example.", True),
        )
        return {
            "HostedZones": [
                {"Id": f"/hostedzone/{id_}", "Name": name, "Config": {"PrivateZone": is_}}
                for id_, name, is_ in zones
            ]
        }


class NoAws:
    """Says what a local AWS says, and starts nothing."""

    stopped = 0
    deployed: tuple[Path, ...] = ()
    dns = Dns(10053, 10054)

    @classmethod
    def start(cls) -> NoAws:
        return cls()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        type(self).stopped += 1

    def deploy(self, app: Path, _progress: object = None) -> dict[str, dict[str, str]]:
        type(self).deployed = (*self.deployed, app)
        if app.name == "client_ddns":
            found = {"TableName": "table-1", "Url": URL.url, "HostedZoneIds": "Z1"}
            return {"ClientDdns": found}
        if app.name == "api_gateway_direct":
            return {"ApiGatewayDirect": {"Url": "https://api1.example/ddns/"}}
        return {"InstanceDdns": {"SubnetId": "subnet-1", "VpcId": "vpc-1"}}

    def exports(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": "https://127.0.0.1:4566", "AWS_CA_BUNDLE": "/a folder/c.pem"}

    def client(self, _service: str) -> Services:
        return Services(self.deployed[-1].name)

    def function_urls(self) -> tuple[FunctionUrl, ...]:
        return (URL,)

    def rest_apis(self) -> tuple[RestApiUrl, ...]:
        return (API,) if self.deployed[-1].name == "api_gateway_direct" else ()
