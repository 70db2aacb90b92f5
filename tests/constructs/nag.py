"""What cdk-nag's AwsSolutions pack says of an app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks


def findings(app: cdk.App, *, has_pack: bool = False) -> set[tuple[str, str]]:
    """Return rule and construct of every finding.

    Args:
        app: The app.
        has_pack: Whether the app has the pack already.
    """
    if not has_pack:
        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    folder = Path(app.outdir)
    try:
        app.synth(force=True, error_on_duplicate_synth=False)
    except RuntimeError as err:
        if "ValidationFailed" not in str(err):
            raise
    report: dict[str, Any] = json.loads((folder / "validation-report.json").read_text())
    return {
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }
