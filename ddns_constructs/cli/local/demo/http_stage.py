"""What demonstrations share that show something over HTTP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

from ddns_constructs.cli.local.demo.stage import Stage, StepFailedError
from ddns_constructs.local.errors import LocalAwsError

__all__ = ["HERE", "MOVED", "HttpStage", "Reply", "can_bind", "check_curl"]

HERE, MOVED = "127.0.0.1", "127.0.0.2"
_OF_ONE_REQUEST = ("Date:", "x-amzn-RequestId:")


class Reply(NamedTuple):
    """What the service answered.

    Attributes:
        status: The status.
        headers: Its lines, without those that differ from request to request.
        body: The body, without space around it.
    """

    status: int
    headers: frozenset[str]
    body: str


@dataclass
class HttpStage(Stage, ABC):
    """A stage with something to call."""

    @property
    @abstractmethod
    def base(self) -> str:
        """What paths are appended to, over HTTPS."""

    def curl(self, path: str, *options: str, base: str = "") -> Reply:
        """Send a request with curl over HTTPS."""
        self.act()
        command = ["curl", "--silent", "--show-error", "--include", "--http1.1"]
        # What is asked is on this machine, whatever proxy the environment names.
        command += ["--noproxy", "*", "--cacert", str(self.aws.certificate), *options]
        done = subprocess.run(  # noqa: S603 - our own words
            [*command, f"{base or self.base}{path}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepFailedError(f"curl failed: {done.stderr.strip()}")
        head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
        first, *lines = head.split("\n")
        kept = frozenset(each for each in lines if not each.startswith(_OF_ONE_REQUEST))
        return Reply(int(first.split()[1]), kept, body.strip())

    def expect_reply(self, what: str, reply: Reply, status: int, body: str) -> None:
        """Check what the service answered, and show it."""
        seen = f"{what}: {reply.status} {reply.body}"
        if (reply.status, reply.body) != (status, body):
            raise StepFailedError(f"expected: {what}: {status} {body}\nseen: {seen}")
        self.report.seen(seen, time.monotonic() - self.acted)


def can_bind(address: str) -> bool:
    """Return whether this machine has a loopback address; macOS has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def check_curl() -> None:
    """Check that there is a curl.

    Raises:
        LocalAwsError: There is none.
    """
    if shutil.which("curl") is None:
        raise LocalAwsError("this demonstration needs curl: install it")
