"""What a cold start costs over importing boto3 and making the same clients."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

_LAMBDA_SRC = Path(__file__).parent.parent / "lambda_src"
_ROUNDS = 9

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
    """Return a cold start's processor time over the bare one's, medians of interleaved runs."""
    bare, ours = [], []
    for _ in range(_ROUNDS):
        bare.append(_seconds(_BARE))
        ours.append(_seconds(_OURS))
    return statistics.median(ours) / statistics.median(bare)


def _seconds(code: str) -> float:
    environment = {
        **os.environ,
        "PYTHONPATH": str(_LAMBDA_SRC),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "ddns",
        "DDNS_TABLE": "ledger",
        "DDNS_QUEUE_URL": "https://sqs.test/queue",
        "DDNS_DEAD_LETTER_QUEUE_URL": "https://sqs.test/dead",
        "DDNS_ZONES": '[{"id": "Z1", "name": "example.internal", "private": true}]',
        "DDNS_TTL": "60",
        "DDNS_TAGS": '{"zone": "ZONE", "cname": "CNAME", "host_name": "HOSTNAME"}',
        "DDNS_HOST_NAME": "{private_dns}",
        "DDNS_USE_DHCP_DOMAIN": "true",
        "DDNS_REVERSE_ZONES": "listed",
        "DDNS_ASSOCIATE_VPCS": "false",
        "DDNS_RECORD_POLICY": "sync",
        "DDNS_ADOPT": "[]",
        "DDNS_MAX_DELETES": "100",
    }
    command = [sys.executable, "-c", code + _USED]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    return float(ran.stdout)
