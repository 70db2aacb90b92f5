"""Requests over HTTP: which protocol, which host, which answer, and what is written of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.core.client.http import Request, Response, parse_event
from ddns.core.client.protocols.table import ProtocolRow, protocol_table, unreadable
from ddns.core.client.requests import Answer, HostResult, Result, UpdateRequest
from ddns.core.errors import BadRequestError

if TYPE_CHECKING:
    from ddns.client.service import ClientService
    from ddns.core.client.addresses import Network
    from ddns.ports import Clock
    from ddns.reporting import Report

_ALLOW = {"Allow": "GET, POST, OPTIONS"}
_NO_SUCH_PATH = Response(404, "no such path")
_METRICS = {
    Result.CHANGED: "Changed",
    Result.DEFERRED: "Deferred",
    Result.REMOVED: "Changed",
    Result.UNCHANGED: "Unchanged",
    Result.TROUBLE: "Failed",
}


class WebTerms(NamedTuple):
    """How the endpoint is to behave.

    Attributes:
        protocols: the protocols that are on.
        bad_auth_status: the HTTP status of dyndns2's ``badauth``, 401 or 200.
        trouble_status: the HTTP status of dyndns2's ``911`` and ``dnserr``, 200 or 503.
        refusal_status: the HTTP status of dyndns2's other refusals, 200 or 403.
        watched: names of the hosts whose successful requests are counted each.
        allowed_cidrs: where requests may come from; empty for everywhere.
        origins: SHA-256 (hex) of what the header ``X-Ddns-Origin`` may hold, which a proxy in front
            adds; empty where there is none in front.
    """

    protocols: frozenset[str]
    bad_auth_status: int
    trouble_status: int
    refusal_status: int
    watched: frozenset[str]
    allowed_cidrs: tuple[Network, ...]
    origins: tuple[str, ...]


class WebService:
    """Answers requests."""

    def __init__(
        self, service: ClientService, report: Report, clock: Clock, terms: WebTerms
    ) -> None:
        """Take what updates hosts, where to report, the clock, and the terms."""
        self._service = service
        self._report = report
        self._clock = clock
        self._terms = terms
        self._protocols = protocol_table(
            query_credentials="query-credentials" in terms.protocols,
            bad_auth_status=terms.bad_auth_status,
            trouble_status=terms.trouble_status,
        )

    def handle(self, event: Mapping[str, Any], deadline: float) -> dict[str, Any]:
        """Answer an event before ``deadline``, in seconds of the epoch."""
        try:
            request = parse_event(event, self._clock.now())
        except BadRequestError as err:
            return unreadable(event.get("rawPath"), str(err)).payload()
        return self._respond(request, deadline).payload()

    def _respond(self, request: Request, deadline: float) -> Response:
        if request.method == "OPTIONS":
            return Response(204, headers=_ALLOW)
        if request.method not in ("GET", "POST"):
            # A HEAD that is answered like a GET would write.
            return Response(405, "" if request.method == "HEAD" else "badagent", headers=_ALLOW)
        protocol = next((each for each in self._protocols if each.matches(request)), None)
        if protocol is None or protocol.name not in self._terms.protocols:
            return _NO_SUCH_PATH
        try:
            parsed = protocol.parse(request)
        except BadRequestError as err:
            return protocol.bad_request(str(err))
        if isinstance(parsed, Response):
            return parsed
        return self._update(protocol, parsed, deadline)

    def _update(self, protocol: ProtocolRow, update: UpdateRequest, deadline: float) -> Response:
        throttles = self._service.throttles
        answer = self._service.update(update, deadline)
        self._log(protocol.name, update, answer, self._service.throttles - throttles)
        return protocol.format(update, answer)

    def _log(self, protocol: str, update: UpdateRequest, answer: Answer, throttles: int) -> None:
        counts: dict[str, int] = {}
        for each in answer.results:
            metric = _METRICS.get(each.result, "Refused")
            counts[metric] = counts.get(metric, 0) + 1
        if not answer.results:
            counts["BadAuth"] = 1
        if throttles:
            counts["Route53Throttles"] = throttles
        watched = self._terms.watched
        good = [each for each in answer.results if each.result.success]
        self._report.request(
            "INFO" if good and len(good) == len(answer.results) else "WARN",
            counts,
            [each.target.name for each in good if each.target.name in watched] if watched else (),
            protocol=protocol,
            source=str(update.source),
            hosts=[_shown(each) for each in answer.results]
            or [{"host": target.name, "result": "bad credential"} for target in update.targets],
        )


def _shown(done: HostResult) -> dict[str, Any]:
    shown: dict[str, Any] = {"host": done.target.name, "result": done.result.value}
    if done.addresses:
        shown["addresses"] = done.addresses
    if done.reason:
        shown["reason"] = done.reason
    return shown
