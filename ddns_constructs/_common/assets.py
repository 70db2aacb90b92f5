"""The one place that finds the Lambda source."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import aws_lambda as lambda_

_PACKAGE = Path(__file__).resolve().parents[1]

# In a wheel the source lies in the package, in a checkout beside it.
_CANDIDATES = (_PACKAGE / "_lambda_src", _PACKAGE.parent / "lambda_src")

# pip compiles what it installs: with the byte code in the zip, wheel and checkout would differ
# in their asset hash, and every user would see a deployment that changes nothing.
_EXCLUDE = ["**/__pycache__", "**/*.pyc"]


def source_folder() -> Path:
    """Return the folder with the source of the Lambda functions."""
    for folder in _CANDIDATES:
        if folder.is_dir():
            return folder
    looked = " and ".join(str(folder) for folder in _CANDIDATES)
    raise FileNotFoundError(
        f"the Lambda source is missing, looked in {looked}: install ddns-constructs again"
    )


def lambda_code() -> lambda_.Code:
    """Return the Lambda source as it is zipped: no build step, no bundled dependency."""
    return lambda_.Code.from_asset(str(source_folder()), exclude=_EXCLUDE)
