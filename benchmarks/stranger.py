"""What a request without a credential costs ClientDdns, against a wrong password for one host."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.client_requests import NAME, event, running
from ddns.core import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.client_requests import Running

_ROUNDS, _CALLS = 40, 20
_KB = 1024


class Cost(NamedTuple):
    """The dearest request of a stranger.

    Attributes:
        what: which one it is.
        ratio: its processor time over that of a wrong password.
        requests: most AWS requests of any.
        usual: AWS requests of a wrong password.
    """

    what: str
    ratio: float
    requests: int
    usual: int


def _login(password: str = "wrong", user: str = "home") -> dict[str, str]:  # noqa: S107 - of nobody
    text = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"authorization": f"Basic {text}"}


def _names(count: int, pattern: str = "Host{}.Example.COM") -> str:
    return ",".join(pattern.format(number) for number in range(count))


def _signed(body: str, digest: str = "0" * 64) -> dict[str, Any]:
    headers = {
        "x-ddns-time": str(int(time.time())),
        "x-ddns-nonce": "n" * 64,
        "x-ddns-signature": f"v1={digest}",
    }
    return event("POST", "/v1/update", headers, body=body)


def _form(body: str) -> dict[str, Any]:
    headers = {**_login(), "content-type": "application/x-www-form-urlencoded"}
    return event("POST", "/nic/update", headers, body=body)


def _get(query: str, path: str = "/nic/update", **headers: str) -> dict[str, Any]:
    return event("GET", path, {**_login(), **headers}, query)


def _base64(request: dict[str, Any]) -> dict[str, Any]:
    body = base64.b64encode(request["body"].encode()).decode()
    return {**request, "body": body, "isBase64Encoded": True}


def wrong_password() -> dict[str, Any]:
    """Return what everything is compared with."""
    return _get(f"hostname={NAME}&myip=176.32.100.36")


def hostile_requests() -> Mapping[str, dict[str, Any]]:
    """Return requests of somebody who has no credential, just short of the limits and beyond."""
    many = "&".join(f"p{number}=176.32.100.{number}" for number in range(200))
    strays = "&".join(f"z{number}=1:2::{'3:' * 20}" for number in range(22))
    seed = {"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": "0" * 64}
    found = {
        "addresses in every parameter": _get(
            f"hostname={NAME}&myip={'1.1.1.1,' * 200}&myipv4={'::,' * 300}&myipv6={'::,' * 300}"
        ),
        "a few addresses": _get(f"hostname={NAME}&myip={','.join(['2600:1f14:1:2::6/64'] * 4)}"),
        "20 names in mixed case": _get(f"hostname={_names(20)}"),
        "21 names": _get(f"hostname={_names(21)}"),
        "1,000 names": _form(f"hostname={_names(1000, 'h{}.a')}"),
        "20 long names": _get(f"hostname={_names(20, 'a.' * 68 + '{}.example')}"),
        "20 long names in a form": _base64(
            _form(f"hostname={_names(20, 'a.' * 68 + '{}.example')}")
        ),
        "one long name": _get("hostname=" + "a." * 1500),
        "names in Unicode": _get(f"hostname={_names(20, '%E5%90%8D%E5%89%8D{}.example.com')}"),
        "short labels in Unicode": _get("hostname=" + "%C3%A4." * 20 + "example"),
        "a label in Unicode": _get("hostname=" + "%C3%A4" * 22 + ".example"),
        "a character for eighteen": _get("hostname=" + "%EF%B7%BA" * 20 + ".example.com"),
        "many parameters": _get(f"hostname={NAME}&{many}"),
        "a form of many parameters": _form(f"hostname={NAME}&{many}"),
        "addresses under unknown names": _get(f"hostname={NAME}&{strays}"),
        "a parameter again and again": _form("&".join([f"hostname={NAME}"] * 300)),
        "a few escapes": _get(f"hostname={NAME}&x=" + "%c3" * 120),
        "a long password": event("GET", "/nic/update", _login("p" * 6000), f"hostname={NAME}"),
        "a long user name": event("GET", "/nic/update", _login(user="u." * 3000)),
        "a header that is no login": _get(f"hostname={NAME}", authorization="Basic " + "=" * 8000),
        "a path of slashes": _get(f"hostname={NAME}", path="/" * 8000),
        "a path": _get(f"hostname={NAME}", path="/a" * 4000),
        "long headers": _get(f"hostname={NAME}", **{"x-forwarded-for": "1.1.1.1, " * 900}),
        "wide JSON": event("POST", "/", {}, body=json.dumps({str(n): n for n in range(300)})),
        "the sample's": event("POST", "/", {}, body=json.dumps(seed)),
        "the sample's, a name in Unicode": event(
            "POST", "/", {}, body=json.dumps({**seed, "ddns_hostname": "\ufdfa" * 60 + ".example"})
        ),
        "signed": _signed(json.dumps({"host": NAME})),
        "signed, a list": _signed(json.dumps({"host": NAME, "addresses": ["::"] * 300})),
        "another site": _get(f"hostname={NAME}", **{"sec-fetch-site": "cross-site"}),
        "too long": _form("x" * 64 * _KB),
    }
    for size in (1, 3, 8):
        found |= {f"{what}, {size} KB": each for what, each in _filled(size * _KB).items()}
    return found


def _filled(size: int) -> dict[str, dict[str, Any]]:
    """Return requests of a size: one thing again and again."""

    def fill(start: str, unit: str, end: str = "") -> str:
        return start + unit * ((size - len(start) - len(end)) // len(unit)) + end

    named = f"hostname={NAME}&"
    begun = (
        f'{{"execution_mode":"set","ddns_hostname":"{NAME}","validation_hash":"{"0" * 64}","a":['
    )
    return {
        "addresses": _get(fill(f"{named}myip=", "::,", "::")),
        "addresses in a form": _form(fill(f"{named}myip=", "::,", "::")),
        "escapes": _get(fill(f"{named}x=", "%c3")),
        "escapes in a form": _form(fill(f"{named}x=", "%c3")),
        "a form in base64": _base64(_form(fill(f"{named}x=", "a"))),
        "a look-up": event("GET", "/", {}, fill("", "%c3%c3&")),
        "labels in Unicode": _get(fill("hostname=", "%C3%A4.", "example")),
        "brackets": event("POST", "/", {}, body=fill('{"a":', "[")),
        "deep JSON": event("POST", "/", {}, body=fill("", '{"a":')),
        "floats": event("POST", "/", {}, body=fill(begun, "1e9,", "1]}")),
        "floats, signed": _signed(fill(f'{{"host":"{NAME}","a":[', "1e9,", "1]}")),
    }


def cost() -> Cost:
    """Measure every request; the least of interleaved rounds counts, as in ``client_requests``."""
    with running() as handler:
        usual = _requests(handler, wrong_password())
        events = hostile_requests()
        requests = max(_requests(handler, each) for each in events.values())
        base, times = _least(handler, events)
    what = max(times, key=lambda name: times[name])
    return Cost(what, times[what] / base, requests, usual)


def _requests(handler: Running, request: dict[str, Any]) -> int:
    handler.transport.counts.clear()
    answer = handler.refused(request)
    if request["rawPath"] != "/" and answer["statusCode"] in (200, 201):
        raise AssertionError(f"it is answered as a success: {answer}")
    return handler.transport.counts.total()


def _least(
    handler: Running, events: Mapping[str, dict[str, Any]]
) -> tuple[float, Mapping[str, float]]:
    base, times = float("inf"), dict.fromkeys(events, float("inf"))
    for _ in range(_ROUNDS):
        base = min(base, _seconds(handler, wrong_password()))
        for what, request in events.items():
            times[what] = min(times[what], _seconds(handler, request))
    return base, times


def _seconds(handler: Running, request: dict[str, Any]) -> float:
    before = time.process_time()
    for _ in range(_CALLS):
        # A stranger names another host each time.
        names._a_label.cache_clear()  # noqa: SLF001 - as cold as it gets
        handler.refused(request)
    return time.process_time() - before
