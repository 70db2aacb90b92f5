"""A host beside the wildcard below it: `home.example.com` and `*.home.example.com`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ddns.core.client.hosts import WILDCARD
from ddns_constructs.cli.errors import CommandError

if TYPE_CHECKING:
    from ddns_constructs.cli.host.item import HostItem
    from ddns_constructs.cli.host.store import HostStore

__all__ = ["check_no_wildcard_host", "check_wildcard_conflict"]

_WHY = "whoever may write its TXT record proves both names to a certificate authority"


def check_wildcard_conflict(store: HostStore, name: str, *, wildcard: bool, same_as: str) -> None:
    """Refuse a new host beside a wildcard of somebody else's, or the other way round.

    Args:
        store: The hosts.
        name: The new one.
        wildcard: Whether it is to have the option `--wildcard`.
        same_as: The host whose credentials are to open it, empty for none.

    Raises:
        CommandError: It must not be.
    """
    if not name.startswith(WILDCARD):
        if wildcard:
            check_no_wildcard_host(store, name)
        star = store.find(f"{WILDCARD}{name}")
        if star is not None and same_as != star.name:
            raise CommandError(
                f"{star.name} is a host, and {name} must not be somebody else's: {_WHY}. Remove "
                f"{star.name} and give {name} the option --wildcard instead, or let the same "
                f"credentials open both: --same-credentials-as {shlex.quote(star.name)}"
            )
        return
    base = store.find(name.removeprefix(WILDCARD))
    if base is None:
        return
    if _has_wildcard(base):
        raise CommandError(
            f"{base.name} has the option --wildcard: it writes the record {name} itself, which "
            "follows already"
        )
    if same_as != base.name:
        raise CommandError(
            f"{base.name} is a host, and {name} must not be somebody else's: {_WHY}. Give "
            f"{base.name} the option --wildcard instead (`ddns host set {base.name} "
            f"--wildcard{store.where}`), or let the same credentials open both: "
            f"--same-credentials-as {base.name}"
        )


def check_no_wildcard_host(store: HostStore, name: str) -> None:
    """Refuse the option `--wildcard` for a host while the wildcard is a host of its own.

    Raises:
        CommandError: It is.
    """
    star = store.find(f"{WILDCARD}{name}")
    if star is not None:
        quoted = shlex.quote(star.name)
        raise CommandError(
            f"{star.name} is a host of its own: with --wildcard {name} would write the same "
            f"record. Remove that host first (`ddns host remove {quoted}{store.where}`), or leave "
            "--wildcard out"
        )


def _has_wildcard(item: HostItem) -> bool:
    """Tell whether a host writes its wildcard; once that is there it follows."""
    if item.flag("wildcard"):
        return True
    return not item.problem and any(kind.startswith(WILDCARD) for kind in item.kept)
