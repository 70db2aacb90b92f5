# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""GetHealthCheckStatus, which MiniStack does not know: what the checkers saw of a health check.

They are `ddns_constructs.local.health`, in the process that started this one; what they see is read
here from the file that they write.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ministack.services import route53

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    _Response = tuple[int, dict[str, str], bytes]
    _Handler = Callable[
        [str, str, Mapping[str, str], bytes, Mapping[str, object]], Awaitable[_Response]
    ]

__all__ = ["WITHOUT_OBSERVATIONS", "apply", "no_such_check"]

WITHOUT_OBSERVATIONS = ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL")
"""Types of health checks for which nobody looks at an endpoint."""

_OBSERVATIONS = "health/observations.json"  # in the folder of the emulator's state
_STATUS = re.compile(r"/2013-04-01/healthcheck/([^/]+)/status")


def apply() -> None:
    """Answer the action."""
    handle_request: _Handler = route53.handle_request

    async def handle(
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, object],
    ) -> _Response:
        asked = _STATUS.fullmatch(path)
        if asked and method == "GET":
            answer: _Response = _status_of(asked[1])
            return answer
        return await handle_request(method, path, headers, body, query)

    route53.handle_request = handle


def _status_of(health_check: str) -> Any:  # noqa: ANN401 - MiniStack's answers have no types
    check = route53._health_checks.get(health_check)
    if check is None:
        return no_such_check(health_check)
    if check["config"]["Type"] in WITHOUT_OBSERVATIONS:
        reason = f"{check['config']['Type']} health checks have no status of checkers"
        return route53._error_response("InvalidInput", reason)

    def build(root: ET.Element) -> None:
        observations = ET.SubElement(root, "HealthCheckObservations")
        for seen in _observations().get(health_check, []):
            observation = ET.SubElement(observations, "HealthCheckObservation")
            ET.SubElement(observation, "Region").text = seen["region"]
            ET.SubElement(observation, "IPAddress").text = seen["address"]
            report = ET.SubElement(observation, "StatusReport")
            ET.SubElement(report, "Status").text = seen["status"]
            ET.SubElement(report, "CheckedTime").text = seen["checked"]

    return route53._xml_response("GetHealthCheckStatusResponse", build)


def _observations() -> Mapping[str, Any]:
    try:
        content: dict[str, Any] = json.loads(
            Path(os.environ["DDNS_LOCAL_STATE"], _OBSERVATIONS).read_text()
        )
    except FileNotFoundError:  # nothing has been looked at yet
        return {}
    return content


def no_such_check(health_check: str) -> object:
    """Return Route 53's answer about a health check that does not exist."""
    return route53._error_response(
        "NoSuchHealthCheck", f"No health check exists with the specified ID {health_check}.", 404
    )
