"""The tests leave no folder behind, and clean up after runs that were killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_A_TEST = """
import aws_cdk as cdk
import pytest

def test():
    cdk.App().synth()

@pytest.mark.parametrize("n", (1, 2))
def test_with_a_program(n):
    pytest.skip("dig is not installed")
"""


def test_a_run_leaves_nothing_and_takes_away_what_a_killed_one_left(
    repository: Path, tmp_path: Path
) -> None:
    ended = output_of("-c", "import os; print(os.getpid())")
    leftover = tmp_path / f"ddns-constructs-tests-{ended.strip()}-x"
    running = tmp_path / f"ddns-constructs-tests-{os.getpid()}-y"
    for folder in (leftover, running):
        (folder / "cdk.out").mkdir(parents=True)
    (tmp_path / "test_app.py").write_text(_A_TEST)
    tests = ("-p", "no:cacheprovider", "-p", "tests.conftest", str(tmp_path / "test_app.py"))
    settings = ("-c", str(repository / "pyproject.toml"), "--rootdir", str(tmp_path))
    said = output_of("-m", "pytest", "-q", *settings, *tests, TMPDIR=str(tmp_path))
    assert "1 passed, 2 skipped" in said
    assert "\n2 skipped: dig is not installed" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == [running.name, "test_app.py"]


def output_of(*arguments: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
