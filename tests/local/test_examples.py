"""What a checkout and the wheel hold beside the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local import examples

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("prefix", "active", "files", "called"),
    (
        ("checkout/.venv", "", ["Makefile"], ".venv/bin/ddns"),
        ("checkout/.venv", "checkout/.venv", ["Makefile"], "ddns"),
        ("venv", "", ["Makefile"], "ddns"),
        ("checkout/.venv", "", [], "ddns"),
    ),
)
def test_the_command_is_called_as_it_can_be_called(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    prefix: str,
    active: str,
    files: list[str],
    called: str,
) -> None:
    (tmp_path / "checkout").mkdir()
    for name in files:
        (tmp_path / "checkout" / name).touch()
    monkeypatch.setattr(examples, "_PACKAGE", tmp_path / "checkout" / "ddns_constructs")
    monkeypatch.setattr(examples.sys, "prefix", str(tmp_path / prefix))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / active))
    assert examples.command() == called
