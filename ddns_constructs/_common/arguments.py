"""Checks of arguments: no side effect, aware of tokens, every problem reported at once."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy, Token

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_kms as kms

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z", re.ASCII | re.IGNORECASE)
_MAX_LABEL = 63
# RFC 1035, section 2.3.4: 255 octets on the wire are 253 characters of text.
_MAX_NAME = 253
# RFC 2181, section 8: a TTL has 31 bits.
_MAX_TTL = 2_147_483_647


class Problems:
    """What is wrong with the arguments of one call."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, text: str) -> None:
        """Note one problem: lower case, the keyword, the value, what is allowed, what to do."""
        self._texts.append(text)

    def __bool__(self) -> bool:
        """Whether anything is wrong; what is wrong cannot be measured any further."""
        return bool(self._texts)

    def raise_any(self, construct: str) -> None:
        """Raise a ValueError that lists every problem; do nothing where there is none."""
        if len(self._texts) == 1:
            raise ValueError(self._texts[0])
        if self._texts:
            raise ValueError("\n- ".join([f"{construct} cannot be defined:", *self._texts]))


def check_kind(keyword: str, value: object, kind: type, example: str, problems: Problems) -> bool:
    """Return whether a value is of a kind; note it otherwise, with what to write instead."""
    if isinstance(value, kind):
        return True
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    problems.add(f"'{keyword}' must be {article} {kind.__name__}, got {value!r}: write {example}")
    return False


def certificate_problem(certificate: object, region: str) -> str | None:
    """Return why API Gateway cannot use a certificate in a Region, None where nothing is known."""
    arn = getattr(certificate, "certificate_arn", None)
    if arn is None:
        return (
            f"must be a certificate of ACM, got {certificate!r}: "
            "write e.g. Certificate.from_certificate_arn(self, 'Certificate', arn)"
        )
    if Token.is_unresolved(arn) or Token.is_unresolved(region) or f":{region}:" in arn:
        return None
    return f"must be one of {region}, the stack's Region, got '{arn}'"


def check_seconds(
    keyword: str,
    value: Duration,
    *,
    minimum: int,
    maximum: int,
    default: str,
    problems: Problems,
) -> int:
    """Return a duration as whole seconds within bounds; note a problem otherwise."""
    if not check_kind(keyword, value, Duration, "e.g. Duration.minutes(5)", problems):
        return minimum
    if value.is_unresolved():
        problems.add(f"'{keyword}' must be known at synthesis, got a token: use a number")
        return minimum
    seconds = value.to_seconds(integral=False)
    hint = f"omit it to use {default}"
    shown = value.to_human_string()
    if seconds != int(seconds):
        problems.add(f"'{keyword}' must be whole seconds, got {shown}: {hint}")
    elif seconds < minimum:
        problems.add(f"'{keyword}' must be at least {amount(minimum)}, got {shown}: {hint}")
    elif seconds > maximum:
        problems.add(f"'{keyword}' must be at most {amount(maximum)}, got {shown}: {hint}")
    return int(seconds)


def check_number(
    keyword: str, value: object, *, minimum: int, maximum: int, hint: str, problems: Problems
) -> None:
    """Note a number that is a token, no whole number, or out of bounds."""
    if Token.is_unresolved(value):
        problems.add(f"'{keyword}' must be known at synthesis, got a token: use a number")
    elif type(value) is not int or not minimum <= value <= maximum:
        problems.add(
            f"'{keyword}' must be a whole number from {minimum:,} to {maximum:,}, "
            f"got {value!r}: {hint}"
        )


def check_ttl(keyword: str, value: Duration | None, problems: Problems) -> int:
    """Return the seconds that resolvers may keep a record, 60 by default; note a problem."""
    return check_seconds(
        keyword,
        Duration.seconds(60) if value is None else value,
        minimum=1,
        maximum=_MAX_TTL,
        default="60 seconds",
        problems=problems,
    )


def check_table(
    table: dynamodb.ITable | None,
    *,
    encryption_key: kms.IKey | None,
    removal_policy: RemovalPolicy | None,
    partition_key: str,
    problems: Problems,
) -> None:
    """Note what is no key, a table with other keys, and a policy for a table that is not ours."""
    if encryption_key is not None and not hasattr(encryption_key, "key_arn"):
        problems.add(
            f"'encryption_key' must be a KMS key, got {encryption_key!r}: "
            "use kms.Key(...) or kms.Key.from_key_arn(...)"
        )
    if removal_policy is not None:
        example = "e.g. RemovalPolicy.DESTROY"
        check_kind("removal_policy", removal_policy, RemovalPolicy, example, problems)
    if table is None:
        return
    if not hasattr(table, "table_name"):
        problems.add(
            f"'table' must be a DynamoDB table, got {table!r}: "
            "use dynamodb.Table.from_table_attributes(self, 'Own', table_arn='ARN'), with its "
            "encryption_key=... where it has one"
        )
        return
    if removal_policy is not None:
        problems.add(
            "'removal_policy' is for the table that the construct defines, got 'table' too: "
            "set it on your table"
        )
    _check_schema(table, partition_key, problems)


def _check_schema(table: dynamodb.ITable, partition_key: str, problems: Problems) -> None:
    # Only a table of this app shows its keys; an imported one has no child to ask.
    schema = getattr(table.node.default_child, "key_schema", None)
    if not isinstance(schema, list):
        return
    keys = [key.attribute_name for key in schema]
    if keys != [partition_key]:
        problems.add(
            f"'table' must have the partition key '{partition_key}' and no sort key, "
            f"got {', '.join(keys)}: omit it to have one defined"
        )


def host_name_problem(name: str) -> str | None:
    """Return why a name is no host name (RFC 1123, section 2.1), None where it is one."""
    if not name:
        return "it is empty"
    if len(name) > _MAX_NAME:
        return f"it is longer than {_MAX_NAME} characters"
    if not name.isascii():
        return "it has letters beyond ASCII; write Unicode labels as 'xn--...'"
    return next(filter(None, map(_label_problem, name.split("."))), None)


def network_of(cidr: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | str:
    """Return a range of addresses, or why it is none."""
    if not isinstance(cidr, str):  # ipaddress takes numbers, too
        return "it is no string"
    if "%" in cidr:
        return "a scope ('%') means something on one machine only; leave it out"
    try:
        return ipaddress.ip_network(cidr)
    except ValueError as err:
        reason = str(err)
    try:
        return f"{reason}; write {ipaddress.ip_network(cidr, strict=False)}"
    except ValueError:
        return reason


def flag(*, on: bool) -> str:
    """Return a switch as the function reads it from its environment."""
    return "true" if on else "false"


def _label_problem(label: str) -> str | None:
    if not label:
        return "it has an empty label"
    if len(label) > _MAX_LABEL:
        return f"the label '{label}' is longer than {_MAX_LABEL} characters"
    if not _LABEL.match(label):
        return (
            f"the label '{label}' is not letters, digits and hyphens "
            "with a letter or digit at both ends"
        )
    return None


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def amount(seconds: int) -> str:
    """Return a number of seconds in the largest unit that leaves it whole."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
