"""The example apps, the shell client and the command, in a checkout and in the wheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ddns_constructs.local.errors import LocalAwsError

__all__ = [
    "client_script",
    "command",
    "docs_folder",
    "example_folder",
    "example_folders",
    "failover_app",
]

_PACKAGE = Path(__file__).parents[1]


def example_folder(name: str) -> Path:
    """Return the folder of an example app.

    Args:
        name: Such as `instance_ddns`.

    Raises:
        LocalAwsError: There is no such example.
    """
    for examples in (_PACKAGE / "_examples", _PACKAGE.parent / "examples"):
        if (examples / name / "app.py").exists():
            return examples / name
    raise LocalAwsError(f"no example {name!r} beside {_PACKAGE}")


def failover_app() -> Path:
    """Return the folder of what `ddns local demo failover` deploys, for this machine only."""
    return Path(__file__).with_name("failover_app")


def example_folders() -> list[Path]:
    """Return the folders of all example apps."""
    folders = (_PACKAGE / "_examples", _PACKAGE.parent / "examples")
    return sorted(path.parent for folder in folders for path in folder.glob("*/app.py"))


def docs_folder() -> Path:
    """Return the folder of the documentation."""
    inside = _PACKAGE / "_docs"
    return inside if inside.exists() else _PACKAGE.parent / "docs"


def client_script() -> Path:
    """Return the shell client.

    Raises:
        LocalAwsError: It is not there.
    """
    for clients in (_PACKAGE / "_clients", _PACKAGE.parent / "clients"):
        if (clients / "ddns.sh").exists():
            return clients / "ddns.sh"
    raise LocalAwsError(f"no clients/ddns.sh beside {_PACKAGE}")


def command() -> str:
    """Return how to call `ddns`: `make` has put it into a checkout's `.venv`, not on the PATH."""
    checkout = _PACKAGE.parent
    is_made = Path(sys.prefix) == checkout / ".venv" and (checkout / "Makefile").exists()
    is_active = os.environ.get("VIRTUAL_ENV") == sys.prefix
    return ".venv/bin/ddns" if is_made and not is_active else "ddns"
