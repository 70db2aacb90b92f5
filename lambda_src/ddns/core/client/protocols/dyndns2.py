"""dyndns2, as routers and their clients speak it.

One line for each host, in order. The first word is the code; addresses follow ``good`` and
``nochg`` only. No error holds the letters of a word that some client takes for success, so there is
no prose in the body; the reason is in a header.
"""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

from ddns.core.client.addresses import kind, parse_address, parse_prefix
from ddns.core.client.credentials import Proof, token
from ddns.core.client.http import Parameters, Request, Response, parameters
from ddns.core.client.protocols.challenge import parse_challenge
from ddns.core.client.requests import ADDRESSES, Answer, HostResult, Result, Target, UpdateRequest
from ddns.core.errors import BadRequestError, InvalidNameError
from ddns.core.names import Address, record_name

UPDATE_PATHS = frozenset({"/nic/update", "/v3/update", "/update"})
DELETE_PATH = "/nic/delete"
MAX_HOSTS = 20

_FORM = "application/x-www-form-urlencoded"
_ADDRESSES = ("myip", "myipv4", "myipv6")
_CLEARED = {"myip": "A", "myipv4": "A", "myipv6": "AAAA"}
_PREFIXES = ("ip6lanprefix", "prefix")
_NAMES = ("username", "user")
_PASSWORDS = ("password", "pass")
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


class Login(NamedTuple):
    """Who the client says it is, and the proof; None where it sent no credential."""

    user: str = ""
    proof: Proof | None = None


def matches(request: Request) -> bool:
    """Tell whether a request is one of this protocol, by its path or its query."""
    if request.method == "POST" and request.json:
        return False
    if request.path in UPDATE_PATHS or request.path == DELETE_PATH:
        return True
    is_form = request.method == "POST" and _is_form(request)
    return request.path == "/" and ("hostname=" in request.query or is_form)


def parse(request: Request, *, query_credentials: bool = False) -> UpdateRequest | Response:
    """Return what a client asks for, or the answer where nothing is to be updated.

    Args:
        request: the request.
        query_credentials: whether user name and password may be in the query.

    Raises:
        BadRequestError: an address, a header or the body cannot be read.
    """
    given = parameters(request.query, _form(request))
    login = _login(request, given if query_credentials else {})
    hosts = given.get("hostname", "") or login.user
    texts = [text.strip() for text in hosts.split(",") if text.strip()]
    if len(texts) > MAX_HOSTS:
        return Response(200, "numhost")
    prefix = _first(given, _PREFIXES)
    removal = request.path == DELETE_PATH or given.get("offline", "").upper() in ("YES", "ON")
    cleared = frozenset(kind for name, kind in _CLEARED.items() if _says_no(given, name))
    addresses = _addresses(given, request.source, cleared)
    targets = tuple(map(_target, texts))
    if not any(target.name for target in targets):
        return Response(200, "\n".join(["notfqdn"] * max(len(targets), 1)))
    return UpdateRequest(
        targets,
        login.proof,
        addresses,
        request.source,
        request.stamp,
        parse_prefix(prefix) if prefix else None,
        ADDRESSES if removal else cleared,
        parse_challenge(given["txt"]) if given.get("txt") else None,
    )


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


def _login(request: Request, query: Parameters) -> Login:
    scheme, _, rest = request.header("authorization").strip().partition(" ")
    rest = rest.strip()
    # Headers that were sent twice arrive as one, joined by a comma.
    if "," in rest:
        raise BadRequestError("the authorization header cannot be read")
    if scheme.lower() == "bearer" and rest:
        return Login("", token(rest.encode("utf-8", "replace")))
    if scheme.lower() == "basic":
        try:
            user, colon, password = base64.b64decode(rest, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            raise BadRequestError("the authorization header cannot be read") from None
        return Login(user.decode("utf-8", "replace"), token(password) if colon else None)
    in_query = _first(query, _PASSWORDS)
    if in_query:
        return Login(_first(query, _NAMES), token(in_query.encode("utf-8", "replace")))
    return Login()


def _first(given: Parameters, names: tuple[str, ...]) -> str:
    return next((given[name].strip() for name in names if given.get(name, "").strip()), "")


def _target(text: str) -> Target:
    try:
        return Target(text, record_name(text))
    except InvalidNameError:
        return Target(text, "")


def _addresses(given: Parameters, source: Address, cleared: frozenset[str]) -> dict[str, Address]:
    """Return the new addresses; without any word about them it is the source address."""
    texts = [
        text.strip()
        for name in _ADDRESSES
        for text in given.get(name, "").split(",")
        if text.strip() and not _says_no(given, name)
    ]
    says_more = kind(source) in cleared or _first(given, _PREFIXES) or given.get("txt")
    if not texts and says_more:
        return {}
    found: dict[str, Address] = {}
    for text in texts or ["auto"]:
        if text.lower() == "preserve":
            continue
        address = source if text.lower() == "auto" else parse_address(text)
        if found.setdefault(kind(address), address) != address:
            raise BadRequestError("there are two addresses of one family")
    if cleared & found.keys():
        raise BadRequestError("there is an address of a family that is to have none")
    return found


def _says_no(given: Parameters, name: str) -> bool:
    """Tell whether a client says that it has no address of a family."""
    return given.get(name, "").strip().lower() == "no"


def format_answer(
    _update: UpdateRequest, answer: Answer, *, bad_auth_status: int, trouble_status: int
) -> Response:
    """Return the codes; ``badauth`` where no host of the request accepted the credential.

    Where the service could not do any of it, for whatever host, ``trouble_status`` says so, too.
    """
    if not answer.results:
        return Response(
            bad_auth_status, "badauth", headers={"WWW-Authenticate": 'Basic realm="ddns"'}
        )
    reasons = dict.fromkeys(each.reason for each in answer.results if each.reason)
    troubles = {Result.REFUSED, Result.TROUBLE}
    status = trouble_status if {each.result for each in answer.results} <= troubles else 200
    return Response(status, "\n".join(map(_line, answer.results)), reason="; ".join(reasons))


def _line(done: HostResult) -> str:
    code = _CODES[done.result]
    return f"{code} {','.join(done.addresses)}" if done.addresses else code


def bad_request(reason: str) -> Response:
    """Return the answer to a request that cannot be read."""
    return Response(400, "badagent", reason=reason)
