"""Names of hosts on the command line."""

from __future__ import annotations

import pytest

from ddns_constructs.cli.errors import UsageError
from ddns_constructs.cli.host_names import canonical_host


def test_a_name_is_what_the_function_makes_of_it() -> None:
    assert canonical_host(" *.T\u00fcr.Example.com. ") == "*.xn--tr-xka.example.com"


@pytest.mark.parametrize("text", ("", "home", "-x.example.com", "a..example.com", "x" * 300))
def test_what_is_no_host_name_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(UsageError, match=r"give the full name, such as home\.example\.com"):
        canonical_host(text)
