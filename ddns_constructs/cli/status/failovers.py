"""How the failovers of a stack are, a line for each and one for whatever is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.failovers.kinds import NOT_A_CONTROLLERS, AddressFailover
from ddns_constructs.cli.failovers.look import look_at
from ddns_constructs.cli.failovers.stack import names_of
from ddns_constructs.cli.finding import Finding
from ddns_constructs.cli.options import as_given
from ddns_constructs.cli.status.resources import variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddns_constructs.cli.failovers.kinds import Failover

__all__ = ["look_at_address", "look_at_names"]


def look_at_address(found: Mapping[str, Any], stack: str) -> Iterator[Finding]:
    """Yield how the service address of a controller is.

    Args:
        found: The controller's function, as Lambda describes it.
        stack: The stack that has it.
    """
    variables = variables_of(found)
    table = variables.get("TABLE", "")
    try:
        failover = AddressFailover(table, table).described(variables)
    except NOT_A_CONTROLLERS:
        raise CommandError(
            f"the environment of {found['Configuration']['FunctionName']} is not as this release "
            "writes it: deploy again with this release"
        ) from None
    yield from _look_at_failover(failover, stack)


def look_at_names(outputs: Mapping[str, str], stack: str) -> Iterator[Finding]:
    """Yield how the names of a stack are, which have no function that all of them have.

    Args:
        outputs: The outputs of the stack.
        stack: The stack.
    """
    for failover in names_of(outputs):
        yield from _look_at_failover(failover, stack)


def _look_at_failover(failover: Failover, stack: str) -> Iterator[Finding]:
    view = look_at(failover)
    if isinstance(view, Finding):
        yield view
        return
    for finding in view.findings(as_given(stack=stack)):
        what = finding.what
        yield finding._replace(what=what if what == failover.name else f"{failover.name} {what}")
