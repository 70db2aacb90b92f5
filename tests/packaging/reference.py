"""Writes docs/reference.md from the classes: `python -m tests.packaging.reference`."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import ddns_constructs
from ddns_constructs import (
    ApiGatewayDirectDdns,
    ClientDdns,
    EniFailover,
    InstanceDdns,
    NameFailover,
    OverlayIpFailover,
    ResolverForwarding,
    ServiceIpFailover,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
_INTRODUCTION = """# Attributes and methods

What each construct has beside its arguments, which are in its docstring: `help(InstanceDdns)`, or
your editor. Written from the classes by `python -m tests.packaging.reference`.
"""


def page() -> str:
    """Return the whole page."""
    parts = [_INTRODUCTION]
    kinds = (
        *(InstanceDdns, ClientDdns, ApiGatewayDirectDdns),
        *(NameFailover, OverlayIpFailover, ServiceIpFailover, EniFailover, ResolverForwarding),
    )
    parts += [f"## {kind.__name__}\n\n{_table(kind)}" for kind in kinds]
    names = ", ".join(f"`{name}`" for name in sorted(ddns_constructs.__all__))
    parts.append(f"## All names of the package\n\n{names}\n")
    return "\n".join(parts)


def _table(kind: type) -> str:
    rows = [f"| `{shown}` | {what} |" for shown, what in _members(kind)]
    return "\n".join(["| member | what it is |", "|---|---|", *rows, ""])


def _members(kind: type) -> Iterator[tuple[str, str]]:
    """Yield attributes, then methods, with the first sentence of what is said of each."""
    module = ddns_constructs.__name__
    own = {
        name: value
        for base in reversed(kind.__mro__)
        if base.__module__.startswith(module)
        for name, value in vars(base).items()
        if not name.startswith("_")
    }
    attributes = {name: value for name, value in own.items() if isinstance(value, property)}
    for name, value in sorted(attributes.items()):
        yield name, _first_sentence(value)
    for name, value in sorted(own.items()):
        if inspect.isfunction(value):
            yield (
                f"{name}({', '.join(list(inspect.signature(value).parameters)[1:])})",
                (_first_sentence(value)),
            )


def _first_sentence(value: object) -> str:
    text = " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page())
