"""Who may update a host: what is accepted, and that the work is the same whoever asks."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.client import credentials
from ddns.core.client.credentials import (
    Digest,
    Proof,
    Signature,
    accepts,
    remembering,
    replayed,
    token,
)
from ddns.core.client.hosts import Host

if TYPE_CHECKING:
    from collections.abc import Callable

TOKENS = ("k7mq2x9wt4hz8rnv3pcy6jbdfa", "w9d4hn7zr2tk6xq8m3bvp5ycfj")
SECRETS = (
    "q4Zt9mWx7Rk2Hc6Vb8Np3Jd5Yf4Gs9Lt2Xw7Mz6Qr8K",
    "h8Rv3Nx6Tq9Wb2Kz5Mc7Pd4Jf8Yg3Ls6Xt9Hw2Qr5Zn",
)
TEXT = "176.32.100.36home.example.com"


def host(count: int = 2, *, disabled: bool = False) -> Host:
    """Return a host with so many live credentials of each sort."""
    return Host(
        "home.example.com",
        "home.example.com",
        "Z1",
        tokens=tuple(sha256(each.encode()).hexdigest() for each in TOKENS[:count]),
        secrets=SECRETS[:count],
        disabled=disabled,
    )


def by_token(number: int) -> Proof:
    return token(TOKENS[number].encode())


def by_digest(number: int) -> Proof:
    return Digest(TEXT, sha256((TEXT + SECRETS[number]).encode()).hexdigest())


def by_signature(number: int) -> Proof:
    made = hmac.new(SECRETS[number].encode(), TEXT.encode(), "sha256").hexdigest()
    return Signature(TEXT.encode(), made, 1_700_000_000, "nonce-01")


PROOFS = pytest.mark.parametrize("prove", (by_token, by_digest, by_signature))


@PROOFS
def test_both_live_credentials_are_accepted(prove: Callable[[int], Proof]) -> None:
    assert accepts(host(), prove(0))
    assert accepts(host(), prove(1))


@PROOFS
def test_one_that_was_rotated_away_is_not(prove: Callable[[int], Proof]) -> None:
    assert accepts(host(1), prove(0))
    assert not accepts(host(1), prove(1))


@PROOFS
def test_nothing_is_accepted_of_a_host_that_is_unknown_disabled_or_has_no_credential(
    prove: Callable[[int], Proof],
) -> None:
    assert not accepts(None, prove(0))
    assert not accepts(host(0), prove(0))
    assert not accepts(host(disabled=True), prove(0))


@PROOFS
def test_whoever_asks_the_work_is_the_same(
    prove: Callable[[int], Proof], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []

    def compare(one: str | bytes, other: str | bytes) -> bool:
        compared.append((len(one), len(other)))
        return hmac.compare_digest(one, other)  # type: ignore[type-var]  # two of one kind

    monkeypatch.setattr(credentials, "compare_digest", compare)
    for each in (None, host(), host(1), host(0), host(disabled=True)):
        for number in (0, 1):
            accepts(each, prove(number))
            assert compared == [(64, 64)] * 2
            compared.clear()


def test_the_digest_of_an_empty_token_opens_nothing() -> None:
    everybodys = host()._replace(tokens=(sha256(b"").hexdigest(),))
    assert not accepts(everybodys, token(b""))


def test_what_fills_the_place_of_a_missing_credential_opens_nothing() -> None:
    for filler in ("-" * 64, "\x00", ""):
        nobody = host(0)
        assert not accepts(nobody, Digest(TEXT, sha256((TEXT + filler).encode()).hexdigest()))
        assert not accepts(nobody, token(filler.encode()))
        made = hmac.new(filler.encode(), TEXT.encode(), "sha256").hexdigest()
        assert not accepts(nobody, Signature(TEXT.encode(), made, 1_700_000_000, "nonce-01"))


@given(st.binary(max_size=64))
def test_no_other_token_is_accepted(sent: bytes) -> None:
    assert accepts(host(), token(sent)) == (sent.decode("latin-1") in TOKENS)


# ---------------------------------------------------------------- replays

NONCES = st.text("abcdefghij", min_size=8, max_size=8)
SIGNATURES = st.builds(
    Signature, st.just(b""), st.just(""), st.integers(1_700_000_000, 1_700_000_003), NONCES
)


@given(st.lists(st.integers(0, 3), max_size=30), st.lists(SIGNATURES, min_size=4, max_size=4))
def test_a_signed_request_is_taken_once_and_none_from_before_it(
    order: list[int], sent: list[Signature]
) -> None:
    current, taken = host(), []
    for number in order:
        proof = sent[number]
        if replayed(current, proof):
            newer = any(each.time > proof.time for each in taken)
            same = any((each.time, each.nonce) == (proof.time, proof.nonce) for each in taken)
            assert newer or same
            continue
        assert all((each.time, each.nonce) != (proof.time, proof.nonce) for each in taken)
        assert all(each.time <= proof.time for each in taken)
        taken.append(proof)
        current = current._replace(signed=remembering(current, proof))


@pytest.mark.parametrize("prove", (by_token, by_digest))
def test_other_proofs_know_no_replay_and_are_not_remembered(prove: Callable[[int], Proof]) -> None:
    before = host()._replace(signed=(1_800_000_000, frozenset({"nonce-01"})))
    assert not replayed(before, prove(0))
    assert remembering(before, prove(0)) == before.signed
    assert remembering(before, None) == before.signed
