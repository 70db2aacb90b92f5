"""The example apps, in a checkout and in the wheel."""

from __future__ import annotations

from pathlib import Path

from ddns_constructs.local.errors import LocalAwsError

__all__ = ["example"]

_PACKAGE = Path(__file__).parents[1]


def example(name: str) -> Path:
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
