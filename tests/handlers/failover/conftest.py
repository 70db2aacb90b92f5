"""Functions of failover as Lambda loads them: with an environment, and nothing of a run before."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters import sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FUNCTION = "monitor-of-db"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a probe that a busy machine makes late: what it says is under test."""
    monkeypatch.setattr(sockets, "_GRACE", 30.0)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Load a handler's module anew, with the environment that its construct writes."""
    loaded: list[str] = []

    def loading(module: str, **environment: object) -> Any:  # noqa: ANN401 - a module
        for name, value in environment.items():
            text = value if isinstance(value, str) else json.dumps(value)
            monkeypatch.setenv(name, text)
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", FUNCTION)
        loaded.append(f"ddns.handlers.{module}")
        sys.modules.pop(loaded[-1], None)
        return importlib.import_module(loaded[-1])

    yield loading
    for each in loaded:
        sys.modules.pop(each, None)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Return the lines logged since the last look; each has to be JSON."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
