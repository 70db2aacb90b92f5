"""What has been deployed into the local AWS, found in the account: an app needs no outputs."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.packing import unpacked, unpacked_zones
from ddns_constructs.cli.deployment import deployments_of
from ddns_constructs.cli.options import as_given
from ddns_constructs.local.emulator import REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddns_constructs.local import LocalAws
    from ddns_constructs.local.rest_api import RestApiUrl

    Outputs = Mapping[str, Mapping[str, str]]

__all__ = [
    "ApiCall",
    "ClientDeployment",
    "InstanceDeployment",
    "custom_domains",
    "find_api_calls",
    "find_client_deployments",
    "find_instance_deployments",
]

_CLIENT_HANDLER = "ddns.handlers.client.handler"
_INSTANCE_HANDLER = "ddns.handlers.instance.handler"
_SIGNED = (
    f'--aws-sigv4 aws:amz:{REGION}:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '
)
_ACCESS = {"NONE": ("Try: without a key", ""), "AWS_IAM": ("Try: signed for AWS", _SIGNED)}
_NOT_HERE = ("Tokens answer 401 to everybody here", None)
_KEY_DESCRIPTION = re.compile(r"Dynamic DNS of (\S+)")
_NAME_VARIABLE = "{record_name}"
# In the map of a template, which leads from a name in the path to itself.
_NAMES_BY_PATH = re.compile(r"'([^']+)':'\1'")
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


class InstanceDeployment(NamedTuple):
    """An InstanceDdns.

    Attributes:
        zone: A zone that instances may have names in.
        is_private: Whether it is a private one.
        subnet: Where an instance gets one.
    """

    zone: str
    is_private: bool
    subnet: str


class ApiCall(NamedTuple):
    """A way to call a REST API.

    Attributes:
        title: What it is.
        options: Those of curl that open it; None where nothing does.
        url: What to call.
        name: The name that is set; empty if unknown.
        methods: Those that it takes.
    """

    title: str
    options: str | None
    url: str
    name: str
    methods: tuple[str, ...]


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
    for variables, function in _functions(aws, _CLIENT_HANDLER):
        yield _hosts(variables, urls.get(function, ""), outputs)


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
    return next((name for name in [*names, *below] if "." in name), "home.example.test")


# -------------------------------------------------------------------- InstanceDdns


def find_instance_deployments(aws: LocalAws) -> Iterator[InstanceDeployment]:
    """Yield every InstanceDdns that has a zone for names, and a subnet to try it in."""
    for variables, _ in _functions(aws, _INSTANCE_HANDLER):
        zones = [
            zone
            for zone in unpacked_zones(variables["DDNS_ZONES"])
            if not str(zone["name"]).rstrip(".").endswith(".arpa")
        ]
        for zone in sorted(zones, key=lambda each: not each["private"])[:1]:
            for subnet in _subnets(aws, zone["id"], is_private=zone["private"])[:1]:
                yield InstanceDeployment(zone["name"].rstrip("."), zone["private"], subnet)


def _subnets(aws: LocalAws, zone_id: str, *, is_private: bool) -> list[str]:
    """Return the subnets of a zone's VPCs, or those whose instances have public addresses."""
    filters = [{"Name": "map-public-ip-on-launch", "Values": ["true"]}]
    if is_private:
        vpcs = aws.client("route53").get_hosted_zone(Id=zone_id).get("VPCs", [])
        filters = [{"Name": "vpc-id", "Values": [each["VPCId"] for each in vpcs]}]
    found = aws.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    return sorted(str(each["SubnetId"]) for each in found)


def _functions(aws: LocalAws, handler: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the variables and the name of each function of a construct."""
    for page in aws.client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            if function.get("Handler") == handler:
                yield function["Environment"]["Variables"], function["FunctionName"]


# ------------------------------------------------------------- ApiGatewayDirectDdns


def find_api_calls(aws: LocalAws) -> Iterator[ApiCall]:
    """Yield a way for each API key, and for each path that needs none."""
    client = aws.client("apigateway")
    for api in aws.rest_apis():
        found = client.get_resources(restApiId=api.api_id, embed=["methods"])["items"]
        paths = {
            str(each["path"]).removeprefix("/"): each["resourceMethods"]
            for each in found
            if each.get("resourceMethods")
        }
        # Of several paths the longest tells what it does; in the AWS blog sample it is a zone's id.
        path = max(paths, key=len, default="")
        for key in _keys(client, api.api_id):
            name = _name_of(key)
            title = f"Try: the API key {key['id']}{name and f', {name}'}"
            url = f"{api.https}{path.replace(_ZONE_VARIABLE, _zone_id(aws, name))}"
            header = f"--header 'x-api-key: {key['value']}' "
            yield ApiCall(title, header, url, name, _ordered(paths.get(path, {})))
        for each, methods in paths.items():
            yield from _without_a_key(aws, api, each, methods)


def _without_a_key(
    aws: LocalAws, api: RestApiUrl, path: str, methods: Mapping[str, Mapping[str, Any]]
) -> Iterator[ApiCall]:
    """Yield a way for each kind of access of a path, but keys."""
    kinds: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, method in methods.items():
        if not method["apiKeyRequired"]:
            kinds.setdefault(method["authorizationType"], {})[name] = method
    for kind, them in kinds.items():
        title, options = _ACCESS.get(kind, _NOT_HERE)
        integrations = [each.get("methodIntegration") or {} for each in them.values()]
        for name in _names_of(aws, path, integrations):
            zoned = path.replace(_ZONE_VARIABLE, _zone_id(aws, name))
            url = f"{api.https}{re.sub('{[a-z_]+}', name, zoned)}"
            yield ApiCall(f"{title}, {api.name}", options, url, name, _ordered(them))


def _names_of(aws: LocalAws, path: str, integrations: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Return the names that a path is about: all those of one that stands for names."""
    if _NAME_VARIABLE in path:
        templates = [each.get("requestTemplates") or {} for each in integrations]
        texts = [text for each in templates for text in each.values()]
        return dict.fromkeys(name for text in texts for name in _NAMES_BY_PATH.findall(text))
    return [path if _is_zoned(aws, path) else _name_in(aws, str(integrations))]


def _ordered(methods: Iterable[str]) -> tuple[str, ...]:
    """Return methods, that of a plain curl first."""
    return tuple(sorted(methods, key=lambda each: (each != "GET", each)))


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


def _zone_id(aws: LocalAws, name: str) -> str:
    """Return the id of the public zone that a name lies in, or of the only one."""
    zones = _public_zones(aws)
    around = [each for each in zones if f".{name}".endswith(f".{each}")] or list(zones)
    return zones[max(around, key=len)] if around else _ZONE_VARIABLE


def _is_zoned(aws: LocalAws, name: str) -> bool:
    """Return whether a name lies in a public zone."""
    return any(f".{name}".endswith(f".{each}") for each in _public_zones(aws))


def _name_in(aws: LocalAws, templates: str) -> str:
    """Return a name below a public zone that templates write out; empty if they write none."""
    below = "|".join(re.escape(each) for each in _public_zones(aws))
    found = re.search(rf"(?<![\w.-])[\w.-]+\.(?:{below})(?![\w-])", templates) if below else None
    return found[0] if found else ""


def _public_zones(aws: LocalAws) -> dict[str, str]:
    zones = aws.client("route53").list_hosted_zones()["HostedZones"]
    public = [zone for zone in zones if not zone["Config"]["PrivateZone"]]
    return {str(z["Name"]).rstrip("."): str(z["Id"]).rpartition("/")[2] for z in public}
