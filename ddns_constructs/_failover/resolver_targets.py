"""Domains that are forwarded, and the name servers that they are forwarded to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Token

from ddns_constructs._common.arguments import check_kind, host_name_problem
from ddns_constructs._common.zones import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems

_DNS_PORT = 53
_MAX_PORT = 65_535
# "Quotas on Route 53 VPC Resolver": target IP addresses per rule.
_MAX_TARGETS = 6
_ROOT = "."
_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?\Z")


class NameServer(NamedTuple):
    """A name server that queries are forwarded to."""

    address: str
    port: int

    @property
    def version(self) -> int:
        """The family of its address, 4 or 6."""
        return ipaddress.ip_address(self.address).version


def read_domains(
    outbound: Mapping[str, Sequence[str]], versions: set[int], problems: Problems
) -> dict[str, list[NameServer]]:
    """Return the name servers by their domains, in lower case; note what cannot be forwarded.

    Args:
        outbound: What was passed.
        versions: The families that the endpoint speaks.
        problems: Where to note it.
    """
    example = "e.g. {'corp.example': ['10.1.0.53', '10.2.0.53']}"
    if not check_kind("outbound", outbound, Mapping, example, problems):
        return {}
    found: dict[str, list[NameServer]] = {}
    for domain, targets in outbound.items():
        name = _read_domain(domain, problems)
        if name in found:
            problems.add(f"'outbound' has the domain '{name}' twice: write it once")
        found[name] = _read_servers(f"outbound['{domain}']", targets, versions, problems)
    return found


def _read_domain(domain: object, problems: Problems) -> str:
    if not isinstance(domain, str):
        problems.add(f"'outbound' must have domains as its keys, got {domain!r}: write texts")
        return ""
    if Token.is_unresolved(domain):
        problems.add("'outbound' must have domains that are known at synthesis, got a token")
        return ""
    name = _ROOT if domain == _ROOT else canonical(domain)
    reason = None if name == _ROOT else host_name_problem(name)
    if reason is not None:
        problems.add(
            f"'outbound' must have domains as its keys, got '{domain}': {reason}; "
            "write '.' for all domains"
        )
    return name


def _read_servers(
    keyword: str, targets: object, versions: set[int], problems: Problems
) -> list[NameServer]:
    if not isinstance(targets, (list, tuple)):
        problems.add(f"'{keyword}' must be a list of name servers, got {targets!r}: write [...]")
        return []
    if not 1 <= len(targets) <= _MAX_TARGETS:
        problems.add(
            f"'{keyword}' must have 1 to {_MAX_TARGETS} name servers, got {len(targets)}: "
            "two in different places are enough"
        )
    found: list[NameServer] = []
    for target in targets:
        server = _read_server(keyword, target, versions, problems)
        if server is not None and server in found:
            problems.add(f"'{keyword}' has '{target}' twice: write it once")
        elif server is not None:
            found.append(server)
    return found


def _read_server(
    keyword: str, target: object, versions: set[int], problems: Problems
) -> NameServer | None:
    server = _parsed(target)
    if server is None:
        problems.add(
            f"'{keyword}' must have addresses that are known at synthesis, got {target!r}: write "
            "e.g. '10.1.0.53', '10.1.0.53:5353', '2001:db8::53' or '[2001:db8::53]:5353'"
        )
    elif server.version not in versions:
        families = " or ".join(f"IPv{each}" for each in sorted(versions))
        problems.add(
            f"'{keyword}' must have {families} addresses, as 'endpoint_type' says, got "
            f"'{target}': use EndpointType.DUALSTACK for both families"
        )
        return None
    return server


def _parsed(target: object) -> NameServer | None:
    """Return an address and its port; None for what is neither."""
    if not isinstance(target, str) or Token.is_unresolved(target):
        return None
    plain = _address(target)
    if plain is not None:
        return NameServer(plain, _DNS_PORT)
    found = _WITH_PORT.match(target)
    address = found and _address(found["six"] or found["four"])
    if not found or not address or ("[" in target) != (":" in address):
        return None
    port = int(found["port"] or _DNS_PORT)
    return NameServer(address, port) if 1 <= port <= _MAX_PORT else None


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
