"""What `ddns failover status` shows of a failover."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from ddns_constructs.cli.failovers.address import AddressView
from ddns_constructs.cli.finding import Finding
from ddns_constructs.cli.terminal import printable
from ddns_constructs.cli.times import age, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddns_constructs.cli.failovers.kinds import Failover
    from ddns_constructs.cli.failovers.look import View
    from ddns_constructs.cli.failovers.name import NameView

__all__ = ["Shown", "shown"]

_TITLE = 11


class Shown(NamedTuple):
    """One failover for people and for programs.

    Attributes:
        lines: For a terminal.
        wrong: What is wrong, each with what to do.
        about: Everything, for JSON.
    """

    lines: list[Text]
    wrong: list[Finding]
    about: dict[str, object]


def shown(failover: Failover, view: View | Finding, where: str) -> Shown:
    """Return what there is to show.

    Args:
        failover: The failover.
        view: How it is, or that it cannot be seen.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
    """
    found, rows = [view] if isinstance(view, Finding) else list(view.findings(where)), _rows(view)
    about = {"failover": failover.name} if isinstance(view, Finding) else view.about()
    wrong = [each for each in found if each.remedy]
    mark = Text("✗ ", style="red") if wrong else Text("✓ ", style="green")
    lines = [mark + _line(f"{failover.name}  {failover.construct}", style="bold")]
    lines += [_line(f"  {title:<{_TITLE}}{text}") for title, text in rows if text]
    for each in wrong:
        lines.append(_line(f"  {each.what}: {each.text}", style="red"))
        lines.append(_line(f"      {each.remedy}"))
    return Shown(lines, wrong, {**about, "wrong": [each._asdict() for each in wrong]})


def _line(text: str, style: str = "") -> Text:
    return Text(printable(text), style=style)


def _rows(view: View | Finding) -> Iterator[tuple[str, str]]:
    if isinstance(view, Finding):
        return iter(())
    return _of_address(view) if isinstance(view, AddressView) else _of_name(view)


def _of_address(view: AddressView) -> Iterator[tuple[str, str]]:
    state, seen, now = view.state, view.seen, view.now
    yield "address", view.failover.address
    yield "where", view.where
    yield "before", state.source
    until = state.head.until / 1000 - now.timestamp()
    yield "controller", f"has the journal for {span(until)} more" if until > 0 else ""
    title = "nodes"
    for node in view.nodes:
        yield title, f"{node} {view.seen_of(node)}{_rounds(view, node)}"
        title = ""
    places = seen.places if seen else {}
    yield "places", ", ".join(f"{place} {node or 'nowhere'}" for place, node in places.items())
    if seen:
        probers = f"{seen.answered} of {seen.asked} probers answered"
        yield "seen", f"{age(seen.at, now)}, {probers}"
    allowed = f", of {view.failover.budget}" if view.failover.budget else ""
    yield "moves", f"{view.spent} automatic in the last hour{allowed}"
    yield "preferred", f"up again since {age(state.recovered, now)}" if state.recovered else ""


def _rounds(view: AddressView, node: str) -> str:
    found = view.seen.nodes.get(node) if view.seen and not view.unseen else None
    return f" ({found.streak} rounds)" if found and found.streak else ""


def _of_name(view: NameView) -> Iterator[tuple[str, str]]:
    yield "where", view.where
    for pair in view.pairs:
        for role, found in (("primary", pair.primary), ("secondary", pair.secondary)):
            check = f", health check {found.health_check}" if found.health_check else ""
            values = ", ".join(found.values)
            yield role, f"{pair.deployed.type} {values}, TTL {found.ttl} s{check}"
    yield "health", f"{view.health.state}: {view.health.why}"
    for each in view.zones:
        yield "zone", f"{each.zone} {each.line}"
    yield "secondary's", f"{view.second.state}: {view.second.why}" if view.second else ""
