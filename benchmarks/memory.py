"""Memory of the handler while it works on a large batch, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import local_aws
from ddns_constructs.local.emulator import Emulator

_LAMBDA_SRC = Path(__file__).parent.parent / "lambda_src"

_HANDLE = """
import json, sys, tracemalloc
event = json.load(open(sys.argv[1]))
warm = {"Records": event["Records"][:1]}
from ddns.handlers.instance import handler
class Context:
    @staticmethod
    def get_remaining_time_in_millis():
        return 3_600_000
handler(warm, Context)
tracemalloc.start()
answer = handler(event, Context)
assert answer == {"batchItemFailures": []}, str(answer)[:500]
print(tracemalloc.get_traced_memory()[1] / 1e6, file=sys.stderr)
"""


def growth(count: int) -> float:
    """Return how many MB of Python objects a warm function has at most while it handles messages.

    AWS is the local one, in another process, so that only the handler's own memory counts. The
    event itself is part of the baseline: Lambda has parsed it before the handler is called.
    """
    emulator = Emulator.start()
    try:
        environment = local_aws.prepare(emulator)
        event = local_aws.batch(local_aws.launch(count, emulator))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "event.json"
            path.write_text(json.dumps(event))
            ran = subprocess.run(  # noqa: S603 - our own code
                [sys.executable, "-c", _HANDLE, str(path)],
                env={**os.environ, **environment, "PYTHONPATH": str(_LAMBDA_SRC)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        return float(ran.stderr)
    finally:
        emulator.stop()
