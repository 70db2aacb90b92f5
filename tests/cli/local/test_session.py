"""A local AWS ends in order, also when a signal ends the process."""

from __future__ import annotations

import signal

import pytest

from tests.local.processes import PATIENCE, start_python


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGHUP))
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    code = (
        "import time; from ddns_constructs.cli.local import session; session.end_on_signals()\n"
        "try:\n    print('ready', flush=True); time.sleep(600)\n"
        "finally:\n    print('ended in order', flush=True)"
    )
    process = start_python(f"exec({code!r})")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    output, _ = process.communicate(timeout=PATIENCE)
    assert (output, process.returncode) == ("ended in order\n", 128 + number)
