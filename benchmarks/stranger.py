"""What a request without a credential costs ClientDdns, against a wrong password for one host."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.client_requests import NAME, event, running

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
    """Return requests of somebody who has no credential, each as long as it gets."""
    many = "&".join(f"p{number}=176.32.100.{number}" for number in range(200))
    deep = '{"a":' * 4000 + "1" + "}" * 4000
    seed = {"execution_mode": "set", "ddns_hostname": NAME, "validation_hash": "0" * 64}
    return {
        "a list of addresses": _get(f"hostname={NAME}&myip={'::,' * 1200}::"),
        "a list of addresses, longer": _form(f"hostname={NAME}&myip={'::,' * 2600}::"),
        "addresses in every parameter": _get(
            f"hostname={NAME}&myip={'1.1.1.1,' * 200}&myipv4={'::,' * 300}&myipv6={'::,' * 300}"
        ),
        "20 names in mixed case": _get(f"hostname={_names(20)}"),
        "21 names": _get(f"hostname={_names(21)}"),
        "1,000 names": _form(f"hostname={_names(1000, 'h{}.a')}"),
        "20 long names": _get(f"hostname={_names(20, 'n{}.' + 'x' * 60 + '.' + 'y' * 60 + '.a')}"),
        "one long name": _get("hostname=" + "a." * 1500),
        "names in Unicode": _get(f"hostname={_names(20, '%E5%90%8D%E5%89%8D{}.example.com')}"),
        "a long name in Unicode": _get("hostname=" + "%E5%90%8D" * 400 + ".example.com"),
        "a name of ligatures": _get("hostname=" + "%EF%B7%BA" * 21 + ".example.com"),
        "escapes": _get(f"hostname={NAME}&x={'%41' * 1300}"),
        "a form of escapes": _form(f"hostname={NAME}&x={'%c3' * 2600}"),
        "a form in base64": _base64(_form(f"hostname={NAME}&x={'a' * 8000}")),
        "many parameters": _get(f"hostname={NAME}&{many}"),
        "a form of many parameters": _form(f"hostname={NAME}&{many}"),
        "a parameter again and again": _form("&".join([f"hostname={NAME}"] * 300)),
        "a long password": event("GET", "/nic/update", _login("p" * 6000), f"hostname={NAME}"),
        "a long user name": event("GET", "/nic/update", _login(user="u." * 3000)),
        "a header that is no login": _get(f"hostname={NAME}", authorization="Basic " + "=" * 8000),
        "a path of slashes": _get(f"hostname={NAME}", path="/" * 8000),
        "a path": _get(f"hostname={NAME}", path="/a" * 4000),
        "long headers": _get(f"hostname={NAME}", **{"x-forwarded-for": "1.1.1.1, " * 900}),
        "deep JSON": event("POST", "/", {}, body=deep),
        "wide JSON": event("POST", "/", {}, body=json.dumps({str(n): n for n in range(900)})),
        "JSON of numbers": event("POST", "/", {}, body='{"a":[' + "1e9," * 1900 + "1]}"),
        "the sample's": event("POST", "/", {}, body=json.dumps(seed)),
        "the sample's, a name in Unicode": event(
            "POST", "/", {}, body=json.dumps({**seed, "ddns_hostname": "名" * 60 + ".example.com"})
        ),
        "signed": _signed(json.dumps({"host": NAME})),
        "signed, long": _signed(json.dumps({"host": NAME, "x": "y" * 8000})),
        "signed, a list": _signed(json.dumps({"host": NAME, "addresses": ["::"] * 1000})),
        "another site": _get(f"hostname={NAME}", **{"sec-fetch-site": "cross-site"}),
        "too long": _form("x" * 64 * _KB),
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
    if answer["statusCode"] in (200, 201):
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
        handler.refused(request)
    return time.process_time() - before
