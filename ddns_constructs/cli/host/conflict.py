"""A host among those above and below it in the tree of names: whose certificates it could get.

Whoever may write TXT at `_acme-challenge.home.example.com` (RFC 8555, section 8.4) proves that
name, `*.home.example.com` and every name below it, however deep: certificate authorities accept an
ancestor as the authorization domain name (CA/Browser Forum's baseline requirements, RFC 9444). So a
host that may have TXT and all hosts below it belong to one client: the same credentials open them.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from ddns.core.client.hosts import WILDCARD
from ddns.core.names import is_below
from ddns_constructs.cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ddns.core.client.items import Credentials
    from ddns_constructs.cli.hosts.item import HostItem

__all__ = ["Hosts", "Named", "check_endpoint", "few"]

_FEW = 3
_WHY = "whoever may write its TXT record proves both names to a certificate authority"


class Named(NamedTuple):
    """A host, as far as others in the tree of names are concerned.

    Attributes:
        name: Its canonical name.
        opened_by: Its credentials or, if it has none, those of the host that it is behind.
        txt: Whether its types name TXT.
        wildcard: Whether it writes the wildcard below it.
    """

    name: str
    opened_by: Credentials
    txt: bool = False
    wildcard: bool = False

    @property
    def quoted(self) -> str:
        """Its name as a shell takes it."""
        return shlex.quote(self.name)


class Hosts:
    """All hosts of a table, for what concerns several of them.

    Args:
        items: All of them, with their credentials.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
    """

    def __init__(self, items: Iterable[HostItem], where: str = "") -> None:
        found = list(items)
        self._where = where
        self._own = [(item.name, item.credentials) for item in found]
        self._by_name = dict(self._own)
        self._hosts = [self.named(item) for item in found]

    def named(self, item: HostItem) -> Named:
        """Return a host, one of these or a new one, as others are concerned."""
        own = item.credentials
        opened_by = own if any(own) else self._by_name.get(item.text("behind"), own)
        return Named(item.name, opened_by, item.may_have_txt, _has_wildcard(item))

    def opened_by(self, credentials: Credentials) -> list[str]:
        """Return the names of the hosts that one of some credentials opens."""
        tokens, secrets = (set(each) for each in credentials)
        return sorted(
            name
            for name, own in self._own
            if tokens & set(own.tokens) or secrets & set(own.secrets)
        )

    def check_new(self, host: Named) -> None:
        """Refuse a host that must not be beside those that are there.

        That is one which another client could get certificates for, or the other way round, and
        a second one that writes the same wildcard.

        Args:
            host: The new one.

        Raises:
            CommandError: It must not be.
        """
        base = self._at(host.name.removeprefix(WILDCARD))
        if base is not None and host.name.startswith(WILDCARD):
            self._check_new_wildcard(base, host)
        self.check_wildcard(host)
        star = self._at(f"{WILDCARD}{host.name}")
        if star is not None and not _are_one_client_s(star, host):
            raise CommandError(
                f"{star.name} is a host, and {host.name} must not be somebody else's: {_WHY}. "
                f"Remove {star.name} and give {host.name} the option --wildcard instead, or let "
                f"the same credentials open both: --same-credentials-as {star.quoted}"
            )
        for upper in self._others(host):
            if upper.txt and is_below(host.name, upper.name):
                raise CommandError(
                    f"{upper.name} may have TXT, with which it gets certificates for every name "
                    f"below it: {host.name} must not be somebody else's. Let the same credentials "
                    f"open both (--same-credentials-as {upper.quoted}), or take TXT from "
                    f"{upper.name} first: `ddns host set {upper.quoted} --default types"
                    f"{self._where}`"
                )
        self.check_txt(host)

    def check_txt(self, host: Named) -> None:
        """Refuse TXT for a host with hosts of other clients below it.

        Args:
            host: As it is to be.

        Raises:
            CommandError: There are some.
        """
        below = [lower.name for lower in self._others(host) if is_below(lower.name, host.name)]
        if host.txt and below:
            raise CommandError(
                f"with TXT {host.name} could get certificates for every name below it, and other "
                f"credentials open {few(below)}: leave TXT out of --types, or let the same "
                "credentials open them all, with --same-credentials-as where they are added"
            )

    def check_wildcard(self, host: Named) -> None:
        """Refuse the option `--wildcard` for a host while the wildcard is a host of its own.

        Raises:
            CommandError: It is.
        """
        star = self._at(f"{WILDCARD}{host.name}")
        if host.wildcard and star is not None:
            raise CommandError(
                f"{star.name} is a host of its own: with --wildcard {host.name} would write the "
                f"same record. Remove that host first (`ddns host remove {star.quoted}"
                f"{self._where}`), or leave --wildcard out"
            )

    def at_odds(self) -> set[tuple[str, str]]:
        """Return pairs: a host with TXT, and one below it that other credentials open.

        The client of the former could get certificates for the latter.
        """
        by_name = {host.name: host for host in self._hosts}
        return {
            (upper.name, lower.name)
            for lower in self._hosts
            for upper in map(by_name.get, _above(lower.name))
            if upper and upper.txt and not _are_one_client_s(upper, lower)
        }

    def _check_new_wildcard(self, base: Named, host: Named) -> None:
        if base.wildcard:
            raise CommandError(
                f"{base.name} has the option --wildcard: it writes the record {host.name} itself, "
                "which follows already"
            )
        if not _are_one_client_s(base, host):
            raise CommandError(
                f"{base.name} is a host, and {host.name} must not be somebody else's: {_WHY}. Give "
                f"{base.name} the option --wildcard instead (`ddns host set {base.quoted} "
                f"--wildcard{self._where}`), or let the same credentials open both: "
                f"--same-credentials-as {base.quoted}"
            )

    def _at(self, name: str) -> Named | None:
        return next((host for host in self._hosts if host.name == name), None)

    def _others(self, host: Named) -> Iterator[Named]:
        """Yield the hosts that other credentials open."""
        for other in self._hosts:
            if other.name != host.name and not _are_one_client_s(other, host):
                yield other


def check_endpoint(endpoints: Collection[str], name: str, *, txt: bool) -> None:
    """Refuse a host that would be the endpoint, or could get a certificate for it.

    Args:
        endpoints: The names that clients reach the service by.
        name: The host's.
        txt: Whether it is to have TXT.

    Raises:
        CommandError: It must not be.
    """
    for endpoint in endpoints:
        if name == endpoint:
            raise CommandError(
                f"clients reach this service at {endpoint}: a host of that name would take them "
                "elsewhere. Give the host another name"
            )
        if txt and is_below(endpoint, name):
            raise CommandError(
                f"{name} gets no TXT record: with it, its client would get a certificate for "
                f"{endpoint}, where clients reach this service. Leave TXT out of --types, or take "
                "a name that the endpoint does not lie below"
            )


def _are_one_client_s(one: Named, other: Named) -> bool:
    """Tell whether the same credentials open both."""
    kinds = zip(one.opened_by, other.opened_by, strict=True)
    return all(set(ones) == set(others) for ones, others in kinds)


def _above(name: str) -> Iterator[str]:
    """Yield the names that a name is below, the nearest first."""
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _has_wildcard(item: HostItem) -> bool:
    """Tell whether a host writes its wildcard; once that is there it follows."""
    if item.flag("wildcard"):
        return True
    return not item.problem and any(kind.startswith(WILDCARD) for kind in item.kept)


def few(names: Collection[str]) -> str:
    """Return names for a line: the first ones, and how many more there are."""
    more = len(names) - _FEW
    shown = ", ".join(sorted(names)[:_FEW])
    return f"{shown} and {more} more" if more > 0 else shown
