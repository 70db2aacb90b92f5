"""The primary of a name: what its relay and its canary look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ddns.core.failover.checks import Check, parse_check
from ddns.core.failover.confirmation import Endpoints, confirmed, parse_endpoints
from ddns.core.failover.verdicts import DOWN, Answers
from ddns.environment import Reader

if TYPE_CHECKING:
    from ddns.ports import Clock

_TRIES = 2
# Between two tries: what is over as soon as it was seen is no failure.
_PAUSE = 0.1

Probe = Callable[[Check, Mapping[str, str]], Answers]
"""What probes all nodes, by name, at once."""


class PrimarySettings(NamedTuple):
    """What NameFailover writes into the environment of its functions.

    Attributes:
        name: what people, and the path of the relay, call it.
        endpoints: who is to be probed.
        check: what is asked of each.
        function: the function's own name.
    """

    name: str
    endpoints: Endpoints
    check: Check
    function: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> PrimarySettings:
        """Read and check the settings.

        Raises:
            BadSettingsError: a variable is missing or does not hold what it should; all are named.
        """
        reader = Reader(environment)
        found = cls(
            reader.read("NAME", str),
            reader.read("ENDPOINTS", parse_endpoints),
            reader.read("FAILOVER_CHECK", parse_check),
            reader.read("AWS_LAMBDA_FUNCTION_NAME", str),
        )
        reader.check()
        return found


class Primary:
    """Says whether the primary is up, down, or nobody knows."""

    def __init__(self, endpoints: Endpoints, check: Check, probe: Probe, clock: Clock) -> None:
        """Take whom to probe, what to ask, what probes, and the clock."""
        self._endpoints = endpoints
        self._check = check
        self._probe = probe
        self._clock = clock

    def look(self) -> tuple[str, str]:
        """Probe everything, and twice what seems to be down.

        Returns:
            ``UP``, ``DOWN`` or ``UNKNOWN``, and why.
        """
        tries = [self._probe(self._check, self._endpoints.nodes)]
        while confirmed(self._endpoints, tries)[0] == DOWN and len(tries) < _TRIES:
            self._clock.sleep(_PAUSE)
            tries.append(self._probe(self._check, self._endpoints.nodes))
        return confirmed(self._endpoints, tries)
