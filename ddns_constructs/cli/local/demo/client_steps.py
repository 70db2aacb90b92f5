"""ClientDdns at work, step by step: real commands, a real client, answers over the wire."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ddns_constructs.cli.local.demo.http_stage import HERE as _HERE
from ddns_constructs.cli.local.demo.http_stage import MOVED as _MOVED
from ddns_constructs.cli.local.demo.http_stage import HttpStage, Reply, check_curl
from ddns_constructs.cli.local.demo.http_stage import can_bind as _can_bind
from ddns_constructs.cli.local.demo.stage import StepFailedError, play_steps
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.examples import client_script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns_constructs.cli.report import Report
    from ddns_constructs.local import LocalAws

__all__ = ["STEPS", "ClientStage", "play"]

HOST = "home.dyn.example.test"
_STRICT = "strict.dyn.example.test"
_UNKNOWN = "nobody.dyn.example.test"
_SOMEBODY_ELSES = "192.0.2.99"  # RFC 5737: documentation
_IPV6 = "2001:db8::7"  # RFC 3849: likewise
_DDNS = "import sys; sys.argv[0] = 'ddns'; from ddns_constructs.cli import main; main()"


@dataclass
class ClientStage(HttpStage):
    """The account, the stack of the example, the function URL, and the credentials."""

    token: str = field(default="", kw_only=True)
    secret: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        self.url = self.aws.function_url(self.outputs["FunctionName"])

    @property
    def base(self) -> str:
        """The function URL."""
        return self.url.https

    def answers(self, rdtype: str, *values: str, name: str = HOST, status: str = "") -> None:
        """Ask the name server, as the internet does, until it answers this."""
        self.expect(name, rdtype, *values, view=View.PUBLIC, status=status)

    def ddns(self, *words: str) -> str:
        """Run the `ddns` command as in a shell of the administrator."""
        self.act()
        done = subprocess.run(  # noqa: S603 - this interpreter, our own words
            [sys.executable, "-c", _DDNS, *words, "--stack", "ClientDdns"],
            env=self.aws.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        command = shlex.join(("ddns", *words))
        if done.returncode:
            raise StepFailedError(f"{command} failed: {done.stderr.strip()}")
        self.report.seen(f"$ {command}", time.monotonic() - self.acted)
        return done.stdout

    def update(self, *options: str, host: str = HOST, more: str = "", base: str = "") -> Reply:
        """Send an update as a router does."""
        login = ["--user", f"{host}:{self.token}"] if "--user" not in options else []
        return self.curl(f"nic/update?hostname={host}{more}", *login, *options, base=base)

    def post(self, content: object) -> Reply:
        """Send a request of the AWS blog sample's protocol."""
        return self.curl("", *_json(json.dumps(content)))

    def sample_update(self, host: str = HOST) -> Reply:
        """Ask for the address and set it, as the AWS blog sample's client does."""
        address = json.loads(self.post({"execution_mode": "get"}).body)["return_message"]
        self.report.seen(f"get: {address}", time.monotonic() - self.acted)
        digest = hashlib.sha256(f"{address}{host}{self.secret}".encode()).hexdigest()
        return self.post(
            {"execution_mode": "set", "ddns_hostname": host, "validation_hash": digest}
        )


def _add(stage: ClientStage) -> None:
    shown = stage.ddns("host", "add", HOST, "--secret", "--addresses", "any", "--json")
    made = json.loads(shown)
    stage.token, stage.secret = made["token"], made["secret"]
    stage.report.seen(f"a token of {len(stage.token)} and a secret of {len(stage.secret)} letters")
    stage.answers("A", status="NXDOMAIN")


def _sample(stage: ClientStage) -> None:
    changed = f"Your hostname record {HOST}. has been set to {_HERE}"
    unchanged = "Your IP address matches the current Route53 DNS record."
    for status, message in ((201, changed), (200, unchanged)):
        said = json.dumps({"return_message": message, "return_status": "success"})
        stage.expect_reply("set", stage.sample_update(), status, said)
        stage.answers("A", _HERE)


def _dyndns2(stage: ClientStage) -> None:
    stage.expect_reply("update", stage.update(), 200, f"nochg {_HERE}")
    if _can_bind(_MOVED):
        stage.expect_reply(
            f"from {_MOVED}", stage.update("--interface", _MOVED), 200, f"good {_MOVED}"
        )
    else:  # macOS has one loopback address
        moved = stage.update(more=f"&myip={_MOVED}")
        stage.expect_reply(f"myip={_MOVED}", moved, 200, f"good {_MOVED}")
    stage.answers("A", _MOVED)


def _ipv6(stage: ClientStage) -> None:
    if stage.url.https_ipv6:
        reply = stage.update(base=stage.url.https_ipv6)
        stage.expect_reply("over IPv6", reply, 200, "good ::1")
        stage.answers("AAAA", "::1")
        stage.answers("A", _MOVED)
    reply = stage.update(more=f"&myip={_HERE},{_IPV6}")
    stage.expect_reply("both families stated", reply, 200, f"good {_HERE},{_IPV6}")
    stage.answers("AAAA", _IPV6)
    stage.answers("A", _HERE)


