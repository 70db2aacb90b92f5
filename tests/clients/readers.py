"""How each client makes a request of its settings, and how it reads the answer.

The rules are those of the client's source, which is named with the version that was read, or of its
manual where there is no source. They are used on what `ddns router` prints: a field that is printed
under another name, or no more, is an error here. Of ddclient, inadyn and curl a test runs the real
ones against these rules.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from tests.clients.answers import HOST, IPV4, IPV6, TOKEN, URL, Answer

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER = URL.removeprefix("https://").rstrip("/")


class Reading(Enum):
    """What a client makes of an answer; the word is that of the table in docs/protocols.md."""

    SUCCESS = "success"
    AGAIN = "again"  # a failure; it sends again by itself
    ENDS = "ends"  # a failure; somebody has to start it again
    FAILURE = "failure"  # a failure; what follows is not verified


class Client(NamedTuple):
    """A client.

    Attributes:
        source: Where its rules are from.
        urls: Makes the URLs of its settings that it calls, each for the address that it states.
        reads: What it makes of an answer: its settings, the stated address, the answer.
    """

    source: str
    urls: Callable[[str], list[tuple[str, str]]]
    reads: Callable[[str, str, Answer], Reading]


def _field(name: str, printed: str) -> str:
    """Return what is printed for a field of a form."""
    (value,) = re.findall(rf"^ *{re.escape(name)} +(\S.*)$", printed, re.MULTILINE)
    return str(value)


def _success(*, if_: bool, else_: Reading = Reading.AGAIN) -> Reading:
    return Reading.SUCCESS if if_ else else_


# ------------------------------------------------------------------------------- programs


def _ddclient_urls(printed: str) -> list[tuple[str, str]]:
    settings = dict(re.findall(r"^(\w+)=(\S+)$", printed, re.MULTILINE))
    assert settings["ssl"] == "yes", "else it speaks plain HTTP"
    assert (settings["login"], settings["password"]) == (HOST, f"'{TOKEN}'")
    (host,) = re.findall(r"^([\w.*-]+)$", printed, re.MULTILINE)
    path = f"/nic/update?system=dyndns&hostname={host}&myip={IPV4}"
    return [(f"https://{settings['server']}{path}", IPV4)]


def _ddclient_reads(_: str, __: str, answer: Answer) -> Reading:
    words = answer.body.split()
    return _success(if_=answer.status // 100 == 2 and words[0] in ("good", "nochg"))


def _inadyn_urls(printed: str) -> list[tuple[str, str]]:
    settings = dict(re.findall(r'^ +([\w-]+) += "(.*)"$', printed, re.MULTILINE))
    assert (settings["username"], settings["password"]) == (HOST, TOKEN)
    path = settings["ddns-path"].replace("%h", settings["hostname"]).replace("%i", IPV4)
    return [(f"https://{settings['ddns-server']}{path}", IPV4)]


def _inadyn_reads(printed: str, _: str, answer: Answer) -> Reading:
    words = ("good", "ok", "true", "updated", "success", "nochg")
    if answer.status == 200 and any(word in answer.body.lower() for word in words):
        return Reading.SUCCESS
    if answer.status // 100 == 5 or "inadyn --continue-on-error" in printed:
        return Reading.AGAIN
    return Reading.ENDS


def _curl_urls(printed: str) -> list[tuple[str, str]]:
    settings = dict(re.findall(r'^(\w+) = "(.*)"$', printed, re.MULTILINE))
    assert settings["user"] == f"{HOST}:{TOKEN}"
    return [(settings["url"], IPV4)]


def _curl_reads(printed: str, _: str, answer: Answer) -> Reading:
    if "--fail-with-body" not in printed:
        return _success(if_=answer.status > 0)
    return _success(if_=0 < answer.status < 400)


# ------------------------------------------------------------------------------- routers


def _fritzbox_urls(printed: str) -> list[tuple[str, str]]:
    assert (_field("Domain name", printed), _field("Password", printed)) == (HOST, TOKEN)
    url = _field("Update-URL", printed).replace("<domain>", HOST)
    return [(url.replace("<ipaddr>", IPV4).replace("<ip6addr>", IPV6), IPV4)]


def _fritzbox_reads(_: str, __: str, answer: Answer) -> Reading:
    # It looks its own name up, and sends again while that has another address.
    return _success(if_=answer.body.split(" ")[0] in ("good", "nochg"))


def _unifi_urls(printed: str) -> list[tuple[str, str]]:
    assert _field("Service", printed) == "custom"
    assert _field("Password", printed) == TOKEN
    server = _field("Server", printed).replace("%h", _field("Hostname", printed))
    return [(f"https://{server.replace('%i', IPV4)}", IPV4)]


def _pfsense_urls(printed: str) -> list[tuple[str, str]]:
    found = []
    for address, kind in ((IPV4, "Custom"), (IPV6, "Custom (v6)")):
        entry = _pfsense_entry(printed, address)
        assert _field("Service type", entry) == kind
        assert _field("Verify SSL/TLS", entry) == "on"
        assert (_field("Username", entry), _field("Password", entry)) == (HOST, TOKEN)
        found.append((_field("Update URL", entry).replace("%IP%", address), address))
    return found


def _pfsense_entry(printed: str, address: str) -> str:
    """Return the entry for the family of an address."""
    four, six = re.split(r"^For IPv6 .*$", printed, flags=re.MULTILINE)
    return six if address == IPV6 else four


def pfsense_matches(match: str, address: str, answer: Answer) -> bool:
    """Return whether pfSense takes an answer for success: no status, no part, no pattern."""
    if not match:
        return True
    alternatives = re.split(r"(?<!\\)\|", match.replace("%IP%", address))
    return answer.body.strip("\t\n\r") in [each.replace("\\|", "|") for each in alternatives]


def _pfsense_reads(printed: str, address: str, answer: Answer) -> Reading:
    match = _field("Result match", _pfsense_entry(printed, address))
    return _success(if_=pfsense_matches(match, address, answer))


def _opnsense_urls(printed: str) -> list[tuple[str, str]]:
    assert _field("Protocol", printed) == "DynDNS2"
    assert (_field("Username", printed), _field("Password", printed)) == (HOST, TOKEN)
    scheme = "https" if _field("Force SSL", printed) == "on" else "http"
    start = f"{scheme}://{_field('Server', printed)}/nic/update"
    host = _field("Hostname(s)", printed)
    return [
        (f"{start}?hostname={host}&myip={address}&wildcard=NOCHG", address)
        for address in (IPV4, IPV6)
    ]


def _opnsense_reads(_: str, __: str, answer: Answer) -> Reading:
    return _success(if_=200 <= answer.status < 300)


class OpenWrtSection(NamedTuple):
    """A section of /etc/config/ddns, with its service file."""

    options: dict[str, str]
    url: str
    answer: str


def openwrt_sections(printed: str) -> list[OpenWrtSection]:
    """Read the service file and the sections as ddns-scripts do."""
    (name, service) = re.findall(
        r"^# /usr/share/ddns/custom/(\S+)\.json\n(\{\n.*?^\})", printed, re.MULTILINE | re.DOTALL
    )[0]
    made = json.loads(service)
    assert re.search(r"^config ddns 'global'\n +option use_curl '1'$", printed, re.MULTILINE)
    found = []
    for text in re.findall(r"^config service '\w+'\n((?: +option .*\n)+)", printed, re.MULTILINE):
        options = dict(re.findall(r"option (\w+) '(.*)'", text))
        assert options["service_name"] == name
        family = made["ipv6" if options["use_ipv6"] == "1" else "ipv4"]
        found.append(OpenWrtSection(options, family["url"], family.get("answer", "")))
    return found


def _openwrt_urls(printed: str) -> list[tuple[str, str]]:
    found = []
    for section in openwrt_sections(printed):
        assert section.options["use_https"] == section.options["enabled"] == "1"
        address = IPV6 if section.options["use_ipv6"] == "1" else IPV4
        url = section.url.replace("[IP]", address)
        for word in ("username", "password", "domain"):
            url = url.replace(f"[{word.upper()}]", section.options[word])
        found.append((url, address))
    return found


def _openwrt_reads(printed: str, address: str, answer: Answer) -> Reading:
    section = openwrt_sections(printed)[address == IPV6]
    if not section.answer:
        return _success(if_=answer.status > 0)
    matched = re.search(section.answer, answer.body, re.IGNORECASE | re.MULTILINE)
    return _success(if_=matched is not None)


def _synology_urls(printed: str) -> list[tuple[str, str]]:
    assert _field("Password", printed) == TOKEN
    url = _field("Query URL", printed)
    host = _field("Hostname", printed)
    return [(url.replace("__HOSTNAME__", host).replace("__MYIP__", IPV4), IPV4)]


def _synology_reads(_: str, __: str, answer: Answer) -> Reading:
    return _success(if_=answer.body.split(" ")[0] in ("good", "nochg"), else_=Reading.FAILURE)


def _mikrotik_urls(printed: str) -> list[tuple[str, str]]:
    words = dict(re.findall(r'(\w+)="([^"]*)"', printed))
    assert (words["user"], words["password"]) == (HOST, TOKEN)
    assert "mode=https check-certificate=yes" in printed
    return [(words["url"].replace("\\?", "?"), IPV4)]


def _mikrotik_reads(_: str, __: str, answer: Answer) -> Reading:
    # An error ends the script; the scheduler runs it again.
    return _success(if_=200 <= answer.status < 300)


CLIENTS = {
    "ddclient": Client(
        "run: 3.10.0; source: f4dcf6f, ddclient.in", _ddclient_urls, _ddclient_reads
    ),
    "inadyn": Client("run: 2.10.0; source: 98e43d7, plugins/custom.c", _inadyn_urls, _inadyn_reads),
    "fritzbox": Client("as others observed it", _fritzbox_urls, _fritzbox_reads),
    "unifi": Client("as inadyn, which is inside", _unifi_urls, _inadyn_reads),
    "pfsense": Client(
        "source: 00105b3, src/etc/inc/dyndns.class, _update() and _checkStatus(), case 'custom'",
        _pfsense_urls,
        _pfsense_reads,
    ),
    "opnsense": Client(
        "source: 04c0463, dns/ddclient, lib/account/dyndns2.py, execute(); lib/poller.py, run()",
        _opnsense_urls,
        _opnsense_reads,
    ),
    "openwrt": Client(
        "source: 036079b, net/ddns-scripts, dynamic_dns_functions.sh, do_transfer(), send_update()",
        _openwrt_urls,
        _openwrt_reads,
    ),
    "synology": Client("its manual: the words", _synology_urls, _synology_reads),
    "mikrotik": Client("its manual: /tool fetch", _mikrotik_urls, _mikrotik_reads),
    "curl": Client("run: 7.88; its manual", _curl_urls, _curl_reads),
}
"""By the client's short name; ddns.sh is tested on its own."""
