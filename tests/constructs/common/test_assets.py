"""The Lambda source as it is found and zipped."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3_assets as s3_assets

from ddns_constructs._common import assets, lambda_source

if TYPE_CHECKING:
    from pathlib import Path


def _hash(folder: Path) -> str:
    stack = cdk.Stack(cdk.App(), "Stack")
    asset = s3_assets.Asset(stack, "Asset", path=str(folder), exclude=assets._EXCLUDE)
    return asset.asset_hash


def _copy(folder: Path) -> Path:
    """Copy the source without byte code, which other tests may be writing at the same time."""
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    return shutil.copytree(lambda_source.source_folder(), folder, ignore=ignore)


def test_the_source_is_found_from_any_working_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repository: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert lambda_source.source_folder() == repository / "lambda_src"


def test_the_source_in_the_package_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    monkeypatch.setattr(lambda_source, "_CANDIDATES", (first, second))
    second.mkdir()
    assert lambda_source.source_folder() == second
    first.mkdir()
    assert lambda_source.source_folder() == first


def test_a_missing_source_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lambda_source, "_CANDIDATES", (tmp_path / "nowhere",))
    with pytest.raises(FileNotFoundError, match="install ddns-constructs again"):
        lambda_source.source_folder()


def test_byte_code_does_not_change_the_hash(tmp_path: Path) -> None:
    clean, compiled = _copy(tmp_path / "clean"), _copy(tmp_path / "compiled")
    (compiled / "ddns" / "__pycache__").mkdir()
    (compiled / "ddns" / "__pycache__" / "x.cpython-314.pyc").write_bytes(os.urandom(8))
    (compiled / "ddns" / "stray.pyc").write_bytes(os.urandom(8))
    assert _hash(compiled) == _hash(clean)


def test_a_changed_line_does_change_it(tmp_path: Path) -> None:
    _copy(tmp_path / "copy")
    before = _hash(tmp_path / "copy")
    (tmp_path / "copy" / "ddns" / "__init__.py").write_text("# changed\n")
    assert _hash(tmp_path / "copy") != before
