"""What has been deployed into the local AWS, found in the account: an app needs no outputs."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.packing import unpacked, unpacked_zones
from ddns_constructs.cli.deployment import deployments_of
from ddns_constructs.cli.options import as_given

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddns_constructs.local import LocalAws

    Outputs = Mapping[str, Mapping[str, str]]

__all__ = [
    "ApiCall",
    "ClientDeployment",
    "custom_domains",
    "find_api_calls",
    "find_client_deployments",
]

_CLIENT_HANDLER = "ddns.handlers.client.handler"
_KEY_DESCRIPTION = re.compile(r"Dynamic DNS of (\S+)")
_ZONE_VARIABLE = "{zone_id}"


class ClientDeployment(NamedTuple):
    """A ClientDdns.

    Attributes:
        stack: The stack whose outputs tell of it; empty if none does.
        where: The options of `ddns host` that name it, beside the stack.
        zones: Those that `ddns host add` needs beside them.
        name: A name that a host may have.
        url: Where its function URL answers on this machine; empty if it has none.
    """

    stack: str
    where: str
    zones: str
    name: str
    url: str


class ApiCall(NamedTuple):
    """A way to call a REST API.

    Attributes:
        title: What it is.
        header: The option of curl with the API key; empty where it needs none.
        url: What to call.
        name: The name that is set; empty if unknown.
    """

    title: str
    header: str
    url: str
    name: str


def custom_domains(aws: LocalAws) -> list[str]:
    """Return the names of their own that APIs have."""
    found = aws.client("apigateway").get_domain_names().get("items", [])
    return sorted(str(each["domainName"]) for each in found)


# ---------------------------------------------------------------------- ClientDdns


def find_client_deployments(aws: LocalAws, outputs: Outputs) -> Iterator[ClientDeployment]:
    """Yield every ClientDdns.

    Args:
        aws: The running local AWS.
        outputs: What was deployed: outputs by stack and name.
    """
    urls = {each.function_name: each.https for each in aws.function_urls()}
    for page in aws.client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            if function.get("Handler") == _CLIENT_HANDLER:
                variables = function["Environment"]["Variables"]
                yield _hosts(variables, urls.get(function["FunctionName"], ""), outputs)


def _hosts(variables: Mapping[str, str], url: str, outputs: Outputs) -> ClientDeployment:
    table, zones = variables["DDNS_TABLE"], unpacked_zones(variables["DDNS_ZONES"])
    name = _free_name(unpacked(variables["DDNS_ALLOWED_NAMES"]), zones)
    ids = "".join(f" --zone-id {shlex.quote(zone['id'])}" for zone in zones)
    for stack, values in outputs.items():
        for prefix, found in deployments_of(values).items():
            if found["TableName"] == table:
                known = "" if "HostedZoneIds" in found else ids
                return ClientDeployment(stack, as_given(prefix=prefix), known, name, url)
    return ClientDeployment("", as_given(table=table), ids, name, url)


def _free_name(allowed: Iterable[str], zones: Iterable[Mapping[str, str]]) -> str:
    """Return a name that a host may have: of a pattern, else below a zone."""
    names = [each.replace("*", "home").replace("?", "1") for each in allowed]
    below = [f"home.{zone['name']}" for zone in zones]
    return next((name for name in [*names, *below] if "." in name), "home.example.com")


# ------------------------------------------------------------- ApiGatewayDirectDdns


def find_api_calls(aws: LocalAws) -> Iterator[ApiCall]:
    """Yield a way for each API key, and for each path that needs none."""
    client = aws.client("apigateway")
    for api in aws.rest_apis():
        found = client.get_resources(restApiId=api.api_id, embed=["methods"])["items"]
        methods = {
            str(each["path"]).removeprefix("/"): list(each["resourceMethods"].values())
            for each in found
            if each.get("resourceMethods")
        }
        # Of several paths the longest tells what it does; in the AWS blog sample it is a zone's id.
        path = max(methods, key=len, default="")
        for key in _keys(client, api.api_id):
            name = _name_of(key)
            title = f"Try: the API key {key['id']}{name and f', {name}'}"
            url = f"{api.https}{path.replace(_ZONE_VARIABLE, _zone_id(aws, name))}"
            yield ApiCall(title, f"--header 'x-api-key: {key['value']}' ", url, name)
        for open_path in [each for each, them in methods.items() if any(map(_is_open, them))]:
            url = f"{api.https}{open_path.replace(_ZONE_VARIABLE, _zone_id(aws, ''))}"
            yield ApiCall(f"Try: without a key, {api.name}", "", url, _zoned(aws, open_path))


def _keys(client: Any, api_id: str) -> Iterator[Mapping[str, str]]:  # noqa: ANN401 - boto3's
    """Yield the API keys that open an API, with their values."""
    for plan in client.get_usage_plans()["items"]:
        if api_id in {each["apiId"] for each in plan.get("apiStages", [])}:
            for key in client.get_usage_plan_keys(usagePlanId=plan["id"])["items"]:
                yield client.get_api_key(apiKey=key["id"], includeValue=True)


def _name_of(key: Mapping[str, str]) -> str:
    """Return the name that a key is for, as the construct describes it; empty for another key."""
    described = _KEY_DESCRIPTION.fullmatch(key.get("description") or "")
    return described[1] if described else ""


def _is_open(method: Mapping[str, Any]) -> bool:
    return method["authorizationType"] == "NONE" and not method["apiKeyRequired"]


def _zone_id(aws: LocalAws, name: str) -> str:
    """Return the id of the public zone that a name lies in, or of the only one."""
    zones = _public_zones(aws)
    around = [each for each in zones if f".{name}".endswith(f".{each}")] or list(zones)
    return zones[max(around, key=len)] if around else _ZONE_VARIABLE


def _zoned(aws: LocalAws, path: str) -> str:
    """Return a path that is a name of a public zone; empty for another path."""
    return path if any(f".{path}".endswith(f".{each}") for each in _public_zones(aws)) else ""


def _public_zones(aws: LocalAws) -> dict[str, str]:
    zones = aws.client("route53").list_hosted_zones()["HostedZones"]
    public = [zone for zone in zones if not zone["Config"]["PrivateZone"]]
    return {str(z["Name"]).rstrip("."): str(z["Id"]).rpartition("/")[2] for z in public}
