"""Checks of arguments: no side effect, aware of tokens, every fault reported at once."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration, Token
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HOST_NAME_FIELDS = (
    "private_dns",
    "instance_id",
    "name",
    "az",
    "region",
    "vpc_id",
    "address",
)
"""What a host-name template may hold."""

_DISTINCT_FIELDS = frozenset({"private_dns", "instance_id", "name", "address"})
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z", re.ASCII | re.IGNORECASE)
# DNS ignores the case of these letters and of no others (RFC 4343): `str.lower` would make a plain
# k of the Kelvin sign.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_REVERSE_ROOTS = ("in-addr.arpa", "ip6.arpa")
_MAX_LABEL = 63
# RFC 1035, section 2.3.4: 255 octets on the wire are 253 characters of text.
_MAX_NAME = 253
_MAX_TAG_KEY = 128


class Faults:
    """What is wrong with the arguments of one call."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, text: str) -> None:
        """Note one fault: lower case, the keyword, the value, what is allowed, what to do."""
        self._texts.append(text)

    def raise_any(self, construct: str) -> None:
        """Raise a ValueError that lists every fault; do nothing where there is none."""
        if len(self._texts) == 1:
            raise ValueError(self._texts[0])
        if self._texts:
            raise ValueError("\n- ".join([f"{construct} cannot be defined:", *self._texts]))


@dataclass(frozen=True)
class Zone:
    """A hosted zone whose name can be read."""

    hosted_zone: route53.IHostedZone
    name: str
    """Lower case, without trailing dot; or a token."""

    @property
    def is_named(self) -> bool:
        """Whether the name is known while synthesising."""
        return not Token.is_unresolved(self.name)

    @property
    def is_reverse(self) -> bool:
        """Whether the zone is known to hold the names of addresses."""
        return self.is_named and any(is_within(self.name, root) for root in _REVERSE_ROOTS)

    @property
    def private(self) -> bool | None:
        """Whether the zone is private; None where that is found out at run time.

        Only the two classes that cannot be otherwise are certain: an imported zone, and a
        plain `HostedZone`, may be either.
        """
        if isinstance(self.hosted_zone, route53.PrivateHostedZone):
            return True
        if isinstance(self.hosted_zone, route53.PublicHostedZone):
            return False
        return None


def read_zones(hosted_zones: Sequence[route53.IHostedZone], faults: Faults) -> list[Zone]:
    """Return the zones with their names; note what makes one unusable."""
    if not hasattr(hosted_zones, "__iter__"):
        raise TypeError(
            "'hosted_zones' must be a list of hosted zones, "
            f"got {type(hosted_zones).__name__}: write hosted_zones=[zone]"
        )
    if not hosted_zones:
        faults.add(
            "'hosted_zones' must hold at least one hosted zone, got an empty list: "
            "only the zones listed here are ever written"
        )
    zones: list[Zone] = []
    seen: set[str] = set()
    for index, hosted_zone in enumerate(hosted_zones):
        if not hasattr(hosted_zone, "hosted_zone_id"):
            faults.add(
                f"'hosted_zones[{index}]' must be a hosted zone, got {hosted_zone!r}: "
                "use e.g. HostedZone.from_lookup(self, 'Zone', domain_name='example.com')"
            )
            continue
        try:
            name = hosted_zone.zone_name
        except RuntimeError:  # how CDK's own error of from_hosted_zone_id reaches Python
            faults.add(
                f"'hosted_zones[{index}]' has no zone name, as from_hosted_zone_id leaves it out: "
                "use HostedZone.from_hosted_zone_attributes or HostedZone.from_lookup"
            )
            continue
        if hosted_zone.hosted_zone_id in seen:
            faults.add(f"'hosted_zones[{index}]' is listed twice, got '{name}': list it once")
        seen.add(hosted_zone.hosted_zone_id)
        zones.append(Zone(hosted_zone, name if Token.is_unresolved(name) else canonical(name)))
    return zones


def check_kind(keyword: str, value: object, kind: type, example: str, faults: Faults) -> bool:
    """Return whether a value is of a kind; note it otherwise, with what to write instead."""
    if isinstance(value, kind):
        return True
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    faults.add(f"'{keyword}' must be {article} {kind.__name__}, got {value!r}: write {example}")
    return False


def check_log_retention(value: object, faults: Faults) -> None:
    """Note a time to keep logs that CloudWatch does not offer."""
    example = "e.g. RetentionDays.ONE_MONTH"
    check_kind("log_retention", value, logs.RetentionDays, example, faults)


def check_encryption_key(key: object, faults: Faults) -> None:
    """Note what is no KMS key."""
    if key is not None and not hasattr(key, "key_arn"):
        faults.add(
            f"'encryption_key' must be a KMS key, got {key!r}: "
            "use kms.Key(...) or kms.Key.from_key_arn(...)"
        )


def certificate_fault(certificate: object, region: str) -> str | None:
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
    faults: Faults,
) -> int:
    """Return a duration as whole seconds within bounds; note a fault otherwise."""
    if not check_kind(keyword, value, Duration, "e.g. Duration.minutes(5)", faults):
        return minimum
    if value.is_unresolved():
        faults.add(f"'{keyword}' must be known at synthesis, got a token: use a number")
        return minimum
    seconds = value.to_seconds(integral=False)
    hint = f"omit it to use {default}"
    shown = value.to_human_string()
    if seconds != int(seconds):
        faults.add(f"'{keyword}' must be whole seconds, got {shown}: {hint}")
    elif seconds < minimum:
        faults.add(f"'{keyword}' must be at least {amount(minimum)}, got {shown}: {hint}")
    elif seconds > maximum:
        faults.add(f"'{keyword}' must be at most {amount(maximum)}, got {shown}: {hint}")
    return int(seconds)


