"""When a health check is healthy: pure, as Route 53 documents it.

| the check | is healthy |
|---|---|
| new | yes, until enough is known |
| disabled | yes |
| of an endpoint | until `threshold` looks in a row say no; then not, until as many say yes |
| of an alarm | in OK yes, in ALARM not; without data as its settings say: yes, not, or as before |
| of other checks | while at least as many as its threshold are healthy |

A child counts as it says itself, inverted or disabled. An inverted check is healthy where all this
says that it is not, the first two rows included.

Documented in "How Amazon Route 53 determines whether a health check is healthy" and in the
`HealthCheckConfig` type of the API reference. Here one checker looks, where Route 53 has more than
a dozen and asks for 18 % of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Check", "Streak", "alarm_says", "enough_children", "parse_check"]

ENDPOINTS = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")


@dataclass(frozen=True, slots=True)
class Check:
    """A health check's settings.

    Args:
        id: Its id.
        kind: `HTTPS`, `TCP`, `CLOUDWATCH_METRIC`, `CALCULATED`, ...
        interval: Seconds between two looks at an endpoint.
        threshold: Looks in a row that change the status; of other checks, how many are needed.
        inverted: Whether healthy means unhealthy.
        disabled: Whether nobody looks.
        address: The endpoint's address; empty where `host` is looked up.
        host: The endpoint's name; the Host header.
        port: The endpoint's port.
        path: Of HTTP, with the query.
        text: What has to be in the body; empty where nothing has to.
        names_host: Whether TLS tells the name of the host.
        alarm: The alarm's name.
        without_data: `Healthy`, `Unhealthy` or `LastKnownStatus`.
        children: Ids of the checks that it is of.
    """

    id: str
    kind: str
    interval: int = 30
    threshold: int = 3
    inverted: bool = False
    disabled: bool = False
    address: str = ""
    host: str = ""
    port: int = 0
    path: str = "/"
    text: str = ""
    names_host: bool = False
    alarm: str = ""
    without_data: str = "LastKnownStatus"
    children: tuple[str, ...] = ()

    @property
    def is_of_endpoint(self) -> bool:
        """Whether somebody has to look at an endpoint."""
        return self.kind in ENDPOINTS and not self.disabled


def parse_check(found: Mapping[str, Any]) -> Check:
    """Return a health check in the shape of `ListHealthChecks`."""
    config = found["HealthCheckConfig"]
    is_calculated = config["Type"] == "CALCULATED"
    return Check(
        id=found["Id"],
        kind=config["Type"],
        interval=config.get("RequestInterval", 30),
        threshold=config.get("HealthThreshold" if is_calculated else "FailureThreshold", 3),
        inverted=config.get("Inverted", False),
        disabled=config.get("Disabled", False),
        address=config.get("IPAddress", ""),
        host=config.get("FullyQualifiedDomainName", ""),
        port=config.get("Port", 0),
        path=config.get("ResourcePath") or "/",
        text=config.get("SearchString", ""),
        names_host=config.get("EnableSNI", False),
        alarm=config.get("AlarmIdentifier", {}).get("Name", ""),
        without_data=config.get("InsufficientDataHealthStatus", "LastKnownStatus"),
        children=tuple(config.get("ChildHealthChecks", ())),
    )


@dataclass(frozen=True, slots=True)
class Streak:
    """What looks have said so far.

    Args:
        healthy: The status that they lead to. Default: that of a new check.
        against: How many of the last ones, in a row, say the opposite.
    """

    healthy: bool = True
    against: int = 0

    def after(self, *, passed: bool, threshold: int) -> Streak:
        """Return the streak after one more look."""
        if passed is self.healthy:
            return Streak(self.healthy)
        if self.against + 1 >= threshold:
            return Streak(passed)
        return Streak(self.healthy, self.against + 1)


def alarm_says(check: Check, state: str, *, before: bool) -> bool:
    """Return whether a check of an alarm is healthy, before it is inverted.

    Args:
        check: The check.
        state: The alarm's: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        before: What this said the last time; of a new check, True.
    """
    if state in {"OK", "ALARM"}:
        return state == "OK"
    return before if check.without_data == "LastKnownStatus" else check.without_data == "Healthy"


def enough_children(check: Check, is_healthy: Callable[[str], bool]) -> bool:
    """Return whether a check of other checks is healthy, before it is inverted."""
    return sum(map(is_healthy, check.children)) >= check.threshold
