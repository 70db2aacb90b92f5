"""The one place that finds the Lambda source."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]

# In a wheel the source lies in the package, in a checkout beside it.
_CANDIDATES = (_PACKAGE / "_lambda_src", _PACKAGE.parent / "lambda_src")


def source_folder() -> Path:
    """Return the folder with the source of the Lambda functions."""
    for folder in _CANDIDATES:
        if folder.is_dir():
            return folder
    looked = " and ".join(str(folder) for folder in _CANDIDATES)
    raise FileNotFoundError(
        f"the Lambda source is missing, looked in {looked}: install ddns-constructs again"
    )


def make_importable() -> None:
    """Let this process import the functions' own package, ``ddns``, before any other of that name.

    The command line reads hosts and their names with the code that the function reads them with.
    """
    folder = str(source_folder())
    if folder not in sys.path:
        sys.path.insert(0, folder)
