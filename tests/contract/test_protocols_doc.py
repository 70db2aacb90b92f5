"""The lines of docs/protocols.md, run by a shell; their answers are those of the handler."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from tests.handlers.account import REGION
from tests.handlers.client.events import SOURCE, http_event
from tests.handlers.client.function import TABLE, ClientFunction, put_records

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOC = (Path(__file__).parents[2] / "docs" / "protocols.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", _DOC, re.DOTALL)
URL = "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws"
HOST, OLD = "home.example.com", "52.95.110.1"
TOKEN = "k7mq2x9wt4hz8rnv3pcy6jbdfa"  # noqa: S105 - of nobody
SECRET = "q4Zt9mWx7Rk2Hc6Vb8Np3Jd5Yf4Gs9Lt2Xw7Mz6Qr8K"  # noqa: S105 - likewise

# Writes its arguments down, and answers as check IP does.
_CURL = f"""#!/bin/sh
for argument; do printf '%s\\0' "$argument"; done >> "$CALLS"
printf '\\n' >> "$CALLS"
echo {SOURCE}
"""


@pytest.fixture
def function() -> Iterator[ClientFunction]:
    """The function, with a host that has an address."""
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "hostname", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "hostname", "AttributeType": "S"}],
        )
        made = ClientFunction(
            client,
            DDNS_OFFLINE="true",
            DDNS_RECORD_TYPES='["A", "AAAA", "TXT"]',
            DDNS_REFUSAL_STATUS="403",
        )
        made.clock.time = time.time()
        stamp = {"N": str(int(made.clock.now()) * 1000)}
        kept = {"value": {"S": OLD}, "ttl": {"N": "60"}, "stamp": {"N": "1"}}
        item = {
            "hostname": {"S": HOST},
            "zone_id": {"S": "Z1EXAMPLE"},
            "tokens": {"L": [{"S": sha256(TOKEN.encode()).hexdigest()}]},
            "secrets": {"L": [{"S": SECRET}]},
            "address_policy": {"S": "public"},
            "types": {"SS": ["A", "AAAA", "TXT"]},
            "state": {"M": {"A": {"M": kept}}},
            "revision": {"N": "1"},
            "verified": stamp,
        }
        client.put_item(TableName=TABLE, Item=item)
        put_records(made.route53, {f"{HOST}. A": f"60 {OLD}"})
        yield made


def calls(block: str, folder: Path) -> list[list[str]]:
    """Run a block by a shell whose curl writes down what it is asked for."""
    shim = folder / "curl"
    shim.write_text(_CURL)
    shim.chmod(0o755)
    log = folder / "calls"
    variables = {"URL": URL, "HOST": HOST, "TOKEN": TOKEN, "SECRET": SECRET, "CALLS": str(log)}
    subprocess.run(
        ["/bin/sh", "-eu", "-c", block],
        env={**variables, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return [line.split("\0")[:-1] for line in log.read_text().splitlines()]


def event(arguments: list[str], now: float) -> Any:  # noqa: ANN401 - JSON
    """Return the event of what curl was asked for."""
    headers: list[str] = []
    body: list[str] = []
    target = ""
    rest = iter(arguments)
    for argument in rest:
        if argument == "-s":
            continue
        if argument == "-u":
            headers.append("Authorization: Basic " + base64.b64encode(next(rest).encode()).decode())
        elif argument == "-H":
            headers.append(next(rest))
        elif argument == "-d":
            body.append(next(rest))
        else:
            assert not argument.startswith("-"), (
                f"an option that this test does not know: {argument}"
            )
            assert argument.startswith(URL + "/")
            target = argument.removeprefix(URL)
    if body and not any(each.lower().startswith("content-type:") for each in headers):
        headers.append("Content-Type: application/x-www-form-urlencoded")
    line = f"{'POST' if body else 'GET'} {target} HTTP/1.1"
    return http_event(line, headers, "&".join(body) if body else None, now=now)


@pytest.mark.skipif(not shutil.which("openssl"), reason="the lines need openssl")
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0][:40])
def test_every_line_has_the_answer_that_stands_under_it(
    block: str, function: ClientFunction, tmp_path: Path
) -> None:
    expected = re.findall(r"^# (\d{3}) (.*)$", block, re.MULTILINE)
    asked = calls(block, tmp_path)
    assert len(expected) == len(asked) == block.count("curl ")
    for arguments, (status, text) in zip(asked, expected, strict=True):
        answer = function(event(arguments, function.clock.now()))
        assert str(answer["statusCode"]) == status, arguments
        body = answer["body"].removesuffix("\n")
        if text.startswith("{"):
            wanted, found = json.loads(text), json.loads(body)
            assert found.keys() == wanted.keys()
            assert {k for k in wanted if wanted[k] not in (found[k], "...")} == set()
        else:
            assert body == text
        function.clock.time += 1


def test_there_are_lines_for_every_protocol() -> None:
    for section in ("Check IP", "dyndns2", "The AWS blog sample's protocol", "Signed"):
        text = _DOC.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        assert "```sh\ncurl" in text or "\ncurl" in text, section


def test_every_code_of_dyndns2_is_told() -> None:
    from ddns.core.client.protocols.dyndns2 import _CODES  # noqa: PLC0415 - for this one test

    text = _DOC.partition("\n## dyndns2\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| `([a-z0-9]+)", text, re.MULTILINE))
    assert {*_CODES.values(), "badauth", "numhost", "badagent"} <= told


def test_the_limits_are_told() -> None:
    from ddns.core.client import http, requests  # noqa: PLC0415 - for this one test
    from ddns.core.client.protocols import dyndns2, stated  # noqa: PLC0415 - likewise

    text = " ".join(_DOC.split())
    kilobytes = [each // 1024 for each in (http.MAX_PATH, http.MAX_QUERY, http.MAX_BODY)]
    told = "A path may have {} KB, a query {} KB (a form, together with the query), a body {} KB"
    assert told.format(*kilobytes) in text
    assert f"{http.MAX_ESCAPES} characters may be escaped" in text
    assert (
        f"a request {http.MAX_PARAMETERS} parameters, {stated.MAX_ADDRESSES} addresses and "
        f"{dyndns2.MAX_HOSTS} hosts"
    ) in text
    assert f"not ASCII may have {requests.MAX_UNICODE} characters altogether" in text


def test_every_parameter_that_counts_is_told() -> None:
    from ddns.core.client.protocols.stated import _IGNORED, UPDATES  # noqa: PLC0415 - likewise

    table = _DOC.partition("| parameter | meaning |")[2].partition("\n\n")[0]
    told = set(re.findall(r"`([a-z0-9]+)(?:=YES)?`", table))
    assert told >= UPDATES | _IGNORED


def test_the_vector_of_the_blog_samples_digest_is_right() -> None:
    (digest,) = re.findall(r"`([0-9a-f]{64})`", _DOC)
    assert sha256(b"176.32.100.36host1.dyn.example.comshared_secret_1").hexdigest() == digest
