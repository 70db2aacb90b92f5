"""The `ddns` command. Needs the extra `cli`; its `local` commands need the extra `local`."""

from __future__ import annotations

import sys

from ddns_constructs._common.lambda_source import make_importable

make_importable()

__all__ = ["main"]


def main() -> None:
    """Run the command line that this process was started with."""
    try:
        from ddns_constructs.cli.app import app  # noqa: PLC0415 - its absence has a message of its own
    except ModuleNotFoundError as err:
        if err.name not in {"rich", "typer"}:
            raise
        sys.exit(f"the ddns command needs {err.name}: pip install 'ddns-constructs[cli]'")
    app(prog_name="ddns")
