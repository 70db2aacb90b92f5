"""Checks of single arguments of `ClientDdns`: aware of tokens, every problem noted."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Token
from aws_cdk import aws_route53 as route53

from ddns_constructs._client.endpoint import ClientEndpoint
from ddns_constructs._client.names import matching_pattern
from ddns_constructs._common import arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_dynamodb as dynamodb
    from constructs import Construct

    from ddns_constructs._common.zones import Zone

_TYPES = ("A", "AAAA", "TXT")
# What DynamoDB takes of an account's tables in most Regions.
_MAX_UNITS = 40_000
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
# SHA-256 of nothing: what the shell makes of a variable that was never set.
_DIGEST_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
# One in use and one to come would do: two more for those who roll out slowly.
_MAX_DIGESTS = 4


class ClientProtocol(enum.Enum):
    """A way in which clients talk to the function."""

    SEED = "seed"
    """The protocol of the AWS blog sample: JSON with a digest of address, host name and secret."""

    DYNDNS2 = "dyndns2"
    """What routers speak: `/nic/update` with a user name and a password."""

    CHECKIP = "checkip"
    """Tells anybody their address; it changes nothing."""

    SIGNED = "signed"
    """JSON signed with HMAC-SHA-256, which nobody who sees it can send again."""

    QUERY_CREDENTIALS = "query-credentials"
    """dyndns2 with user name and password in the URL as well. They end up in logs: for devices
    that can do nothing else."""


class AddressPolicy(enum.Enum):
    """Which addresses a client may announce."""

    SOURCE = "source"
    """Only the address that its request comes from, and only a public one."""

    PUBLIC = "public"
    """Any public address that it states."""

    ANY = "any"
    """Any address of one host, private ones included: for names that are used inside."""


_DEFAULT_PROTOCOLS = (
    ClientProtocol.SEED,
    ClientProtocol.DYNDNS2,
    ClientProtocol.CHECKIP,
    ClientProtocol.SIGNED,
)
_UPDATES = {ClientProtocol.SEED, ClientProtocol.DYNDNS2, ClientProtocol.SIGNED}


def check_endpoint(
    endpoint: ClientEndpoint | None,
    scope: Construct,
    zones: Sequence[Zone],
    patterns: Sequence[str],
    problems: arguments.Problems,
) -> ClientEndpoint:
    """Return the endpoint; note what is none, and a host name that could take it over."""
    default = ClientEndpoint.http_api()
    if endpoint is None:
        return default
    example = "e.g. ClientEndpoint.http_api()"
    if not arguments.check_kind("endpoint", endpoint, ClientEndpoint, example, problems):
        return default
    endpoint.check(scope, zones, problems)
    for name in endpoint.names:
        pattern = matching_pattern(name, patterns)
        if pattern is not None:
            problems.add(
                f"'allowed_names' must not match a name of 'endpoint', got '{pattern}', which "
                f"matches '{name}': a host of that name could take the endpoint over"
            )
    return endpoint


def check_status(
    keyword: str, status: object, allowed: tuple[int, int], problems: arguments.Problems
) -> None:
    """Note a status that is none of the two allowed ones, of which the first is the default."""
    default, other = allowed
    if type(status) is not int or status not in allowed:
        problems.add(
            f"'{keyword}' must be {default} or {other}, got {status!r}: omit it to use {default}"
        )


def check_record_types(
    record_types: Sequence[object] | None, problems: arguments.Problems
) -> tuple[str, ...]:
    """Return the types of records, sorted; note what is none of those that hosts have."""
    if record_types is None:
        return ("A", "AAAA")
    arguments.check_list("record_types", record_types, "RecordType.A")
    values: set[str] = set()
    for each in record_types:
        if not isinstance(each, route53.RecordType) or each.value not in _TYPES:
            problems.add(
                f"'record_types' may hold RecordType.A, AAAA and TXT, got {each!r}: "
                "omit it to use A and AAAA"
            )
        else:
            values.add(each.value)
    if not record_types:
        problems.add("'record_types' must name at least one, got none: omit it to use A and AAAA")
    return tuple(sorted(values))


def check_protocols(
    protocols: Sequence[ClientProtocol] | None, problems: arguments.Problems
) -> tuple[str, ...]:
    """Return the protocols, in one order; note those by which nobody could update anything."""
    chosen = _DEFAULT_PROTOCOLS if protocols is None else protocols
    arguments.check_list("protocols", chosen, "ClientProtocol.DYNDNS2")
    example = "e.g. [ClientProtocol.DYNDNS2]"
    for each in chosen:
        if not arguments.check_kind("protocols", each, ClientProtocol, example, problems):
            return ()
    if not _UPDATES & set(chosen):
        names = ", ".join(each.name for each in chosen) or "none"
        problems.add(
            f"'protocols' must hold SEED, DYNDNS2 or SIGNED, got {names}: "
            "clients could not update anything"
        )
    elif ClientProtocol.QUERY_CREDENTIALS in chosen and ClientProtocol.DYNDNS2 not in chosen:
        problems.add(
            "'protocols' must hold DYNDNS2 beside QUERY_CREDENTIALS, got it alone: "
            "it is another way to log in there"
        )
    return tuple(each.value for each in ClientProtocol if each in chosen)


# ---------------------------------------------------------------- what limits a flood


def check_cidrs(given: Sequence[str], problems: arguments.Problems) -> tuple[str, ...]:
    """Return the ranges that requests may come from; note what is none."""
    _refuse_text("allowed_cidrs", given, "203.0.113.0/24")
    networks: list[str] = []
    for cidr in given:
        if Token.is_unresolved(cidr):
            problems.add("'allowed_cidrs' must be known at synthesis, got a token: write it out")
            continue
        network = arguments.network_of(cidr)
        if isinstance(network, str):
            problems.add(
                f"'allowed_cidrs' must hold ranges such as 203.0.113.0/24, got {cidr}: {network}"
            )
        else:
            networks.append(str(network))
    return tuple(dict.fromkeys(networks))


def check_digests(given: Sequence[str], problems: arguments.Problems) -> tuple[str, ...]:
    """Return the digests of a proxy's secrets, in lower case; note what is none."""
    _refuse_text("origin_digests", given, "3f7a...")
    digests: list[str] = []
    for digest in given:
        reason = _digest_problem(digest)
        if reason is None:
            digests.append(digest.lower())
        else:
            problems.add(
                f"'origin_digests' must hold SHA-256 digests in hex, {reason}: make one of a "
                'secret by: printf %s "$SECRET" | sha256sum'
            )
    if len(given) > _MAX_DIGESTS:
        problems.add(
            f"'origin_digests' may hold {_MAX_DIGESTS} at most, got {len(given)}: "
            "leave out those of secrets that nobody sends any more"
        )
    return tuple(dict.fromkeys(digests))


