"""What is loaded when a function starts: without the SDK a relay answers in time."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("handler", ("prober", "relay", "canary"))
def test_a_function_that_only_probes_loads_no_sdk(handler: str, repository: Path) -> None:
    code = (
        f"import sys; import ddns.handlers.{handler}\n"
        "assert not {'boto3', 'botocore'} & {each.partition('.')[0] for each in sys.modules}"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(repository / "lambda_src"),
        "AWS_LAMBDA_FUNCTION_NAME": "monitor",
        "NAME": "db",
        "ENDPOINTS": '{"primary": ["10.0.1.5"], "secondary": ["10.0.2.5"]}',
        "FAILOVER_CHECK": '{"kind": "tcp", "port": 5432}',
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=repository)
