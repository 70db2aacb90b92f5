"""A deployed ClientDdns, for clients that are what people use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ddns_constructs.local import LocalAws
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.examples import example_folder
from tests.cli.conftest import Administrator
from tests.local.processes import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ddns_constructs.local.http.function_urls import FunctionUrl

STACK = "ClientDdns"
_MESSAGES = [f"ApproximateNumberOfMessages{state}" for state in ("", "Delayed", "NotVisible")]


class Host(NamedTuple):
    """A host and what opens it."""

    name: str
    token: str
    secret: str


class Programs(NamedTuple):
    """Runs clients on this machine, which trust what is served at a URL."""

    https: str
    certificate: Path

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the variables of a client that runs in a folder of its own."""
        return {
            "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin",
            "HOME": str(folder),
            "LC_ALL": "C",
            "CURL_CA_BUNDLE": str(self.certificate),
        }

    def run(
        self, *command: str | Path, folder: Path, typed: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a client to its end.

        Args:
            command: The program and its arguments.
            folder: Where it runs, and its home.
            typed: What it reads from the terminal.
            environment: More variables.
        """
        return subprocess.run(
            command,
            cwd=folder,
            env={**self.environment(folder), **environment},
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


class Service(NamedTuple):
    """The example `client_ddns`, deployed, and its function URL on loopback."""

    admin: Administrator
    url: FunctionUrl

    @property
    def aws(self) -> LocalAws:
        """The account."""
        return self.admin.aws

    def add(self, label: str, *options: str) -> Host:
        """Add a host that may have any address, or what the options say."""
        name = f"{label}.dyn.example.test"
        policy = [] if "--addresses" in options else ["--addresses", "any"]
        shown = self.admin.host("add", name, "--secret", "--json", *policy, *options)
        made = json.loads(shown)
        return Host(name, made["token"], made["secret"])

    def answer(self, name: str, rdtype: str = "A") -> tuple[str, ...]:
        """Return what the name server says once the function has nothing left to do."""
        # On a machine that is busy it may leave to its queue what Route 53 was slow to take.
        assert eventually(lambda: not any(self._messages()))
        return self.aws.dns.ask(name, rdtype, View.PUBLIC).values

    def _messages(self) -> list[int]:
        """Return how many messages of its queue wait, are put off, and are being handled."""
        found = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.admin.outputs["QueueUrl"], AttributeNames=_MESSAGES
        )
        return [int(found["Attributes"][name]) for name in _MESSAGES]

    @property
    def programs(self) -> Programs:
        """Runs clients against it."""
        return Programs(self.url.https, self.aws.certificate)

    def run(
        self, *command: str | Path, folder: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a client to its end."""
        return self.programs.run(*command, folder=folder, **environment)


@pytest.fixture(scope="session")
def deployed() -> Iterator[tuple[LocalAws, dict[str, str]]]:
    """The account and the stack's outputs."""
    with LocalAws.start() as aws:
        yield aws, aws.deploy(example_folder("client_ddns"))[STACK]


@pytest.fixture
def service(deployed: tuple[LocalAws, dict[str, str]]) -> Iterator[Service]:
    """The service, with no hosts."""
    aws, outputs = deployed
    admin = Administrator(aws, outputs, STACK)
    yield Service(admin, aws.function_url(outputs["FunctionName"]))
    empty(aws, outputs)


def empty(aws: LocalAws, outputs: dict[str, str]) -> None:
    """Remove every host and every record, faster than the command does."""
    dynamodb, table = aws.client("dynamodb"), outputs["TableName"]
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"hostname": item["hostname"]})
    route53, zone = aws.client("route53"), outputs["HostedZoneIds"]
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": each}
        for each in found
        if each["Type"] not in ("NS", "SOA")
    ]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def needs(program: str) -> str:
    """Return where a program is; skip the tests where it is not."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed here; .ci/run tries to install it")
    return found
