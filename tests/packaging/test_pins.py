"""Versions are pinned once, the same everywhere, and say nothing of where they came from."""

from __future__ import annotations

import re
from pathlib import Path

from ddns_constructs.local.toolchain import CDK_VERSION

_ROOT = Path(__file__).resolve().parents[2]
_CONSTRAINTS = (_ROOT / "constraints" / "dev.txt").read_text()
_NAME = re.compile(r'^    "([a-z][A-Za-z0-9_.-]*)(?:\[[^]]*])?[<>=~!]', re.MULTILINE)


def test_every_dependency_is_pinned() -> None:
    asked = set(_NAME.findall((_ROOT / "pyproject.toml").read_text())) - {"ddns-constructs"}
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", _CONSTRAINTS, re.MULTILINE))
    assert {"aws-cdk-lib", "ministack", "pytest", "typer"} <= asked
    assert asked <= pinned


def test_the_constraints_name_no_index_and_no_file() -> None:
    assert not re.findall(r"^\s*(?!#)(?:-|.*(?:://|@ ))", _CONSTRAINTS, re.MULTILINE)


def test_make_installs_the_cdk_cli_that_the_local_aws_looks_for() -> None:
    assert f"aws-cdk@{CDK_VERSION}\n" in (_ROOT / "Makefile").read_text()
