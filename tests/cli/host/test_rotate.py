"""`ddns host rotate`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.host.table import (
    NAME,
    NO_CREDENTIALS,
    SECRETS,
    credentials,
    host,
    of_the_blog_sample,
    rotated,
)

if TYPE_CHECKING:
    from tests.cli.conftest import Administrator

pytestmark = pytest.mark.usefixtures("_standing_clock", "_empty_zone")


def test_the_old_ones_live_until_the_next_rotation(admin: Administrator) -> None:
    host(admin)
    first = rotated(admin)
    tokens, secrets = credentials(admin)
    assert tokens[1:] == [SECRETS[1]]
    assert secrets == [first["secret"], SECRETS[0]]
    second = rotated(admin)
    tokens_after, secrets_after = credentials(admin)
    assert tokens_after[1:] == tokens[:1]
    assert secrets_after == [second["secret"], first["secret"]]


def test_now_drops_the_old_ones(admin: Administrator) -> None:
    host(admin)
    made = rotated(admin, "--now")
    tokens, secrets = credentials(admin)
    assert len(tokens) == 1
    assert secrets == [made["secret"]]


def test_one_kind_can_be_rotated_alone(admin: Administrator) -> None:
    host(admin)
    assert set(rotated(admin, "--token")) == {"host", "url", "token"}
    assert set(rotated(admin, "--secret", "--now")) == {"host", "url", "secret", "still_open"}
    tokens, secrets = credentials(admin)
    assert (len(tokens), len(secrets)) == (2, 1)


def test_a_host_gets_no_kind_that_it_did_not_have(admin: Administrator) -> None:
    host(admin, secrets={"L": []})
    assert "secret" not in rotated(admin)
    host(admin, tokens={"L": []})
    assert "token" not in rotated(admin)


def test_a_host_without_credentials_gets_a_token(admin: Administrator) -> None:
    host(admin, tokens={"L": []}, secrets={"L": []})
    assert set(rotated(admin)) == {"host", "url", "token"}


def test_it_says_what_becomes_of_the_old_ones(admin: Administrator) -> None:
    host(admin)
    assert "still work, until the next rotation" in admin.host("rotate", NAME)
    assert "are dropped" in admin.host("rotate", NAME, "--now")


@pytest.mark.parametrize(
    ("has", "words"), (({"secrets": {"L": []}}, ("--secret",)), (NO_CREDENTIALS, ()))
)
@pytest.mark.parametrize("now", ((), ("--now",)))
def test_a_first_credential_replaces_none(
    admin: Administrator, has: dict[str, Any], words: tuple[str, ...], now: tuple[str, ...]
) -> None:
    host(admin, **has)
    shown = admin.host("rotate", NAME, *words, *now)
    assert f"{NAME} had none before" in shown
    assert "the ones before" not in shown


def test_of_a_secret_it_says_that_it_is_stored_in_clear(admin: Administrator) -> None:
    host(admin)
    assert "shown this once; it is stored in clear" in admin.host("rotate", NAME, "--secret")
    assert "shown this once; only a digest" in admin.host("rotate", NAME, "--token")
    assert "only a digest is stored, the secret in clear" in admin.host("rotate", NAME)


def test_now_names_the_other_hosts_that_still_accept_the_old_ones(admin: Administrator) -> None:
    host(admin)
    host(admin, "www.example.com")
    host(admin, "mail.example.com", tokens={"L": []})
    host(admin, "other.example.com", tokens={"L": []}, secrets={"L": []})
    data = {"route_53_zone_id": "Z1", "route_53_record_ttl": 60, "shared_secret": SECRETS[0]}
    admin.put({"hostname": {"S": "old.example.com."}, "data": {"S": json.dumps(data)}})
    assert rotated(admin, "--token", "--now")["still_open"] == ["www.example.com"]
    shown = admin.host("rotate", NAME, "--now")
    assert (
        "They still open other hosts; rotate those too: "
        "mail.example.com, old.example.com, www.example.com\n" in shown
    )
    assert "other hosts" not in admin.host("rotate", NAME, "--now")


@pytest.mark.parametrize("nested", (False, True))
def test_an_item_of_the_blog_sample_becomes_one_of_ours(
    admin: Administrator, nested: object
) -> None:
    of_the_blog_sample(admin, nested=bool(nested))
    made = rotated(admin)
    item = admin.item(f"{NAME}.")
    assert "data" not in item
    assert item["zone_id"] == {"S": admin.zone_id("dyn.example.com")}
    assert (item["ttl"], item["types"]) == ({"N": "300"}, {"SS": ["AAAA"]})
    assert credentials(admin, f"{NAME}.") == ([], [made["secret"], SECRETS[2]])


def test_two_administrators_do_not_overwrite_each_other(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(admin)

    def meanwhile(length: int = 26) -> str:
        host(admin, tokens={"L": [{"S": "0ther"}]})
        return "x" * length

    monkeypatch.setattr("ddns_constructs.cli.hosts.credentials.new_token", meanwhile)
    assert "at the same time: run it again" in admin.refused("rotate", NAME)
    assert credentials(admin)[0] == ["0ther"]
