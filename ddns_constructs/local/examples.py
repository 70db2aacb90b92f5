"""The example apps and the shell client, in a checkout and in the wheel."""

from __future__ import annotations

from pathlib import Path

from ddns_constructs.local.errors import LocalAwsError

__all__ = ["client_script", "example_folder"]

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


def client_script() -> Path:
    """Return the shell client.

    Raises:
        LocalAwsError: It is not there.
    """
    for clients in (_PACKAGE / "_clients", _PACKAGE.parent / "clients"):
        if (clients / "ddns.sh").exists():
            return clients / "ddns.sh"
    raise LocalAwsError(f"no clients/ddns.sh beside {_PACKAGE}")
