"""Which record sets of others `InstanceDdns` takes over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Token

from ddns_constructs._common.arguments import check_kind, flag, host_name_problem
from ddns_constructs._common.environment import packed
from ddns_constructs._common.zones import canonical, is_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.zones import Zone


@dataclass(frozen=True)
class Adopt:
    """Which existing record sets are taken over, though somebody else made them.

    What was taken over is owned from then on: it follows the instances, and is deleted with the
    last of them. Made by the static methods; `|` joins several.
    """

    _patterns: tuple[str, ...] = ()
    _identical: bool = False

    @staticmethod
    def names(*names: str) -> Adopt:
        """Take over what exists under some names, whatever it says.

        Args:
            names: Full names, such as `web.example.internal`, or patterns: `*` stands for any
                characters, dots included, and `?` for one, as in `*.dev.example.internal`. Write
                out, or cover, names of PTR records too, as `*.10.in-addr.arpa`.
        """
        return Adopt(_patterns=names)

    @staticmethod
    def identical() -> Adopt:
        """Take over what says exactly what an instance is to have: type, values and TTL.

        It is for a deployment whose ledger was lost, or that replaces another one. A name that
        several instances share is taken over when all of them are in one batch, or in a sweep.
        """
        return Adopt(_identical=True)

    def __or__(self, other: Adopt) -> Adopt:
        """Return what takes over what either of the two does."""
        return Adopt(self._patterns + other._patterns, self._identical or other._identical)

    def check(self, zones: Sequence[Zone], problems: Problems) -> Adopt:
        """Return it with canonical names; note those that no listed zone can hold."""
        found = {self._checked(name, zones, problems) for name in self._patterns}
        return Adopt(tuple(sorted(found)), self._identical)

    def environment(self) -> dict[str, str]:
        """Return it as the function reads it from its environment."""
        return {
            "DDNS_ADOPT": packed(self._patterns),
            "DDNS_ADOPT_IDENTICAL": flag(on=self._identical),
        }

    @staticmethod
    def _checked(name: str, zones: Sequence[Zone], problems: Problems) -> str:
        if not check_kind(
            "adopt.names", name, str, "e.g. Adopt.names('web.example.com')", problems
        ):
            return ""
        if Token.is_unresolved(name):
            problems.add("'adopt' must be known at synthesis, got a token: write the name out")
            return ""
        pattern = canonical(name)
        sample = pattern.replace("*", "x").replace("?", "x")
        reason = host_name_problem(sample)
        if reason is not None:
            problems.add(f"'adopt' must hold record names or patterns, got '{name}': {reason}")
        elif all(zone.is_named for zone in zones) and not any(
            is_within(sample, zone.name) and sample != zone.name for zone in zones
        ):
            listed = ", ".join(zone.name for zone in zones)
            problems.add(
                f"'adopt' must hold names below the apex of a listed zone, got '{name}': "
                f"listed are {listed}"
            )
        return pattern