def _signed(stage: ClientStage) -> None:
    settings = {
        "url": stage.url.https,
        "host": HOST,
        "cacert": str(stage.aws.certificate),
        "mode": "signed",
        # What is not this machine's cannot be predicted: see `_dyndns2`.
        "interface": _MOVED if _can_bind(_MOVED) else _HERE,
    }
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "ddns.conf")
        config.touch(mode=0o600)
        config.write_text("\n".join(f"{name} = {value}" for name, value in settings.items()))
        # The change before may be younger than `change_interval`: the queue does this one then.
        for expected in (("changed", "accepted"), ("unchanged",)):
            stage.act()
            said = _run_script(stage, config)
            if settings["interface"] == _MOVED and not any(f" {each}" in said for each in expected):
                raise StepFailedError(f"expected: ddns.sh says {expected[0]}\nseen: {said}")
            stage.report.seen(f"ddns.sh: {said}", time.monotonic() - stage.acted)
            stage.answers("A", settings["interface"])


def _run_script(stage: ClientStage, config: Path) -> str:
    done = subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", str(client_script()), "-v", "-c", str(config)],
        env={"PATH": os.environ.get("PATH", os.defpath), "DDNS_SECRET": stage.secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepFailedError(f"ddns.sh ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def _refuse(stage: ClientStage) -> None:
    wrong = stage.update("--user", f"{HOST}:{stage.token[::-1]}")
    stage.expect_reply("a wrong token", wrong, 401, "badauth")
    unknown = stage.update(host=_UNKNOWN)
    if unknown != wrong:
        raise StepFailedError(f"expected: the same for an unknown host\nseen: {unknown}, {wrong}")
    stage.expect_reply("an unknown host, the same to the letter", unknown, 401, "badauth")
    stage.ddns("host", "add", _STRICT, "--same-credentials-as", HOST, "--addresses", "source")
    foreign = stage.update(host=_STRICT, more=f"&myip={_SOMEBODY_ELSES}")
    stage.expect_reply("somebody else's address", foreign, 403, "abuse")
    headers = _signature(stage, int(time.time()))
    again = [stage.curl("v1/update", *headers) for _ in range(2)]
    if [reply.status for reply in again] != [200, 401]:
        raise StepFailedError(f"expected: a signed request works once\nseen: {again}")
    stage.report.seen("a signed request, recorded and sent again: 401")
    stage.answers("A", name=_STRICT, status="NXDOMAIN")
    stage.answers("A", name=_UNKNOWN, status="NXDOMAIN")


def _signature(stage: ClientStage, now: int) -> list[str]:
    """Return curl's options for a signed request; docs/protocols.md tells what is signed."""
    content = json.dumps({"host": HOST, "addresses": ["auto"]})
    nonce = f"demo-{os.urandom(8).hex()}"
    digest = hashlib.sha256(content.encode()).hexdigest()
    text = "\n".join(("ddns1", "POST", "/v1/update", HOST, "auto", str(now), nonce, digest))
    signature = hmac.digest(stage.secret.encode(), text.encode(), "sha256").hex()
    headers = {
        "X-Ddns-Time": str(now),
        "X-Ddns-Nonce": nonce,
        "X-Ddns-Signature": f"v1={signature}",
    }
    options = [each for name, value in headers.items() for each in ("--header", f"{name}: {value}")]
    return [*options, *_json(content)]


def _json(content: str) -> list[str]:
    return ["--header", "Content-Type: application/json", "--data-binary", content]


def _remove(stage: ClientStage) -> None:
    for name in (HOST, _STRICT):
        stage.ddns("host", "remove", name, "--yes")
    stage.answers("A", status="NXDOMAIN")
    stage.expect_reply("its client", stage.update(), 401, "badauth")
    stage.emptied()
    dead, _ = stage.messages("DeadLetterQueueUrl")
    if dead:
        raise StepFailedError(f"expected: an empty dead-letter queue\nseen: {dead} messages")


STEPS: Mapping[str, Callable[[ClientStage], None]] = {
    "a host is added: its credentials are shown once": _add,
    "the AWS blog sample's protocol: get, set, matches": _sample,
    "dyndns2: nochg, and good from another address": _dyndns2,
    "IPv6: the other family is kept": _ipv6,
    "signed, by clients/ddns.sh": _signed,
    "refused: strangers, other people's addresses, a replay": _refuse,
    "the host is removed: its records are gone": _remove,
}


def play(aws: LocalAws, outputs: Mapping[str, str], report: Report) -> bool:
    """Play every step; stop at the first that does not hold.

    Args:
        aws: A local AWS into which the example `client_ddns` has been deployed.
        outputs: The outputs of its stack.
        report: Hears of steps and answers.

    Returns:
        Whether every step held.

    Raises:
        LocalAwsError: There is no curl.
    """
    check_curl()
    return play_steps(ClientStage(aws, outputs, report), STEPS)
