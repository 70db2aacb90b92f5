"""The emulator's process: where it listens, what it leaves behind."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.local import LocalAws, LocalAwsError
from ddns_constructs.local import emulator as emulator_module
from ddns_constructs.local.emulator import Emulator
from tests.local.processes import (
    PATIENCE,
    alive_in_group,
    eventually,
    listening_beyond_loopback,
    start_python,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

START = "from ddns_constructs.local import LocalAws; aws = LocalAws.start()"
# A function that is busy when the end comes.
CODE = "import time\ndef handler(event, context):\n    time.sleep(event['seconds'])\n    return 1\n"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    running = Emulator.start()
    yield running
    running.stop()


def run_busy_function(emulator: Emulator) -> None:
    role = emulator.client("iam").create_role(
        RoleName="busy", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("busy.py", CODE)
    functions = emulator.client("lambda")
    functions.create_function(
        FunctionName="busy",
        Runtime="python3.14",
        Handler="busy.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": archive.getvalue()},
        Timeout=600,
    )
    functions.invoke(FunctionName="busy", Payload=b'{"seconds": 0}')
    functions.invoke(FunctionName="busy", InvocationType="Event", Payload=b'{"seconds": 500}')


def test_it_listens_on_loopback_only(emulator: Emulator) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("only Linux shows who listens where")
    assert listening_beyond_loopback(emulator.pid) == []


def test_the_user_s_aws_settings_are_neither_read_nor_passed_on(
    monkeypatch: pytest.MonkeyPatch, emulator: Emulator
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "https://ec2.us-east-1.amazonaws.com")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    arn = emulator.client("sts").get_caller_identity()["Arn"]
    assert arn == "arn:aws:iam::000000000000:root"
    assert emulator.client("ec2").describe_instances()["Reservations"] == []
    environment = emulator.environment()
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_EC2"} & environment.keys()
    assert environment["AWS_CONFIG_FILE"] == os.devnull


def test_stopping_ends_every_process_and_removes_every_file(emulator: Emulator) -> None:
    run_busy_function(emulator)
    state = emulator.certificate.parent
    assert eventually(lambda: len(alive_in_group(emulator.pid)) > 1)
    emulator.stop()
    assert eventually(lambda: not alive_in_group(emulator.pid))
    assert not state.exists()


def test_leaving_by_an_exception_ends_everything() -> None:
    threads = set(threading.enumerate())
    started: list[LocalAws] = []

    def fail() -> None:
        with LocalAws.start() as aws:
            started.append(aws)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert eventually(lambda: not alive_in_group(started[0].pid))
    assert set(threading.enumerate()) - threads == set()


@pytest.mark.parametrize("ending", (signal.SIGKILL, signal.SIGTERM, signal.SIGINT))
def test_it_ends_with_its_parent_however_that_ends(ending: signal.Signals) -> None:
    code = "print(aws.pid, aws.exports()['AWS_CA_BUNDLE'], flush=True)"
    parent = start_python(f"import time; {START}; {code}; time.sleep(600)")
    assert parent.stdout is not None
    pid, certificate = parent.stdout.readline().split()
    assert alive_in_group(int(pid))
    parent.send_signal(ending)
    parent.communicate(timeout=PATIENCE)
    assert eventually(lambda: not alive_in_group(int(pid)))
    assert eventually(lambda: not Path(certificate).parent.exists())


def test_a_parent_that_forgets_to_stop_it_leaves_nothing() -> None:
    parent = start_python(f"{START}; print(aws.pid)")
    printed, _ = parent.communicate(timeout=PATIENCE)
    assert eventually(lambda: not alive_in_group(int(printed)))


def test_another_release_of_ministack_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    message = {"error": "ministack 1.5.33 is needed, 2.0.0 is installed"}
    replace_process(monkeypatch, f"print({json.dumps(message)!r})")
    with pytest.raises(LocalAwsError, match=r"ministack 1\.5\.33 is needed, 2\.0\.0 is installed"):
        Emulator.start()


def test_a_process_that_ends_at_once_is_reported_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replace_process(monkeypatch, "raise SystemExit('no such module')")
    with pytest.raises(LocalAwsError, match="did not start: no such module"):
        Emulator.start()


def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import time; print('{\"port\": 1}', flush=True); time.sleep(600)"
    replace_process(monkeypatch, code)
    monkeypatch.setattr(emulator_module, "_STOP_TIMEOUT", 0.2)
    running = Emulator.start()
    running.stop()
    assert eventually(lambda: not alive_in_group(running.pid))


def replace_process(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    start = subprocess.Popen

    def start_other(_: list[str], **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401
        return start([sys.executable, "-c", code], **options)

    monkeypatch.setattr(emulator_module.subprocess, "Popen", start_other)
