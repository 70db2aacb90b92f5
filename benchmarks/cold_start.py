"""What a cold start costs over importing boto3 and making the same clients."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import local_aws

_LAMBDA_SRC = Path(__file__).parent.parent / "lambda_src"
_ROUNDS = 24

_BARE = """
import boto3
from botocore.config import Config
session = boto3.Session()
for name in ("ec2", "dynamodb", "route53"):
    session.client(name, config=Config())
"""
_OURS = "import ddns.handlers.instance"
_USED = """
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime)
"""


def ratio() -> float:
    """Return a cold start's processor time over the bare one's, the least of interleaved runs.

    As in Lambda, boto3 is there as bytecode and our source is not.
    """
    bare, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        asset = Path(folder) / "asset"
        shutil.copytree(_LAMBDA_SRC, asset, ignore=shutil.ignore_patterns("__pycache__"))
        for _ in range(_ROUNDS):
            bare.append(_seconds(_BARE, asset))
            ours.append(_seconds(_OURS, asset))
    return min(ours) / min(bare)


def _seconds(code: str, asset: Path) -> float:
    environment = {
        **os.environ,
        "PYTHONPATH": str(asset),
        "PYTHONDONTWRITEBYTECODE": "1",
        **local_aws.settings(
            [{"id": "Z1", "name": "example.internal", "private": True}],
            "https://sqs.test/queue",
            "https://sqs.test/dead",
        ),
    }
    command = [sys.executable, "-c", code + _USED]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    return float(ran.stdout)
