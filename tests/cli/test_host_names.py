"""The command line reads names as the function does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.errors import InvalidNameError
from ddns.core.names import record_name
from ddns_constructs.cli.errors import UsageError
from ddns_constructs.cli.host_names import canonical_host

LABELS = st.one_of(
    st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,10}[A-Za-z0-9])?", fullmatch=True),
    st.sampled_from(
        ["", "*", "-", "a_b", "grün", "ß", "-x", "x" * 63, "x" * 64, "xn--tr-xka", " "]
    ),
    st.text(max_size=5),
)
NAMES = st.builds(
    lambda labels, dot, space: ".".join(labels) + dot + space,
    st.lists(LABELS, min_size=1, max_size=8),
    st.sampled_from(["", "."]),
    st.sampled_from(["", " ", "\n"]),
)


def of_the_function(text: str) -> str | None:
    try:
        return record_name(text)
    except InvalidNameError:
        return None


def of_the_command_line(text: str) -> str | None:
    try:
        return canonical_host(text)
    except UsageError:
        return None


@given(NAMES)
def test_both_take_the_same_names_and_make_the_same_of_them(text: str) -> None:
    assert of_the_command_line(text) == of_the_function(text)


@pytest.mark.parametrize("length", (253, 254))
def test_both_draw_the_line_at_the_same_length(length: int) -> None:
    name = ".".join(["x" * 61] * 5)[: length - 2] + ".y"
    assert len(name) == length
    assert of_the_command_line(name) == of_the_function(name)
    assert (of_the_command_line(name) is None) == (length == 254)
