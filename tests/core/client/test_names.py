"""Names of hosts, and patterns of names as IAM compares them."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.errors import InvalidNameError
from ddns.core.names import matches, record_name

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "name"),
    (
        ("Home.Example.com.", "home.example.com"),
        (" home.example.com ", "home.example.com"),
        ("*.home.example.com", "*.home.example.com"),
        (" *.Home.example.com.", "*.home.example.com"),
        ("bücher.example.com", "xn--bcher-kva.example.com"),
        ("*.bücher.example.com", "*.xn--bcher-kva.example.com"),
    ),
)
def test_a_name_is_read_in_its_canonical_form(text: str, name: str) -> None:
    assert record_name(text) == name
    assert record_name(name) == name


@pytest.mark.parametrize(
    "text",
    (
        *("", ".", "*", "*.", "home", "home.", "*.home", "*.*.example.com", "a.*.example.com"),
        *("**.example.com", "*home.example.com", "a b.example.com", "-a.example.com"),
        *("a..example.com", "a_b.example.com", "\x00.example.com", "x" * 64 + ".example.com"),
        ("x" * 60 + ".") * 5 + "com",
        # Longer as A-labels than it is in Unicode.
        ".".join(["ü" * 18] * 13),
    ),
)
def test_what_is_no_name_of_a_host_is_refused(text: str) -> None:
    with pytest.raises(InvalidNameError):
        record_name(text)


@pytest.mark.parametrize(
    ("name", "pattern", "found"),
    (
        ("a.dyn.example.com", "*.dyn.example.com", True),
        ("a.b.dyn.example.com", "*.dyn.example.com", True),
        ("dyn.example.com", "*.dyn.example.com", False),
        ("xdyn.example.com", "*.dyn.example.com", False),
        ("a.dyn.example.com.evil.com", "*.dyn.example.com", False),
        ("a.dynxexample.com", "*.dyn.example.com", False),
        ("h1.example.com", "h?.example.com", True),
        ("h12.example.com", "h?.example.com", False),
        ("h.example.com", "h?.example.com", False),
        ("home.example.com", "home.example.com", True),
        ("*.home.example.com", "\\052.home.example.com", True),
        ("*.home.example.com", "*.home.example.com", True),
        ("*.home.example.com", "home.example.com", False),
        ("[x].example.com", "[x].example.com", False),
        ("a\nb.example.com", "a*.example.com", True),
    ),
)
def test_a_pattern_means_what_it_means_to_iam(
    name: str,
    pattern: str,
    found: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert matches(name, pattern) is found


@given(st.lists(LABELS, min_size=1, max_size=4).map(".".join), st.text("ab?*.", max_size=12))
def test_patterns_match_as_shell_patterns_without_classes_do(name: str, pattern: str) -> None:
    assert matches(name, pattern) == fnmatchcase(name, pattern)
