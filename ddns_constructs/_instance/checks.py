"""Checks of single arguments of `InstanceDdns`: aware of tokens, every problem noted."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.arguments import host_name_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddns_constructs._common.arguments import Problems

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
_MAX_TAG_KEY = 128


def check_host_name_template(template: str, problems: Problems) -> None:
    """Note what keeps a template from making host names."""
    allowed = ", ".join(f"{{{field}}}" for field in HOST_NAME_FIELDS)
    if Token.is_unresolved(template):
        problems.add("'host_name' must be known at synthesis, got a token: write the template out")
        return
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        problems.add(f"'host_name' has a brace without its partner, got '{template}'")
        return
    unknown = [part for part in parts if part[1] is not None and not _is_field(part)]
    if unknown:
        problems.add(
            f"'host_name' may hold the fields {allowed}, got '{template}': "
            "write them without conversion or format"
        )
        return
    sample = "".join(text + ("x" if field else "") for text, field, _, _ in parts)
    reason = host_name_problem(sample)
    if reason is not None:
        problems.add(
            f"'host_name' must make a host name, got '{template}': {reason}; "
            f"fields are {allowed}, e.g. 'web-{{instance_id}}'"
        )


def template_fields(template: str) -> frozenset[str]:
    """Return the fields of a template that is known to be right."""
    return frozenset(field for _, field, _, _ in string.Formatter().parse(template) if field)


def is_shared(template: str) -> bool:
    """Whether a template gives several instances one name."""
    return not template_fields(template) & _DISTINCT_FIELDS


def check_tag_keys(keys: Iterable[tuple[str, str]], problems: Problems) -> None:
    """Note tag keys that EC2 does not take, and two that could not be kept apart."""
    seen: dict[str, str] = {}
    for field, key in keys:
        keyword = f"tags.{field}"
        if Token.is_unresolved(key):
            problems.add(f"'{keyword}' must be known at synthesis, got a token: use a string")
            continue
        if not 1 <= len(key) <= _MAX_TAG_KEY or key.lower().startswith("aws:"):
            problems.add(
                f"'{keyword}' must be a tag key of 1 to {_MAX_TAG_KEY} characters "
                f"that does not start with 'aws:', got '{key}'"
            )
        other = seen.setdefault(key.lower(), keyword)
        if other != keyword:
            problems.add(
                f"'{keyword}' must differ from '{other}', got '{key}': "
                "tag keys are compared without regard to case"
            )


def _is_field(part: tuple[str, str | None, str | None, str | None]) -> bool:
    _, field, spec, conversion = part
    return field in HOST_NAME_FIELDS and not spec and conversion is None
