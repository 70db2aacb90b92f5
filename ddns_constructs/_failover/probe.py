"""One check of one node, as it is written in an app and as the functions read it."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration, Token

from ddns_constructs._common.arguments import check_kind, check_list, check_number

if TYPE_CHECKING:
    from ddns_constructs._common.arguments import Problems

_MAX_PORT = 65_535
# RFC 3986, section 3.3, and a query: visible ASCII, no fragment.
_PATH = re.compile(r"/[!-\"$-~]*\Z", re.ASCII)
_MAX_TEXT = 255
_LEAST_STATUS, _GREATEST_STATUS = 100, 599
_LEAST_MILLIS, _DEFAULT_MILLIS, _GREATEST_MILLIS = 100, 1_000, 2_000


class Probe(ABC):
    """What is asked of a node to see whether it is up; made by one of its static methods.

    A probe ends when it has its answer, or when its time-out is over: connection and answer share
    it. A refused or reset connection, an answer that does not come in time, and a wrong one mean
    that the node is down. What is the prober's own trouble, such as no route from where it is,
    means that nothing is known.
    """

    @staticmethod
    def tcp(port: int, *, timeout: Duration | None = None) -> Probe:
        """Open a connection, and close it.

        Args:
            port: The port that the service listens on, from 1 to 65,535.
            timeout: How long one probe takes at most, from 100 milliseconds to 2 seconds.
                Default: 1 second.
        """
        return _Tcp(port, timeout)

    @staticmethod
    def http(
        *,
        path: str = "/",
        port: int | None = None,
        statuses: Sequence[int] | None = None,
        text: str | None = None,
        tls: bool = False,
        timeout: Duration | None = None,
    ) -> Probe:
        """Send a GET request, and look at the answer; redirects are not followed.

        Args:
            path: What is asked for, with its query: visible ASCII characters that begin with a
                slash, 255 at most. Default: `/`.
            port: The port that the service listens on, from 1 to 65,535. Default: 80, and 443
                with `tls`.
            statuses: The status codes that mean up, from 100 to 599. Default: all from 200 to 399.
            text: What the beginning of the answer's body has to hold, 255 characters at most.
                Default: the body is not read.
            tls: Whether the connection is encrypted. The certificate is not verified, as Route
                53's health checks do not either: a probe is about reachability, and certificates
                that have expired would move traffic. Default: it is not.
            timeout: How long one probe takes at most, from 100 milliseconds to 2 seconds.
                Default: 1 second.
        """
        return _Http(port, timeout, path, statuses, text, tls)

    @property
    @abstractmethod
    def port(self) -> int:
        """The port that is probed, for rules of security groups."""

    @property
    @abstractmethod
    def timeout_millis(self) -> int:
        """How many milliseconds one probe takes at most."""

    @abstractmethod
    def check(self, keyword: str, problems: Problems) -> None:
        """Note what is wrong with it, under the name of the argument that it was passed as."""

    @abstractmethod
    def as_json(self) -> str:
        """Return it as the functions read it; defaults that say "any" are left out."""


def check_probe(keyword: str, value: object, problems: Problems) -> None:
    """Note what is no probe, or one that cannot be made."""
    if check_kind(keyword, value, Probe, "e.g. Probe.tcp(5432) or Probe.http(path='/')", problems):
        assert isinstance(value, Probe)  # noqa: S101 - for the type checker
        value.check(keyword, problems)


@dataclass(frozen=True)
class _Tcp(Probe):
    number: int
    timeout: Duration | None

    @property
    def port(self) -> int:
        return self.number

    @property
    def timeout_millis(self) -> int:
        return _millis(self.timeout)

    def check(self, keyword: str, problems: Problems) -> None:
        _check_port(f"{keyword}.port", self.number, "e.g. Probe.tcp(5432)", problems)
        _check_timeout(f"{keyword}.timeout", self.timeout, problems)

    def as_json(self) -> str:
        return _text({"kind": "tcp", "port": self.number, "timeout": self.timeout_millis / 1_000})


@dataclass(frozen=True)
class _Http(Probe):
    number: int | None
    timeout: Duration | None
    path: str
    statuses: Sequence[int] | None
    text: str | None
    tls: bool

    @property
    def port(self) -> int:
        if self.number is not None:
            return self.number
        return 443 if self.tls else 80

    @property
    def timeout_millis(self) -> int:
        return _millis(self.timeout)

    def check(self, keyword: str, problems: Problems) -> None:
        hint = "omit it to use 80, or 443 with 'tls'"
        _check_port(f"{keyword}.port", self.port, hint, problems)
        _check_timeout(f"{keyword}.timeout", self.timeout, problems)
        check_kind(f"{keyword}.tls", self.tls, bool, "True or False", problems)
        _check_path(f"{keyword}.path", self.path, problems)
        self._check_statuses(f"{keyword}.statuses", problems)
        if self.text is not None:
            _check_text(f"{keyword}.text", self.text, problems)

    def _check_statuses(self, keyword: str, problems: Problems) -> None:
        if self.statuses is None:
            return
        check_list(keyword, self.statuses, "200")
        if not self.statuses:
            problems.add(f"'{keyword}' must have one at least: omit it to take all of 200 to 399")
        for index, status in enumerate(self.statuses):
            check_number(
                f"{keyword}[{index}]",
                status,
                minimum=_LEAST_STATUS,
                maximum=_GREATEST_STATUS,
                hint="omit 'statuses' to take all of 200 to 399",
                problems=problems,
            )

    def as_json(self) -> str:
        found: dict[str, object] = {"kind": "http", "port": self.port, "path": self.path}
        if self.statuses is not None:
            found["statuses"] = sorted(set(self.statuses))
        if self.text is not None:
            found["text"] = self.text
        return _text({**found, "tls": self.tls, "timeout": self.timeout_millis / 1_000})


def _check_port(keyword: str, port: object, hint: str, problems: Problems) -> None:
    check_number(keyword, port, minimum=1, maximum=_MAX_PORT, hint=hint, problems=problems)


def _check_path(keyword: str, path: object, problems: Problems) -> None:
    if Token.is_unresolved(path):
        problems.add(f"'{keyword}' must be known at synthesis, got a token: write the path out")
    elif not isinstance(path, str) or len(path) > _MAX_TEXT or not _PATH.match(path):
        problems.add(
            f"'{keyword}' must begin with a slash and be visible ASCII characters without '#', "
            f"{_MAX_TEXT} at most, got {path!r}: write e.g. '/health'"
        )


def _check_text(keyword: str, text: object, problems: Problems) -> None:
    if Token.is_unresolved(text):
        problems.add(f"'{keyword}' must be known at synthesis, got a token: write the text out")
    elif not isinstance(text, str) or not 1 <= len(text) <= _MAX_TEXT:
        problems.add(
            f"'{keyword}' must be a text of 1 to {_MAX_TEXT} characters, got {text!r}: "
            "omit it to leave the body unread"
        )


def _check_timeout(keyword: str, timeout: object, problems: Problems) -> None:
    if timeout is None:
        return
    if not check_kind(keyword, timeout, Duration, "e.g. Duration.millis(500)", problems):
        return
    assert isinstance(timeout, Duration)  # noqa: S101 - for the type checker
    if timeout.is_unresolved():
        problems.add(f"'{keyword}' must be known at synthesis, got a token: use a number")
    elif not _LEAST_MILLIS <= timeout.to_milliseconds() <= _GREATEST_MILLIS:
        problems.add(
            f"'{keyword}' must be from 100 milliseconds to 2 seconds, "
            f"got {timeout.to_human_string()}: omit it to use 1 second"
        )


def _millis(timeout: Duration | None) -> int:
    return _DEFAULT_MILLIS if timeout is None else int(timeout.to_milliseconds())


def _text(found: dict[str, object]) -> str:
    return json.dumps(found, separators=(",", ":"))
