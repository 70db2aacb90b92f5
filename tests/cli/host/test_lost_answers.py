"""An answer of DynamoDB that does not arrive: the command tries again, and succeeds once."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from ddns_constructs.cli.deployment import aws_client
from tests.cli.host.table import NAME, SECRETS, credentials, host, of_the_blog_sample, rotated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Administrator

pytestmark = pytest.mark.usefixtures("_standing_clock", "_empty_zone")


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Drop the first answer of DynamoDB to an operation: it was done, and botocore tries again."""

    def drop(operation: str) -> None:
        def client(service: str) -> Any:  # noqa: ANN401 - a boto3 client
            made = aws_client(service)
            left = [operation] if service == "dynamodb" else []

            def send(request: Any, **_: object) -> AWSResponse | None:  # noqa: ANN401 - botocore's
                if not left:
                    return None
                left.clear()
                assert (
                    URLLib3Session(verify=os.environ["AWS_CA_BUNDLE"]).send(request).status_code
                    == 200
                )
                return AWSResponse(request.url, 500, {}, Nothing())

            made.meta.events.register(f"before-send.dynamodb.{operation}", send)
            return made

        monkeypatch.setattr("ddns_constructs.cli.hosts.session.aws_client", client)

    return drop


class Nothing:
    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield b""


def test_a_host_whose_answer_was_lost_is_added(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    lost("PutItem")
    made = json.loads(admin.host("add", NAME, "--types", "A,AAAA", "--ttl", "60", "--json"))
    digest = hashlib.sha256(made["token"].encode()).hexdigest()
    assert admin.item(NAME)["tokens"] == {"L": [{"S": digest}]}


def test_a_host_behind_another_whose_answer_was_lost_is_added(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    admin.host("add", "router.dyn.example.com")
    lost("TransactWriteItems")
    admin.host("add", NAME, "--behind", "router.dyn.example.com", "--suffix", "::2")
    assert admin.item("router.dyn.example.com")["members"] == {"SS": [NAME]}


def test_a_rotation_whose_answer_was_lost_shows_the_new_ones(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    host(admin)
    lost("UpdateItem")
    made = rotated(admin)
    assert credentials(admin)[1] == [made["secret"], SECRETS[0]]


def test_an_item_of_the_blog_sample_whose_answer_was_lost_is_changed(
    admin: Administrator, lost: Callable[[str], None]
) -> None:
    of_the_blog_sample(admin)
    lost("UpdateItem")
    admin.host("set", NAME, "--ttl", "60")
    assert admin.item(f"{NAME}.")["ttl"] == {"N": "60"}


@pytest.mark.parametrize("revision", ({}, {"revision": {"N": "3"}}))
def test_a_removal_whose_answer_was_lost_is_one(
    admin: Administrator, lost: Callable[[str], None], revision: dict[str, Any]
) -> None:
    host(admin, **revision)
    lost("DeleteItem")
    assert f"{NAME} is removed" in admin.host("remove", NAME, "--yes")
