"""What a request without a credential costs: what a wrong password for one host does.

The processor time of the same requests is a row of `make bench`.
"""

from __future__ import annotations

import pytest

from benchmarks.stranger import hostile_requests, wrong_password
from tests.handlers.client.function import ClientFunction, Items

DEAR = hostile_requests()


@pytest.mark.parametrize("what", DEAR)
def test_it_is_no_more_requests_than_a_wrong_password_and_one_short_line(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    usual, function = ClientFunction(Items()), ClientFunction(Items())
    usual.respond(wrong_password())
    capsys.readouterr()
    function.respond(DEAR[what])
    assert function.requests <= usual.requests == 2
    assert function.requests == function.table.requests["get_item"]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 1
    assert all(len(line) < 1024 for line in lines)
