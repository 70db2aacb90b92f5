"""A local AWS for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """An empty local AWS, for the tests of one file."""
    with LocalAws.start() as running:
        yield running
