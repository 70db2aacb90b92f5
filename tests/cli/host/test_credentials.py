"""New credentials are strong, and stored as the function compares them."""

from __future__ import annotations

from ddns.core.client import credentials
from ddns_constructs.cli.hosts.credentials import digest, new_secret, new_token


def test_a_stored_token_is_what_the_function_compares_with() -> None:
    token = new_token()
    assert digest(token) == credentials.token(token.encode()).digest


def test_no_two_credentials_are_the_same() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len({new_secret() for _ in range(100)}) == 100
