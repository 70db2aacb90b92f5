"""CDK apps on disk: what is one, and what its cloud assembly says."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from ddns_constructs.local.errors import LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["app_option", "check_app", "check_environments", "is_assembly", "missing_context"]

_STACK = "aws:cloudformation:stack"


def check_app(app: Path) -> None:
    """Check that there is something to deploy.

    Args:
        app: A folder with `cdk.json` or `app.py`, an `app.py`, or a synthesised cloud assembly.

    Raises:
        LocalAwsError: There is not.
    """
    if not is_assembly(app):
        app_option(app)


def is_assembly(app: Path) -> bool:
    """Return whether a folder is a synthesised cloud assembly."""
    return (app / "manifest.json").exists()


def app_option(app: Path) -> list[str]:
    """Return the CDK CLI's option that names the app; none where its `cdk.json` does.

    Raises:
        LocalAwsError: There is no app.
    """
    if (app / "cdk.json").exists():
        return []
    script = app if app.is_file() else app / "app.py"
    if not script.exists():
        raise LocalAwsError(f"no CDK app in {app}: expected cdk.json, app.py or manifest.json")
    return ["--app", subprocess.list2cmdline([sys.executable, str(script)])]


def missing_context(assembly: Path) -> list[Mapping[str, Any]]:
    """Return what an app looks up and has not got, such as the id of a hosted zone."""
    if not is_assembly(assembly):
        return []
    found: list[Mapping[str, Any]] = _manifest(assembly).get("missing", [])
    return found


def check_environments(assembly: Path, account: str, region: str) -> None:
    """Refuse an app with a stack for another account or Region than the emulator's.

    Raises:
        LocalAwsError: It has one.
    """
    for number, (what, only) in enumerate((("account", account), ("Region", region))):
        others = {
            name: environment[number]
            for name, environment in _environments(assembly).items()
            if environment[number] not in ("", only, f"unknown-{what.lower()}")
        }
        if others:
            named = ", ".join(f"{name} ({other})" for name, other in sorted(others.items()))
            raise LocalAwsError(
                f"the local AWS has one {what}, {only}, and this app has stacks for others: "
                f"{named}. Nothing is deployed: leave 'env' out of them, or take their {what} from "
                f"CDK_DEFAULT_{what.upper()}"
            )


def _environments(assembly: Path) -> dict[str, tuple[str, str]]:
    """Return account and Region of every stack."""
    artifacts = _manifest(assembly).get("artifacts", {})
    written = {
        name: str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
        for name, artifact in artifacts.items()
        if artifact["type"] == _STACK
    }
    return {name: (account, region) for name, (account, _, region) in written.items()}


def _manifest(assembly: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((assembly / "manifest.json").read_text())
    return found
