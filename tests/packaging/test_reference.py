"""docs/reference.md lists what the constructs have."""

from __future__ import annotations

from tests.packaging import reference


def test_the_page_is_what_the_classes_have() -> None:
    said = "run: python -m tests.packaging.reference"
    assert reference.PAGE.read_text() == reference.page(), said
    for member in ("add_alarms", "grant_sweep", "add_outputs", "api_keys", "function"):
        assert f"`{member}" in reference.PAGE.read_text()
