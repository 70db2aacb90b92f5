"""What ``ddns_constructs`` exports, and that the command does not load the CDK for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ddns_constructs


def test_every_public_name_is_there() -> None:
    assert {name: getattr(ddns_constructs, name).__name__ for name in ddns_constructs.__all__} == {
        name: name for name in ddns_constructs.__all__
    }
    assert dir(ddns_constructs) == sorted(ddns_constructs.__all__)


def test_a_name_that_is_not_there_is_told_as_usual() -> None:
    with pytest.raises(AttributeError, match="module 'ddns_constructs' has no attribute 'Nothing'"):
        _ = ddns_constructs.Nothing  # type: ignore[attr-defined]


def test_the_command_does_not_load_the_cdk() -> None:
    code = "import sys, ddns_constructs.cli, ddns_constructs.local; print('aws_cdk' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