def check_number(
    keyword: str, value: object, *, minimum: int, maximum: int, hint: str, faults: Faults
) -> None:
    """Note a number that is a token, no whole number, or out of bounds."""
    if Token.is_unresolved(value):
        faults.add(f"'{keyword}' must be known at synthesis, got a token: use a number")
    elif type(value) is not int or not minimum <= value <= maximum:
        faults.add(
            f"'{keyword}' must be a whole number from {minimum:,} to {maximum:,}, "
            f"got {value!r}: {hint}"
        )


def check_host_name_template(template: str, faults: Faults) -> None:
    """Note what keeps a template from making host names."""
    allowed = ", ".join(f"{{{field}}}" for field in HOST_NAME_FIELDS)
    if Token.is_unresolved(template):
        faults.add("'host_name' must be known at synthesis, got a token: write the template out")
        return
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        faults.add(f"'host_name' has a brace without its partner, got '{template}'")
        return
    unknown = [part for part in parts if part[1] is not None and not _is_field(part)]
    if unknown:
        faults.add(
            f"'host_name' may hold the fields {allowed}, got '{template}': "
            "write them without conversion or format"
        )
        return
    sample = "".join(text + ("x" if field else "") for text, field, _, _ in parts)
    reason = host_name_fault(sample)
    if reason is not None:
        faults.add(
            f"'host_name' must make a host name, got '{template}': {reason}; "
            f"fields are {allowed}, e.g. 'web-{{instance_id}}'"
        )


def template_fields(template: str) -> frozenset[str]:
    """Return the fields of a template that is known to be right."""
    return frozenset(field for _, field, _, _ in string.Formatter().parse(template) if field)


def is_shared(template: str) -> bool:
    """Whether a template gives several instances one name."""
    return not template_fields(template) & _DISTINCT_FIELDS


def check_tag_keys(keys: Iterable[tuple[str, str]], faults: Faults) -> None:
    """Note tag keys that EC2 does not take, and two that could not be told apart."""
    seen: dict[str, str] = {}
    for field, key in keys:
        keyword = f"tags.{field}"
        if Token.is_unresolved(key):
            faults.add(f"'{keyword}' must be known at synthesis, got a token: use a string")
            continue
        if not 1 <= len(key) <= _MAX_TAG_KEY or key.lower().startswith("aws:"):
            faults.add(
                f"'{keyword}' must be a tag key of 1 to {_MAX_TAG_KEY} characters "
                f"that does not start with 'aws:', got '{key}'"
            )
        other = seen.setdefault(key.lower(), keyword)
        if other != keyword:
            faults.add(
                f"'{keyword}' must differ from '{other}', got '{key}': "
                "tag keys are compared without regard to case"
            )


def check_adopted_names(names: Sequence[str], zones: Sequence[Zone], faults: Faults) -> list[str]:
    """Return the names in canonical form; note those that no listed zone can hold."""
    if isinstance(names, str):
        raise TypeError(f"'adopt' must be a list of record names, got a string: ['{names}']")
    canonical_names: list[str] = []
    for name in names:
        if Token.is_unresolved(name):
            faults.add("'adopt' must be known at synthesis, got a token: write the name out")
            continue
        name_ = canonical(name)
        reason = host_name_fault(name_)
        if reason is not None:
            faults.add(f"'adopt' must hold record names, got '{name}': {reason}")
        elif all(zone.is_named for zone in zones) and not any(
            is_within(name_, zone.name) and name_ != zone.name for zone in zones
        ):
            listed = ", ".join(zone.name for zone in zones)
            faults.add(
                f"'adopt' must hold names below the apex of a listed zone, got '{name}': "
                f"listed are {listed}"
            )
        canonical_names.append(name_)
    return sorted(set(canonical_names))


def canonical(name: str) -> str:
    """Return a DNS name in lower case, without trailing dot."""
    return name.translate(_LOWER).removesuffix(".")


def is_within(name: str, domain: str) -> bool:
    """Whether a canonical name is a domain or lies below it, at a label boundary."""
    return name == domain or name.endswith(f".{domain}")


def host_name_fault(name: str) -> str | None:
    """Return why a name is no host name (RFC 1123, section 2.1), None where it is one."""
    if not name:
        return "it is empty"
    if len(name) > _MAX_NAME:
        return f"it is longer than {_MAX_NAME} characters"
    if not name.isascii():
        return "it has letters beyond ASCII; write Unicode labels as 'xn--...'"
    return next(filter(None, map(_label_fault, name.split("."))), None)


def flag(*, on: bool) -> str:
    """Return a switch as the function reads it from its environment."""
    return "true" if on else "false"


def _label_fault(label: str) -> str | None:
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


def _is_field(part: tuple[str, str | None, str | None, str | None]) -> bool:
    _, field, spec, conversion = part
    return field in HOST_NAME_FIELDS and not spec and conversion is None


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def amount(seconds: int) -> str:
    """Return a number of seconds in the largest unit that leaves it whole."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
