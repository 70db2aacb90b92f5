"""The engines, and one JVM for all tests of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vtl.engines import Airspeed, Velocity, why_no_velocity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vtl.engines import Engine


@pytest.fixture(scope="session")
def velocity() -> Iterator[Velocity]:
    """Apache Velocity 1.7; tests that need it are skipped where it is not installed."""
    reason = why_no_velocity()
    if reason is not None:
        pytest.skip(reason)
    engine = Velocity()
    yield engine
    engine.close()


@pytest.fixture(params=("airspeed", "velocity"))
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    if request.param == "airspeed":
        return Airspeed()
    found: Engine = request.getfixturevalue("velocity")
    return found
