"""A local AWS for the tests of this folder, and one that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns_constructs.cli.local import session
from ddns_constructs.local import LocalAws, local_aws
from tests.cli.local.no_aws import NoAws

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """An empty local AWS, for the tests of one file."""
    with LocalAws.start() as running:
        yield running


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch) -> type[NoAws]:
    """What the commands start instead of a local AWS."""
    monkeypatch.setattr(local_aws, "LocalAws", NoAws)
    monkeypatch.setattr(session, "end_on_signals", lambda: None)
    monkeypatch.setattr(NoAws, "stopped", 0)
    monkeypatch.setattr(NoAws, "deployed", ())
    return NoAws
