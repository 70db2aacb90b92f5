"""The emulator's process, seen from outside: start, clients, environment, stop."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config

from ddns_constructs.local.certificate import Certificate
from ddns_constructs.local.errors import LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACCOUNT", "REGION", "Emulator"]

ACCOUNT = "000000000000"
REGION = "us-east-1"
_ADMINISTRATOR = "test"
"""MiniStack's key of the account's root, for whom no policy is asked. Loopback only."""

_ADMINISTRATOR_S = {
    "aws_access_key_id": _ADMINISTRATOR,
    "aws_secret_access_key": _ADMINISTRATOR,
}
_ATTEMPTS = 3
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 5.0
_PACKAGES = Path(__file__).parents[2]
_NEVER_INHERITED = ("AWS_", "CDK_")  # what could lead to a real account
_NO_PROXY = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
_NO_USER_CONFIGURATION = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class Emulator:
    """A running MiniStack with enforced IAM and TLS, on a free port of 127.0.0.1."""

    def __init__(self, process: subprocess.Popen[bytes], state: Path, port: int) -> None:
        self._process = process
        self._state = state
        self._clients: dict[tuple[str, int], Any] = {}
        self._clients_of_roles: list[Any] = []
        self.endpoint_url = f"https://127.0.0.1:{port}"
        self.certificates = Certificate.written_in(state)
        self.certificate = self.certificates.certificate

    @classmethod
    def start(cls) -> Emulator:
        """Start the process and wait until it answers.

        Raises:
            LocalAwsError: The process ended or said why it cannot run.
        """
        state = Path(tempfile.mkdtemp(prefix="ddns-local-"))
        try:
            process = _spawn(state)
        except BaseException:
            shutil.rmtree(state, ignore_errors=True)
            raise
        try:
            return cls(process, state, _announced_port(process, state))
        except BaseException:
            _end(process, state)
            raise

    @property
    def pid(self) -> int:
        """The process id; also the id of its process group, which holds the Lambda functions."""
        return self._process.pid

    def folder(self, name: str) -> Path:
        """Make a folder that goes with the process, also when our own process is killed."""
        made = self._state / name
        made.mkdir()
        return made

    def stop(self) -> None:
        """End the process, the Lambda functions it runs, and remove its files."""
        for client in (*self._clients.values(), *self._clients_of_roles):
            client.close()
        self._clients.clear()
        self._clients_of_roles.clear()
        _end(self._process, self._state)

    def client(self, service: str, attempts: int = _ATTEMPTS) -> Any:  # noqa: ANN401 - boto3 makes the methods at run time
        """Return a boto3 client of the account's administrator; the same one every time.

        Args:
            service: The name that boto3 has for the service, such as `ec2`.
            attempts: How often it tries. Default: three times.
        """
        if (service, attempts) not in self._clients:
            self._clients[service, attempts] = self._new_client(service, attempts)
        return self._clients[service, attempts]

    def client_as(self, role: str, service: str) -> Any:  # noqa: ANN401 - likewise
        """Return a new boto3 client that acts as a role, for an hour.

        Args:
            role: The role's ARN; it must trust the account, or any service.
            service: The name that boto3 has for the service, such as `route53`.
        """
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="client")[
            "Credentials"
        ]
        made = self._new_client(
            service,
            _ATTEMPTS,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        self._clients_of_roles.append(made)
        return made

    def _new_client(self, service: str, attempts: int, **credentials: str) -> Any:  # noqa: ANN401 - likewise
        session = botocore.session.Session(session_vars=_NO_USER_CONFIGURATION)
        return boto3.Session(botocore_session=session).client(  # type: ignore[call-overload] # no literal
            service,
            region_name=REGION,
            endpoint_url=self.endpoint_url,
            **(credentials or _ADMINISTRATOR_S),
            verify=str(self.certificate),
            # No proxy between us and loopback, whatever the environment says.
            config=Config(proxies={}, retries={"mode": "standard", "max_attempts": attempts}),
        )

    def exports(self) -> dict[str, str]:
        """Return the variables that send an AWS tool here instead of to AWS."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": _ADMINISTRATOR,
            "AWS_SECRET_ACCESS_KEY": _ADMINISTRATOR,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CA_BUNDLE": str(self.certificate),
        }

    def environment(self) -> dict[str, str]:
        """Return a whole environment for a child: ours without AWS settings, plus `exports`."""
        return {
            **_inherited(),
            **self.exports(),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
            **_NO_PROXY,
            "PYTHONPATH": os.pathsep.join(
                [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
        }


def _inherited() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(_NEVER_INHERITED)}


def _spawn(state: Path) -> subprocess.Popen[bytes]:
    certificate = Certificate.write(state)
    with (state / "emulator.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "ddns_constructs.local._ministack"],
            cwd=state,
            env=_emulator_environment(state, certificate),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # A group of its own: Ctrl-C reaches us only, and we end it in order.
            start_new_session=True,
        )


def _emulator_environment(state: Path, certificate: Certificate) -> Mapping[str, str]:
    trusted = str(certificate.certificate)
    return {
        **_inherited(),
        "PYTHONPATH": str(_PACKAGES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DDNS_LOCAL_STATE": str(state),
        "HOME": str(state),
        "TMPDIR": str(state),
        "STATE_DIR": str(state / "state"),
        "S3_DATA_DIR": str(state / "s3"),
        "LOG_LEVEL": "WARNING",
        "AUTH": "true",  # IAM policies count
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": trusted,
        "MINISTACK_SSL_KEY": str(certificate.key),
        "MINISTACK_HOST": "127.0.0.1",
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        # What the Lambda functions inherit: they call back over TLS, with boto3 and with urllib.
        "AWS_CA_BUNDLE": trusted,
        "SSL_CERT_FILE": trusted,
        # Ports and daemons that it would open or ask without being used.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{state}/no-docker",
        **_NO_PROXY,
    }


def _announced_port(process: subprocess.Popen[bytes], state: Path) -> int:
    stdout = _pipe(process.stdout)
    ready, _, _ = select.select([stdout], [], [], _START_TIMEOUT)
    line = stdout.readline() if ready else b""
    message = json.loads(line) if line else {}
    if "port" in message:
        return int(message["port"])
    reason = message.get("error") or _tail(state) or f"no answer for {_START_TIMEOUT:.0f} seconds"
    raise LocalAwsError(f"the AWS emulator did not start: {reason}")


def _end(process: subprocess.Popen[bytes], state: Path) -> None:
    with contextlib.suppress(BrokenPipeError):
        _pipe(process.stdin).close()  # the sign for the process to end itself and its group
    try:
        process.wait(_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    _pipe(process.stdout).close()
    shutil.rmtree(state, ignore_errors=True)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # pragma: no cover - Popen was asked for it
        raise LocalAwsError("the emulator has no pipe")
    return stream


def _tail(state: Path, lines: int = 20) -> str:
    try:
        text = (state / "emulator.log").read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
