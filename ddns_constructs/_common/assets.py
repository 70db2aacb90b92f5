"""The Lambda source as an asset."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_

from ddns_constructs._common.lambda_source import source_folder

# pip compiles what it installs: with the byte code in the zip, wheel and checkout would differ
# in their asset hash, and every user would see a deployment that changes nothing.
_EXCLUDE = ["**/__pycache__", "**/*.pyc"]


def lambda_code() -> lambda_.Code:
    """Return the Lambda source as it is zipped: no build step, no bundled dependency."""
    return lambda_.Code.from_asset(str(source_folder()), exclude=_EXCLUDE)
