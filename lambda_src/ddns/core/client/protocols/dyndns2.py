"""dyndns2, as routers and their clients speak it.

One line for each host, in order. The first word is the code; addresses follow ``good`` and
``nochg`` only, those of the families that the request states. No error holds the letters of a word
that some client takes for success, so there is no prose in the body; the reason is in a header.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote_plus

from ddns.core.client.http import MAX_PARAMETERS, Request, Response, parameters
from ddns.core.client.protocols.challenge import parse_challenge
from ddns.core.client.protocols.login import PASSWORDS, login
from ddns.core.client.protocols.stated import UPDATES, stated
from ddns.core.client.requests import (
    ADDRESSES,
    Answer,
    HostResult,
    Result,
    UpdateRequest,
    targets,
)
from ddns.core.errors import BadRequestError

UPDATE_PATHS = frozenset({"/nic/update", "/v3/update", "/update"})
DELETE_PATH = "/nic/delete"
MAX_HOSTS = 20

# Each host that was named has its line, so that no client waits for one.
_MOST_LINES = 100
_MAX_REASON = 500
_FORM = "application/x-www-form-urlencoded"
_CODES = {
    Result.CHANGED: "good",
    Result.DEFERRED: "good",
    Result.REMOVED: "good",
    Result.UNCHANGED: "nochg",
    Result.NO_HOST: "nohost",
    Result.NOT_FQDN: "notfqdn",
    Result.FORBIDDEN: "abuse",
    Result.REFUSED: "dnserr",
    Result.TROUBLE: "911",
}
_TROUBLES = frozenset({Result.REFUSED, Result.TROUBLE})


class Terms(NamedTuple):
    """What an endpoint may choose about this protocol.

    Attributes:
        bad_auth_status: the HTTP status of ``badauth``.
        trouble_status: that of ``911`` and ``dnserr``.
        refusal_status: that of the other refusals.
        query_credentials: whether user name and password may be in the query.
    """

    bad_auth_status: int
    trouble_status: int
    refusal_status: int
    query_credentials: bool = False


def matches(request: Request, terms: Terms) -> bool:
    """Tell whether a request is one of this protocol: by its path, or at ``/`` by what it holds."""
    if request.method == "POST" and request.json:
        return False
    if request.path in UPDATE_PATHS or request.path == DELETE_PATH:
        return True
    if request.path != "/":
        return False
    if request.header("authorization") or (request.method == "POST" and _is_form(request)):
        return True
    names = UPDATES.union(PASSWORDS) if terms.query_credentials else UPDATES
    parts = request.query.split("&", MAX_PARAMETERS)
    # With more than those it is refused there: nothing that says update is answered with a look-up.
    return len(parts) > MAX_PARAMETERS or any(
        unquote_plus(part.partition("=")[0]) in names for part in parts
    )


def parse(request: Request, terms: Terms) -> UpdateRequest | Response:
    """Return what a client asks for, or the answer where nothing is to be updated.

    Hosts and credential come first: nothing else is read for who has none.

    Raises:
        BadRequestError: an address, a header or the body cannot be read.
    """
    given = parameters(request.query, _form(request))
    client = login(request, given if terms.query_credentials else {})
    hosts = given.get("hostname", "") or client.user
    parts = hosts.strip(", ").split(",", _MOST_LINES)
    texts = [text for part in parts if (text := part.strip())]
    if len(texts) > MAX_HOSTS:
        why = f"name at most {MAX_HOSTS} hosts in one request: make a second one"
        return _bad_names("numhost", texts[:_MOST_LINES], terms)._replace(reason=why)
    named = targets(texts)
    if not any(target.name for target in named):
        why = "name a host in full, such as home.example.com, in the parameter hostname"
        found = _bad_names("notfqdn", texts, terms)._replace(reason=why)
        # Some put their token where the user name belongs: that goes into no log.
        return found if given.get("hostname") else found._replace(hosts=())
    if not client.proof:
        return UpdateRequest(named, None, {}, request.source, request.stamp)
    what = stated(given, request.source)
    removal = request.path == DELETE_PATH or given.get("offline", "").upper() in ("YES", "ON")
    return UpdateRequest(
        named,
        client.proof,
        what.addresses,
        request.source,
        request.stamp,
        what.prefix,
        ADDRESSES if removal else what.cleared,
        parse_challenge(given["txt"]) if given.get("txt") else None,
    )


def _bad_names(code: str, texts: list[str], terms: Terms) -> Response:
    body = "\n".join([code] * max(len(texts), 1))
    return Response(terms.refusal_status, body, metric="BadNames", hosts=tuple(texts))


def _form(request: Request) -> str:
    if request.method != "POST" or not request.body:
        return ""
    if request.header("content-type") and not _is_form(request):
        raise BadRequestError("the body must be a form")
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        raise BadRequestError("the body must be a form") from None


def _is_form(request: Request) -> bool:
    return request.header("content-type").partition(";")[0].strip().lower() == _FORM


def format_answer(update: UpdateRequest, answer: Answer, terms: Terms) -> Response:
    """Return the codes; ``badauth`` where no host of the request accepted the credential.

    The status is that of a success where one host has it: its line is to be read. Clients that look
    at nothing else see a refusal of all of them.
    """
    if not answer.results:
        basic = {"WWW-Authenticate": 'Basic realm="ddns"'}
        return Response(terms.bad_auth_status, "badauth", headers=basic)
    reasons = dict.fromkeys(each.reason for each in answer.results if each.reason)
    return Response(
        _status(answer, terms),
        "\n".join(_line(update, each) for each in answer.results),
        reason="; ".join(reasons)[:_MAX_REASON],
    )


def _status(answer: Answer, terms: Terms) -> int:
    results = {each.result for each in answer.results}
    if any(result.success for result in results):
        return 200
    return terms.trouble_status if results <= _TROUBLES else terms.refusal_status


def _line(update: UpdateRequest, done: HostResult) -> str:
    code = _CODES[done.result]
    named = _named(update, done)
    return f"{code} {','.join(named)}" if named else code


def _named(update: UpdateRequest, done: HostResult) -> Sequence[str]:
    """Return the addresses of the families that a request is about, all where it states none.

    pfSense compares the whole answer with one that has the address that it states, and no other.
    """
    if not (update.addresses.keys() - update.remove or update.prefix):
        return done.addresses
    return [each for each in done.addresses if ("AAAA" if ":" in each else "A") in done.families]


def refuse(status: int, reason: str) -> Response:
    """Return the answer to a request that cannot be read, or is not to be."""
    return Response(status, "badagent", reason=reason)
