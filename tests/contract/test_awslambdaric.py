"""The asset as Lambda runs it: the real runtime interface client, the synthesised environment."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from tests.contract.deployment import Deployment
from tests.contract.lambda_service import RuntimeApi, aws_endpoint, runtime
from tests.handlers.account import REGION, Account, shared_session
from tests.handlers.instance.function import record, state_change

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("awslambdaric", reason="Lambda's runtime interface client is for Unix only")

HANDLER = "ddns.handlers.instance.handler"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account on moto."""
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Account()
        shared_session()[1].reset()


@pytest.fixture
def deployment(account: Account, tmp_path: Path) -> Deployment:
    """The construct, synthesised for the account."""
    return Deployment(account, tmp_path / "cdk.out")


@pytest.fixture
def asset(deployment: Deployment, tmp_path: Path) -> Path:
    """The function's code, where nothing else of this repository is."""
    return shutil.copytree(deployment.asset(), tmp_path / "task")


def environment(runtime_api: str, endpoint: str) -> dict[str, str]:
    """Return what Lambda itself puts into an environment."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_LAMBDA_FUNCTION_NAME": "Ddns",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
        "NO_PROXY": "127.0.0.1",
        "PATH": os.environ["PATH"],
    }


def test_the_asset_answers_a_queue_batch_and_refuses_nonsense_by_name(
    account: Account, deployment: Deployment, asset: Path
) -> None:
    instance = account.launch(ZONE="example.internal", CNAME="www.example.com")
    api = RuntimeApi()
    with aws_endpoint() as endpoint, api.serve() as address:
        variables = environment(address, endpoint) | deployment.environment()
        with runtime(asset, HANDLER, variables) as process:
            batch = {"Records": [record(state_change(instance)), record("{", message_id="m-2")]}
            kind, answer = api.invoke(batch)
            assert (kind, answer) == ("response", {"batchItemFailures": []})
            kind, answer = api.invoke({"password": "hunter2"})
            assert (kind, answer["errorType"]) == ("error", "BadMessageError")
            assert "hunter2" not in answer["errorMessage"]
            kind, answer = api.invoke({"dry_run": True})
            assert (kind, answer["changes"]) == ("response", [])
            process.terminate()
            printed, _ = process.communicate(timeout=60)
    host = "ip-10-0-1-5.example.internal"
    assert account.records(account.private) == {(host, "A"): {"10.0.1.5"}}
    assert account.records(account.reverse) == {("5.1.0.10.in-addr.arpa", "PTR"): {host + "."}}
    assert account.records(account.public).keys() == {("www.example.com", "CNAME")}
    assert [message["Body"] for message in account.dead_letters()] == ["{"]
    lines: list[dict[str, Any]] = [json.loads(line) for line in printed.splitlines()]
    # A line that the function wrote stays as it was written: CloudWatch finds the metrics in it.
    assert [line["RecordsWritten"] for line in lines if "_aws" in line] == [3]


def test_a_start_without_settings_is_told_to_lambda_with_all_that_is_missing(asset: Path) -> None:
    api = RuntimeApi()
    with api.serve() as address:
        variables = environment(address, "http://127.0.0.1:9")
        with runtime(asset, HANDLER, variables) as process:
            kind, answer = api.outcome()
            assert (kind, answer["errorType"]) == ("init", "BadSettingsError")
            assert "DDNS_TABLE" in answer["errorMessage"]
            assert "DDNS_ZONES" in answer["errorMessage"]
            assert process.wait(timeout=60) != 0
