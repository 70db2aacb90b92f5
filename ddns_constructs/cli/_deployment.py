"""Finds what belongs to one ClientDdns: its table, its URL, its zones."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns_constructs.cli._names import is_allowed
from ddns_constructs.cli._told import ToldError, UsageToldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Deployment", "Zone", "aws_client"]

# What CDK puts behind the name of an output that is not the stack's own: eight hex digits.
_OUTPUT = re.compile(r"(.*?)(TableName|Url|HostedZoneIds|AllowedNames)(?:[0-9A-F]{8})?")


def aws_client(service: str) -> Any:  # noqa: ANN401 - boto3 makes the methods at run time
    """Return a boto3 client for whatever account and Region the environment says.

    Raises:
        ToldError: boto3 is not installed.
    """
    if importlib.util.find_spec("boto3") is None:
        raise ToldError("this command needs boto3: pip install 'ddns-constructs[cli]'")
    import boto3  # noqa: PLC0415 - extra `cli`

    return boto3.Session().client(service)  # type: ignore[call-overload] # no literal


class Zone(NamedTuple):
    """A hosted zone; the name is canonical."""

    id: str
    name: str


class Deployment(NamedTuple):
    """What belongs together.

    Attributes:
        table: Name of the table of hosts.
        url: Base URL of the service, with a slash at its end; empty if unknown.
        zone_ids: Ids of the hosted zones that it may write to.
        allowed: Patterns of the names that hosts may have; empty for every name below an apex.
    """

    table: str
    url: str
    zone_ids: tuple[str, ...]
    allowed: tuple[str, ...] = ()

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

        Raises:
            UsageToldError: Neither stack nor table is given, or the stack has several tables.
            ToldError: There is no such stack, or it has no table.
        """
        if not stack and not table:
            raise UsageToldError("say which deployment: --stack NAME (or DDNS_STACK), or --table")
        found = _chosen(stack, prefix, _outputs(stack)) if stack else {}
        chosen = table or found["TableName"]
        base = url or found.get("Url", "")
        ids = zone_ids or _listed(found.get("HostedZoneIds", ""))
        return cls(
            chosen,
            f"{base.rstrip('/')}/" if base else "",
            tuple(each.rpartition("/")[2] for each in ids if each),
            tuple(
                each.lower().removesuffix(".") for each in _listed(found.get("AllowedNames", ""))
            ),
        )

    def zone_of(self, host: str, route53: Any) -> Zone:  # noqa: ANN401 - a boto3 client
        """Return the zone with the longest name that a host lies in.

        Raises:
            ToldError: It lies in none, is the apex of one, or has a name that is not allowed.
        """
        if not self.zone_ids:
            raise UsageToldError("the zones are not known: name one with --zone-id")
        zones = [
            Zone(each, _canonical(route53.get_hosted_zone(Id=each)["HostedZone"]["Name"]))
            for each in self.zone_ids
        ]
        around = [zone for zone in zones if f".{host}".endswith(f".{zone.name}")]
        if not around or (not self.allowed and any(host == zone.name for zone in around)):
            names = ", ".join(sorted(zone.name for zone in zones))
            raise ToldError(f"{host} is not below the apex of a zone of this deployment: {names}")
        if self.allowed and not is_allowed(host, self.allowed):
            allowed = ", ".join(self.allowed)
            raise ToldError(f"{host} is none of the names that this deployment allows: {allowed}")
        return max(around, key=lambda zone: len(zone.name))


def _listed(text: str) -> list[str]:
    return [each for each in re.split(r"[\s,]+", text) if each]


def _canonical(zone_name: str) -> str:
    octal = re.compile(r"\\([0-3][0-7]{2})")
    return octal.sub(lambda found: chr(int(found[1], 8)), zone_name).rstrip(".").lower()


def _outputs(stack: str) -> Mapping[str, str]:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - extra `cli`

    try:
        stacks = aws_client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") == "ValidationError":
            raise ToldError(f"there is no stack {stack!r} in this account and Region") from None
        raise
    return {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}


def _chosen(stack: str, prefix: str, outputs: Mapping[str, str]) -> Mapping[str, str]:
    """Return the outputs of one ClientDdns by what they are, without what is in front of it."""
    by_prefix: dict[str, dict[str, str]] = {}
    for key, value in outputs.items():
        if match := _OUTPUT.fullmatch(key):
            by_prefix.setdefault(match[1], {})[match[2]] = value
    # InstanceDdns has a table too, and no URL.
    tables = {
        each: found for each, found in by_prefix.items() if {"TableName", "Url"} <= set(found)
    }
    if prefix:
        tables = {each: found for each, found in tables.items() if each == prefix}
    if not tables:
        wanted = f"{prefix}TableName and {prefix}Url"
        has = ", ".join(sorted(outputs)) or "none"
        raise ToldError(f"stack {stack!r} has no outputs {wanted}, only: {has}")
    if len(tables) > 1:
        names = ", ".join(f"--prefix {each}" if each else "none" for each in sorted(tables))
        raise UsageToldError(f"stack {stack!r} has several deployments, say which: {names}")
    return next(iter(tables.values()))