def _digest_problem(digest: object) -> str | None:
    if Token.is_unresolved(digest):
        return "got a token, which is not known at synthesis"
    if not isinstance(digest, str) or not _DIGEST.match(digest.lower()):
        # What was passed may be the secret itself: it is not shown.
        return "got something else, which is not shown as it may be the secret itself"
    if digest.lower() == _DIGEST_OF_NOTHING:
        return "got that of an empty text"
    return None


def _refuse_text(keyword: str, given: object, example: str) -> None:
    """Raise where a list is a text, each letter of which would be refused otherwise."""
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(
            f"'{keyword}' must be a list of texts, got {type(given).__name__}: "
            f"write {keyword}=['{example}']"
        )


def check_throughput(
    units: Mapping[str, tuple[int | None, int]],
    table: dynamodb.ITable | None,
    problems: arguments.Problems,
) -> None:
    """Note maxima that a table cannot have, and those for a table that is not the construct's.

    Each comes with the default beside it.
    """
    for keyword, (value, default) in units.items():
        if value is not None:
            arguments.check_number(
                keyword,
                value,
                minimum=1,
                maximum=_MAX_UNITS,
                hint=f"omit it to use {default}, or pass None for no maximum",
                problems=problems,
            )
        if table is not None and value not in (default, None):
            problems.add(
                f"'{keyword}' is for the table that the construct defines, got 'table' too: "
                "set it on your table"
            )
