"""Finds what belongs to one ClientDdns: its table, its URL, its zones."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ddns.core.client.addresses import AddressPolicy
from ddns.core.names import canonical, matches
from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import CommandError, UsageError, aws_trouble
from ddns_constructs.cli.options import names_stack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "UNKNOWN",
    "Defaults",
    "Deployment",
    "Zone",
    "base_url",
    "deployments_of",
    "describe_stack",
]

# What CDK puts behind the name of an output that is not the stack's own: eight hex digits.
_OUTPUT = re.compile(
    r"(.*?)(TableName|Url|HostedZoneIds|AllowedNames|EndpointNames|HostDefaults)(?:[0-9A-F]{8})?"
)


def base_url(text: str) -> str:
    """Return a URL that was given by hand, with a slash at its end; empty for none.

    Raises:
        UsageError: It is none.
    """
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in text:
        raise UsageError(
            f"--url must be a whole URL such as https://ddns.example.com/, got {text!r}"
        )
    return f"{text.rstrip('/')}/"


class Zone(NamedTuple):
    """A hosted zone; the name is canonical."""

    id: str
    name: str


class Defaults(NamedTuple):
    """What hosts leave to their deployment, as far as its outputs tell.

    Attributes:
        ttl: Seconds; None if unknown.
        types: The record types that it writes, TXT for hosts that name it; empty if unknown.
        policy: Which addresses hosts may have; None if unknown.
    """

    ttl: int | None = None
    types: tuple[str, ...] = ()
    policy: AddressPolicy | None = None

    @classmethod
    def parse(cls, text: str) -> Defaults:
        """Read the output `HostDefaults`; whatever it does not tell is unknown."""
        try:
            found = json.loads(text)
            return cls(found["ttl"], tuple(found["types"]), AddressPolicy(found["addresses"]))
        except (ValueError, KeyError, TypeError):
            return cls()


UNKNOWN = Defaults()
"""What is known of a deployment without that output."""


class Deployment(NamedTuple):
    """What belongs together.

    Attributes:
        table: Name of the table of hosts.
        url: Base URL of the service, with a slash at its end; empty if unknown.
        zone_ids: Ids of the hosted zones that it may write to.
        allowed: Patterns of the names that hosts may have; empty for every name below an apex.
        endpoints: The names that clients reach it by, as far as they are known.
        defaults: What hosts leave to it.
    """

    table: str
    url: str
    zone_ids: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    defaults: Defaults = UNKNOWN

    @classmethod
    def find(
        cls,
        *,
        stack: str = "",
        prefix: str = "",
        table: str = "",
        url: str = "",
        zone_ids: Sequence[str] = (),
    ) -> Deployment:
        """Read the outputs of a stack; what is said explicitly counts more.

        Args:
            stack: The stack.
            prefix: What the names of its outputs begin with. Default: the deployment that has no
                prefix or, where there is one only, that.
            table: The table, instead of the stack's. Where the environment names the stack, no
                more of it counts than a deployment with this table.
            url: The URL, instead of the stack's.
            zone_ids: The zones, where the stack does not tell those of the table.

        Raises:
            UsageError: Neither stack nor table is given, or each of several in the
                stack has a prefix and none is said.
            CommandError: There is no such stack, or it has no table.
        """
        if not stack and not table:
            raise UsageError("say which deployment: --stack NAME (or DDNS_STACK), or --table")
        given = base_url(url)
        found = _found(stack, prefix, table)
        chosen = table or found["TableName"]
        base = given or found.get("Url", "")
        known = _listed(found.get("HostedZoneIds", "")) if chosen == found.get("TableName") else []
        ids = known or zone_ids or _listed(found.get("HostedZoneIds", ""))
        return cls(
            chosen,
            f"{base.rstrip('/')}/" if base else "",
            _bare(ids),
            _names(found.get("AllowedNames", "")),
            _endpoints(found, base),
            Defaults.parse(found.get("HostDefaults", "")),
        )

    def zone_of(
        self,
        host: str,
        route53: Any,  # noqa: ANN401 - a boto3 client
        chosen: Sequence[str] = (),
    ) -> Zone:
        """Return the zone with the longest name that a host lies in.

        Args:
            host: The host's name.
            route53: A boto3 client of Route 53.
            chosen: The ids of the zones that it may be. Default: all of the deployment's.

        Raises:
            CommandError: It lies in none, is the apex of one, has a name that is not allowed, or
                its zone is none of those that were chosen.
        """
        if not self.zone_ids:
            raise UsageError("the zones are not known: name one with --zone-id")
        strangers = sorted({*_bare(chosen)} - {*self.zone_ids})
        if strangers:
            raise UsageError(
                f"--zone-id {strangers[0]} is no zone of this deployment, which has "
                f"{', '.join(self.zone_ids)}: leave --zone-id out, or add the zone to "
                "`hosted_zones` of the construct first"
            )
        zones = [
            Zone(each, canonical(route53.get_hosted_zone(Id=each)["HostedZone"]["Name"]))
            for each in self.zone_ids
        ]
        around = [zone for zone in zones if f".{host}".endswith(f".{zone.name}")]
        if not around or (not self.allowed and any(host == zone.name for zone in around)):
            raise CommandError(_not_below(host, zones))
        if self.allowed and not any(matches(host, each) for each in self.allowed):
            allowed = ", ".join(self.allowed)
            raise CommandError(
                f"{host} is none of the names that this deployment allows: {allowed}"
            )
        longest = max(len(zone.name) for zone in around)
        # The function writes a host in a zone with the longest name, and in no other.
        nearest = [zone for zone in around if len(zone.name) == longest]
        found = [zone for zone in nearest if not chosen or zone.id in _bare(chosen)]
        if not found:
            zone = nearest[0]
            raise UsageError(
                f"{host} lies in {zone.name}, and is written nowhere else: leave --zone-id out, or "
                f"say --zone-id {zone.id}"
            )
        return found[0]


def _not_below(host: str, zones: Sequence[Zone]) -> str:
    """Return why a host has no place, where every name below an apex is allowed."""
    if any(host == zone.name for zone in zones):
        return (
            f"{host}: that is a zone's apex: name it in `allowed_names` of the construct, with all "
            f"other names that hosts may have, or add a host below it: home.{host}"
        )
    names = ", ".join(sorted(zone.name for zone in zones))
    return f"{host} is not below the apex of a zone of this deployment: {names}"


def _bare(zone_ids: Sequence[str]) -> tuple[str, ...]:
    """Return ids as the function compares them, without `/hostedzone/`."""
    return tuple(each.rpartition("/")[2] for each in zone_ids if each)


def _names(text: str) -> tuple[str, ...]:
    return tuple(each.lower().removesuffix(".") for each in _listed(text))


def _endpoints(found: Mapping[str, str], base: str) -> tuple[str, ...]:
    """Return the custom domain's names, and that of the URL, which another name may stand for."""
    hosts = [urlsplit(url).hostname or "" for url in (found.get("Url", ""), base)]
    names = _names(",".join((found.get("EndpointNames", ""), *hosts)))
    return tuple(dict.fromkeys(names))


