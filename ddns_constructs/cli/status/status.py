"""`ddns status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ddns_constructs.cli.deployment import base_url
from ddns_constructs.cli.errors import CommandError, aws_trouble, reporting_errors
from ddns_constructs.cli.failovers.stack import has_names
from ddns_constructs.cli.finding import Finding, seen
from ddns_constructs.cli.hosts import session
from ddns_constructs.cli.options import JsonOption
from ddns_constructs.cli.status.failovers import look_at_address, look_at_names
from ddns_constructs.cli.status.resources import FAILOVER, Stack
from ddns_constructs.cli.terminal import print_json, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["status"]

_WIDTH = 34


def status(
    stack: Annotated[str, typer.Argument(envvar="DDNS_STACK", help="The stack.")],
    *,
    url: Annotated[str, typer.Option(help="Ask this URL, instead of the endpoints'.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what a stack has, whether it answers, and what is wrong with it: then it ends with 1."""
    with reporting_errors():
        with aws_trouble():
            found = Stack(stack, base_url(url))
        wrong = 0
        shown: list[dict[str, object]] = []
        for title, findings in _sections(found, stack):
            for finding in findings:
                wrong += bool(finding.remedy)
                shown.append({"of": title, **finding._asdict()})
                if not as_json:
                    _show(title, finding)
        if as_json:
            print_json({"stack": stack, "wrong": wrong, "found": shown})
        elif not wrong:
            session.say("nothing is wrong")
        if wrong:
            if not as_json:
                session.say(f"wrong: {wrong}")
            raise typer.Exit(1)


def _sections(found: Stack, name: str) -> Iterator[tuple[str, Iterator[Finding]]]:
    """Yield what there is of each construct, by its name."""
    yield "", seen("stack", found.itself())
    functions, apis = list(found.functions()), list(found.apis())
    names = has_names(found.outputs)
    if not functions and not apis and not names:
        raise CommandError(
            f"stack {name!r} has no construct of ddns-constructs: name the stack that has it, "
            "such as a nested one"
        )
    for kind, function in functions:
        if kind == FAILOVER:
            yield kind, seen("failover", look_at_address(function, name))
            continue
        yield kind, seen("function", found.function(function))
        if kind == "ClientDdns":
            yield kind, seen("endpoint", found.client_endpoints(function))
        else:
            yield kind, seen("sweeps", found.sweeps(function, session.now()))
    if names:
        yield FAILOVER, seen("names", look_at_names(found.outputs, name))
    for api in apis:
        yield "ApiGatewayDirectDdns", seen("endpoint", found.api(api))
    yield "", seen("alarms", found.alarms())


def _show(title: str, finding: Finding) -> None:
    console = Console()
    mark = "[red]✗[/]" if finding.remedy else "[green]✓[/]"
    what = f"{title} {finding.what}".strip()
    console.print(mark, end=" ", soft_wrap=True)
    text = printable(f"{what:<{_WIDTH}} {finding.text}")
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    if finding.remedy:
        line = f"{'':<4}{printable(finding.remedy)}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
