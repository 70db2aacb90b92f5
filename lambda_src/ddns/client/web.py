"""Requests over HTTP: which protocol, which host, which answer, and what is written of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ddns.client.zones import ANSWER_WITHIN
from ddns.core.client.admission import Admission
from ddns.core.client.http import Request, Response, parse_event, printable
from ddns.core.client.protocols.dyndns2 import Terms
from ddns.core.client.protocols.table import ProtocolRow, protocol_table, refuse_unread
from ddns.core.client.requests import Answer, HostResult, Result, UpdateRequest
from ddns.core.errors import BadRequestError, BlockedError

if TYPE_CHECKING:
    from ddns.client.service import ClientService
    from ddns.core.client.addresses import Network
    from ddns.ports import Clock
    from ddns.reporting import Report

_ALLOW = {"Allow": "GET, POST, OPTIONS"}
_NO_SUCH_PATH = Response(404, "no such path", metric="NoSuchPath")
# Fetch Metadata: a browser says by itself where a request comes from; other clients say nothing.
_OWN_SITES = ("", "none", "same-origin")
_CROSS_SITE = "a page of another site asked for it: a browser updates nothing for one"
_BAD = "BadRequest"
_WARNED = frozenset({"BadAuth", "Refused", "Failed"})
_METRICS = {
    Result.CHANGED: "Changed",
    Result.DEFERRED: "Deferred",
    Result.REMOVED: "Changed",
    Result.UNCHANGED: "Unchanged",
    Result.TROUBLE: "Failed",
}
# What a line shows of a request that has proved nothing: with these it stays below 1 KB.
_MOST_NAMES = 3
_MOST_TEXT = 64
_MOST_PARTS = 3
# Of one that has: 20 hosts at most, each with a name, two addresses, and this much of a reason.
_MOST_REASON = 300


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
        self._admission = Admission(terms.allowed_cidrs, terms.origins)
        self._protocols = protocol_table(
            Terms(
                terms.bad_auth_status,
                terms.trouble_status,
                terms.refusal_status,
                query_credentials="query-credentials" in terms.protocols,
            )
        )

    def handle(self, event: Mapping[str, Any], deadline: float) -> dict[str, Any]:
        """Answer an event soon, and before ``deadline``, in seconds of the epoch."""
        now = self._clock.now()
        deadline = min(deadline, now + ANSWER_WITHIN)
        try:
            request = parse_event(event, now, self._admission)
        except (BlockedError, BadRequestError) as err:
            status, metric = (403, "Blocked") if isinstance(err, BlockedError) else (400, _BAD)
            response = refuse_unread(event.get("rawPath"), status, str(err))
            self._refused(response._replace(metric=metric), **_unread(event))
            return response.payload()
        protocol = next((each for each in self._protocols if each.matches(request)), None)
        response = self._respond(protocol, request, deadline)
        if response.metric:
            self._refused(
                response,
                protocol=protocol.name if protocol else "none",
                source=str(request.source),
                method=request.method,
                # As some protocols have a token behind the host.
                path="/".join(request.raw_path.split("/", _MOST_PARTS)[:_MOST_PARTS]),
            )
        return response.payload()

    def _respond(self, protocol: ProtocolRow | None, request: Request, deadline: float) -> Response:
        """Return the answer, with the metric that counts it where nothing was looked up for it."""
        if request.method == "OPTIONS":
            return Response(204, headers=_ALLOW)
        if request.method not in ("GET", "POST"):
            # A HEAD that is answered like a GET would write.
            body = "" if request.method == "HEAD" else "badagent"
            return Response(405, body, headers=_ALLOW, metric=_BAD)
        if protocol is None or protocol.name not in self._terms.protocols:
            return _NO_SUCH_PATH
        site = request.header("sec-fetch-site").strip().lower()
        if protocol.updates and site not in _OWN_SITES:
            return protocol.refuse(403, _CROSS_SITE)._replace(metric="CrossSite")
        return self._answer(protocol, request, deadline)

    def _answer(self, protocol: ProtocolRow, request: Request, deadline: float) -> Response:
        try:
            update = protocol.parse(request)
        except BadRequestError as err:
            return protocol.refuse(400, str(err))._replace(metric=_BAD)
        if isinstance(update, Response):
            return update
        throttles = self._service.throttles
        answer = self._service.update(update, deadline)
        self._log(protocol.name, update, answer, self._service.throttles - throttles)
        return protocol.format(update, answer)

    # ------------------------------------------------------------ what is written of it

    def _log(self, protocol: str, update: UpdateRequest, answer: Answer, throttles: int) -> None:
        counts: dict[str, int] = {}
        for each in answer.results:
            for metric in _metrics(each):
                counts[metric] = counts.get(metric, 0) + 1
        if not answer.results:
            counts["BadAuth"] = 1
        if throttles:
            counts["Route53Throttles"] = throttles
        watched = self._terms.watched
        good = [each for each in answer.results if each.result.success]
        self._report.request(
            "INFO" if counts.keys().isdisjoint(_WARNED) else "WARN",
            counts,
            [each.target.name for each in good if each.target.name in watched] if watched else (),
            protocol=protocol,
            source=str(update.source),
            **_hosts(update, answer),
        )

    def _refused(self, response: Response, **fields: str) -> None:
        """Write a line of a request for which nothing was looked up."""
        shown: dict[str, Any] = {key: printable(text, _MOST_TEXT) for key, text in fields.items()}
        if response.hosts:
            shown |= _named(response.hosts)
        if response.reason:
            shown["reason"] = printable(response.reason, _MOST_TEXT * 2)
        self._report.request("WARN", {response.metric: 1}, status=response.status, **shown)


def _metrics(done: HostResult) -> list[str]:
    """Return what counts the result of a host; a success that leaves something out, twice."""
    found = [_METRICS.get(done.result, "Refused")]
    return [*found, "Refused"] if done.result.success and done.reason else found


def _unread(event: Mapping[str, Any]) -> dict[str, str]:
    """Return what can be said of an event that was not read, whatever its shape."""
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, dict) else None
    fields = http if isinstance(http, dict) else {}
    return {
        "source": str(fields.get("sourceIp"))[:_MOST_TEXT],
        "method": str(fields.get("method"))[:_MOST_TEXT],
        "path": "/".join(str(event.get("rawPath"))[:_MOST_TEXT].split("/")[:_MOST_PARTS]),
    }


def _hosts(update: UpdateRequest, answer: Answer) -> dict[str, Any]:
    """Return what a line shows of the hosts of a request: little where it has proved nothing."""
    if any(each.result.success or each.reason for each in answer.results):
        return {"hosts": [_shown(each) for each in answer.results]}
    # Hosts that nobody could read, and those that have no such credential, are what was sent.
    result = answer.results[0].result.value if answer.results else "bad credential"
    return _named([each.name or each.text for each in update.targets], result)


def _named(names: Sequence[str], result: str = "") -> dict[str, Any]:
    """Return a few of the names that were sent, and how many there were."""
    more = {"result": result} if result else {}
    shown = [{"host": printable(each, _MOST_TEXT), **more} for each in names[:_MOST_NAMES]]
    return {"hosts": shown, "named": len(names)}


def _shown(done: HostResult) -> dict[str, Any]:
    name = done.target.name or printable(done.target.text, _MOST_TEXT)
    shown: dict[str, Any] = {"host": name, "result": done.result.value}
    if done.addresses:
        shown["addresses"] = done.addresses
    if done.reason:
        shown["reason"] = printable(done.reason, _MOST_REASON)
    return shown
