"""What holds for every test: fake credentials, no network but loopback, nothing left behind."""

from __future__ import annotations

import atexit
import ipaddress
import os
import re
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything starts a process or a client: a real account must be out of reach.
for _name in [name for name in os.environ if name.startswith(("AWS_", "CDK_"))]:
    del os.environ[_name]
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - it opens nothing
    AWS_SESSION_TOKEN="testing",  # noqa: S106 - likewise
    AWS_DEFAULT_REGION="us-east-1",
    AWS_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)

# What programs print, and by which way they reach loopback, is not to depend on who runs the tests.
for _name in [
    *("CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "LINES", "NO_COLOR"),
    *("PY_COLORS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"),
    *("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy"),
]:
    os.environ.pop(_name, None)

FOLDER = "ddns-constructs-tests-"


def _remove_leftovers(temporary: Path) -> None:
    """Remove the folders of runs that have ended without doing so themselves."""
    for folder in temporary.glob(f"{FOLDER}*"):
        owner = re.match(r"(\d+)-", folder.name.removeprefix(FOLDER))
        if owner and not _is_running(int(owner[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


# A shell has what it starts in the background ignore Ctrl-C, and all that this starts would, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# CDK writes every cloud assembly into the temporary folder and leaves it there. One folder holds
# them all; it has the process in its name, so that what was killed is cleaned up by the next run.
_remove_leftovers(Path(tempfile.gettempdir()))
_TEMPORARY = tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-")
os.environ["TMPDIR"] = tempfile.tempdir = _TEMPORARY

# No test fails because the machine is busy.
settings.register_profile(
    "ddns-constructs",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ddns-constructs")


class NetworkBlockedError(RuntimeError):
    """A test wanted to talk to something that is not this machine."""


def _is_loopback(host: object) -> bool:
    if host in (None, "", b"", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _block_network(event: str, args: tuple[object, ...]) -> None:
    """Refuse whatever leaves the machine; an audit hook sees every socket of the process."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if not isinstance(address, tuple):  # a Unix socket
            return
        host = address[0]
    else:
        return
    if not _is_loopback(host):
        raise NetworkBlockedError(f"tests may use loopback only, got {event} to {host!r}")


sys.addaudithook(_block_network)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[1]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, and for want of what."""
    skipped = terminalreporter.stats.get("skipped", [])
    why = Counter(str(each.longrepr[2]).removeprefix("Skipped: ") for each in skipped)
    for reason, count in why.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}", yellow=True)


# At the very end: CDK's own process is still at work when pytest is not.
atexit.register(shutil.rmtree, _TEMPORARY, ignore_errors=True)