def _listed(text: str) -> list[str]:
    return [each for each in re.split(r"[\s,]+", text) if each]


def _found(stack: str, prefix: str, table: str) -> Mapping[str, str]:
    """Return what the outputs of a stack tell; nothing where there is no need to ask for them."""
    if not stack:
        return {}
    if not table or prefix or not names_stack(stack):
        outputs = _outputs(stack)
        return _of_table(outputs, table) or _chosen(stack, prefix, outputs)
    try:
        with aws_trouble():
            return _of_table(_outputs(stack), table)
    except CommandError:
        return {}  # the table was said just now, the stack when the shell was set up


def _of_table(outputs: Mapping[str, str], table: str) -> Mapping[str, str]:
    """Return the outputs of the deployment with a table; nothing if there is none."""
    deployments = deployments_of(outputs).values()
    return next((each for each in deployments if each["TableName"] == table), {})


def describe_stack(stack: str) -> Any:  # noqa: ANN401 - boto3's shape
    """Return what CloudFormation tells of a stack.

    Raises:
        CommandError: There is none of this name.
    """
    cloudformation = aws_client("cloudformation")  # it also sees to boto3 being there
    from botocore.exceptions import ClientError  # noqa: PLC0415 - extra `cli`

    try:
        stacks = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") == "ValidationError":
            region = cloudformation.meta.region_name
            raise CommandError(
                f"there is no stack {stack!r} in {region} of this account: look for its name in "
                "CloudFormation, or set AWS_REGION or AWS_PROFILE"
            ) from None
        raise
    return stacks[0]


def _outputs(stack: str) -> Mapping[str, str]:
    outputs = describe_stack(stack).get("Outputs", [])
    return {each["OutputKey"]: each["OutputValue"] for each in outputs}


def deployments_of(outputs: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the outputs of each ClientDdns by what they are, by what is in front of them.

    Args:
        outputs: All outputs of a stack.
    """
    by_prefix: dict[str, dict[str, str]] = {}
    for key, value in outputs.items():
        if match := _OUTPUT.fullmatch(key):
            by_prefix.setdefault(match[1], {})[match[2]] = value
    # InstanceDdns has a table too, and no URL.
    return {each: found for each, found in by_prefix.items() if {"TableName", "Url"} <= set(found)}


def _chosen(stack: str, prefix: str, outputs: Mapping[str, str]) -> Mapping[str, str]:
    """Return the outputs of one ClientDdns by what they are, without what is in front of it."""
    tables = deployments_of(outputs)
    if prefix:
        tables = {each: found for each, found in tables.items() if each == prefix}
    if not tables:
        wanted = f"{prefix}TableName and {prefix}Url"
        has = ", ".join(sorted(outputs)) or "none"
        raise CommandError(
            f"stack {stack!r} has no outputs {wanted}, only: {has}. Call `add_outputs()` of the "
            "ClientDdns and deploy again, or name its table: --table"
        )
    if len(tables) > 1 and "" not in tables:
        names = ", ".join(f"--prefix {each}" for each in sorted(tables))
        raise UsageError(f"stack {stack!r} has several deployments, say which: {names}")
    # Without --prefix it is the one that has none, whatever others there are.
    return tables.get("") or next(iter(tables.values()))
