"""What `ddns host` shows of hosts: never a credential, but the new ones, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ddns.core.client.hosts import PREFIX
from ddns_constructs.cli.deployment import UNKNOWN, Defaults
from ddns_constructs.cli.terminal import printable
from ddns_constructs.cli.times import age, iso

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from ddns_constructs.cli.hosts.item import HostItem

__all__ = [
    "about",
    "left_behind",
    "show_host",
    "show_hosts",
    "show_new_credentials",
    "state_of",
]

_ANY_WIDTH = 100_000
_INDENT = 12
_STORED = {
    ("token",): "only a digest of it is stored",
    ("secret",): "it is stored in clear: whoever may read the table has it",
    ("token", "secret"): "of the token only a digest is stored, the secret in clear",
}


def about(item: HostItem, defaults: Defaults = UNKNOWN) -> dict[str, object]:
    """Return everything about a host that is no secret, for JSON.

    Args:
        item: The host.
        defaults: What it leaves to the deployment, which counts where the host says nothing.
    """
    if item.problem:
        return {"host": item.name, "state": state_of(item), "reason": item.problem}
    found: dict[str, object] = {
        "host": item.name,
        "zone_id": item.host.zone_id,
        "ttl": item.host.ttl,
        "types": item.types or None,
        "address_policy": item.text("address_policy") or None,
        "effective": {
            "ttl": defaults.ttl if item.host.ttl is None else item.host.ttl,
            "types": item.types or _default_types(defaults) or None,
            "address_policy": policy.value if (policy := item.policy or defaults.policy) else None,
        },
        "state": state_of(item),
        "records": {kind: kept.value for kind, kept in item.kept.items() if kind != PREFIX},
        "prefix": item.kept[PREFIX].value if PREFIX in item.kept else None,
        "changed": iso(item.time("changed")),
        "verified": iso(item.time("verified")),
        "wildcard": item.flag("wildcard"),
        "adopt": item.flag("adopt"),
        "behind": item.text("behind") or None,
        "suffix": item.text("suffix") or None,
        "members": item.names("members"),
        "prefix_length": item.number("prefix_length"),
        "note": item.text("note") or None,
        "created": item.text("created") or None,
        "format": "article" if item.from_sample else "item",
    }
    return found


def state_of(item: HostItem) -> str:
    """Return in one word how a host is: unusable, disabled, pending, live, or was never set.

    One that was never set is silent or, where another host's client speaks for it, waiting.
    """
    if item.problem:
        return "unusable"
    if item.flag("disabled"):
        return "disabled"
    if item.flag("pending"):
        return "pending"
    if item.kept:
        return "live"
    return "waiting" if item.text("behind") else "silent"


def _default_types(defaults: Defaults) -> list[str]:
    return [each for each in defaults.types if each != "TXT"]


def show_hosts(
    items: Iterable[HostItem],
    now: dt.datetime,
    where: str = "",
    defaults: Defaults = UNKNOWN,
) -> None:
    """Print a table of hosts, a line for each, however wide: names and addresses stay whole.

    Args:
        items: The hosts.
        now: The time, in UTC.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
        defaults: What hosts leave to the deployment.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("host", "state", "addresses", "changed", "types", "behind"):
        table.add_column(column, no_wrap=True)
    for item in items:
        cells = [item.name, state_of(item)]
        if item.problem:
            cells.append(item.problem)
        else:
            usual = " ".join(_default_types(defaults))
            types = " ".join(item.types) or (usual and f"default: {usual}")
            changed = age(item.time("changed"), now)
            cells += [", ".join(_addresses(item)), changed, types, item.text("behind")]
        table.add_row(*(Text(printable(each)) for each in cells))
    console = Console(width=_ANY_WIDTH)
    if table.row_count:
        console.print(table)
    else:
        console.print(f"no hosts: add one with `ddns host add NAME{where}`", markup=False)


def _addresses(item: HostItem) -> list[str]:
    return [kept.value for kind, kept in item.kept.items() if kind in ("A", "AAAA")]


def show_host(item: HostItem, now: dt.datetime, defaults: Defaults = UNKNOWN) -> None:
    """Print what there is to know about a host; of its credentials only how many there are.

    Args:
        item: The host.
        now: The time, in UTC.
        defaults: What it leaves to the deployment.
    """
    if item.problem:
        _show_rows({"host": item.name, "state": state_of(item), "reason": item.problem})
        return
    tokens, secrets = item.credentials
    rows: dict[str, object] = {
        "host": item.name,
        "key": "" if item.key.removesuffix(".") == item.name else item.key,
        "state": state_of(item),
        **{
            kind.lower() if kind == PREFIX else kind: (
                f"{kept.value}, {'' if kind == PREFIX else f'TTL {kept.ttl} s, '}"
                f"asked for {age(kept.stamp, now)}"
            )
            for kind, kept in item.kept.items()
        },
        "changed": age(item.time("changed"), now) or "never",
        "verified": age(item.time("verified"), now) or "never",
        "zone": item.host.zone_id,
        "TTL": _seconds(item.host.ttl) or _default(_seconds(defaults.ttl)),
        "types": " ".join(item.types)
        or _default(" ".join(_default_types(defaults)), "default, without TXT"),
        "addresses": item.text("address_policy")
        or _default(defaults.policy.value if defaults.policy else ""),
        "credentials": f"{_counted(len(tokens), 'token')}, {_counted(len(secrets), 'secret')}",
        "wildcard": "yes" if item.flag("wildcard") else "",
        "adopt": "yes" if item.flag("adopt") else "",
        "behind": item.text("behind"),
        "suffix": item.text("suffix"),
        "members": ", ".join(item.names("members")),
        "note": item.text("note"),
        "created": item.text("created"),
        "format": "the AWS blog sample's" if item.from_sample else "",
    }
    _show_rows(rows)


def _seconds(ttl: int | None) -> str:
    return "" if ttl is None else f"{ttl} s"


def _default(value: str, unknown: str = "default") -> str:
    """Return what a host leaves to its deployment, with what that says, if it is known."""
    return f"default: {value}" if value else unknown


def left_behind(item: HostItem) -> Iterator[str]:
    """Yield a line about each record that a host has and, as it is now, would not get."""
    for kind in item.unwanted:
        name = f"*.{item.name}" if kind.startswith("*.") else item.name
        rtype = kind.removeprefix("*.")
        follows = ", and follows" if item.gets(rtype) else " as it is"
        yield printable(f"the {rtype} record of {name} stays{follows}")


def _show_rows(rows: Mapping[str, object]) -> None:
    console = Console()
    for title, value in rows.items():
        if value:
            line = printable(f"{title:<12}{value}")
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def show_new_credentials(credentials: Mapping[str, str]) -> None:
    """Print new credentials, by what they are: `token`, `secret`."""
    console = Console()
    for kind, value in credentials.items():
        console.print(f"{kind:<{_INDENT}}[bold]{value}[/]", highlight=False, soft_wrap=True)
    line = f"{'':<{_INDENT}}shown this once; {_STORED[tuple(credentials)]}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
