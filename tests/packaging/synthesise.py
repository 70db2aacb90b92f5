"""Run inside the clean environment: synthesise examples and tell where things came from."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path


def main(folders: list[str]) -> None:
    """Print the package's file, and each example's asset hashes."""
    found = {}
    for folder in folders:
        app = runpy.run_path(str(Path(folder) / "app.py"))["app"]
        assets = [
            name
            for path in Path(app.outdir).glob("*.assets.json")
            for name, asset in json.loads(path.read_text())["files"].items()
            if asset["source"]["packaging"] == "zip"
        ]
        found[Path(folder).name] = sorted(assets)
    package = sys.modules["ddns_constructs"].__file__
    sys.stdout.write(json.dumps({"package": package, "assets": found}))


main(sys.argv[1:])
