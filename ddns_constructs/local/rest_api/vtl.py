"""Two engines that render mapping templates: Apache Velocity 1.7 in a JVM, and airspeed.

API Gateway renders with an engine of the family of Velocity 1.7. That one needs a JDK and Debian's
package `velocity`; airspeed is of Python, and close. On both, what a template asks for and was not
given is an error, where API Gateway would print the question or nothing at all.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import threading
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

import airspeed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

__all__ = ["Airspeed", "Engine", "Rendered", "TemplateError", "Velocity", "best_engine"]

_RUNNER = Path(__file__).with_name("VelocityRunner.java")
# Where Debian's package `velocity` and what it depends on put them.
_JARS = tuple(
    Path("/usr/share/java") / f"{name}.jar"
    for name in ("velocity", "commons-collections3", "commons-lang")
)
_GOODBYE = 5.0
_PARAMETER = "input.params."


class TemplateError(Exception):
    """A template could not be rendered; the text says why."""


class Rendered(NamedTuple):
    """What a template made.

    Attributes:
        text: What it printed.
        status: The status that it asked for by `$context.responseOverride`, or nothing.
    """

    text: str
    status: str = ""


class Engine(Protocol):
    """Renders templates; by several threads at once."""

    def render(self, template: str, values: Mapping[str, str]) -> Rendered:
        """Render a template.

        Args:
            template: Its text.
            values: What it may ask for, by dotted path, such as `context.identity.sourceIp`;
                `input.params.NAME` is what `$input.params('NAME')` answers.

        Raises:
            TemplateError: It is no template, or it asks for something else.
        """

    def close(self) -> None:
        """End what it runs."""


def best_engine() -> Engine:
    """Start Velocity where this machine has it, else airspeed."""
    return Airspeed() if Velocity.missing() else Velocity()


class Velocity:
    """The engine in Java: one process, asked line by line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [
                *("java", "-XX:TieredStopAtLevel=1"),  # small texts: no time to win by compiling
                *("-cp", ":".join(map(str, _JARS)), str(_RUNNER)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C reaches us only, and we end it in order
        )

    @staticmethod
    def missing() -> str | None:
        """Return what this machine lacks for it, None where it runs."""
        if absent := [jar.name for jar in _JARS if not jar.exists()]:
            return f"Debian's package velocity is not installed: no {', '.join(absent)}"
        if shutil.which("java") is None or shutil.which("javac") is None:
            return "there is no JDK: Debian's package default-jdk-headless is not installed"
        return None

    def render(self, template: str, values: Mapping[str, str]) -> Rendered:
        """Render a template; see `Engine`."""
        words = [template, *(word for pair in values.items() for word in pair)]
        line = self._asked(" ".join(map(_encode, words)))
        first, _, second = line.partition(" ")
        if first == "!":
            raise TemplateError(_decode(second))
        return Rendered(_decode(first), _decode(second))

    def close(self) -> None:
        """End the process; it ends by itself when this program does."""
        with self._lock:
            _pipe(self._process.stdin).close()
            try:
                self._process.wait(_GOODBYE)
            except subprocess.TimeoutExpired:  # pragma: no cover - it has nothing to wait for
                self._process.kill()
                self._process.wait()
            _pipe(self._process.stdout).close()

    def _asked(self, question: str) -> str:
        with self._lock:
            try:
                stdin = _pipe(self._process.stdin)
                stdin.write(f"{question}\n")
                stdin.flush()
                line = _pipe(self._process.stdout).readline()
            except (OSError, ValueError):  # the pipe is closed
                line = ""
        if not line:
            raise TemplateError("the JVM with Velocity has ended")
        return line.rstrip("\n")


class Airspeed:
    """The engine in Python."""

    def render(self, template: str, values: Mapping[str, str]) -> Rendered:
        """Render a template; see `Engine`."""
        overrides = _Overrides("context.responseOverride.")
        root = _Known("")
        root.child("context").define("responseOverride", overrides)
        sent = {path: value for path, value in values.items() if path.startswith(_PARAMETER)}
        # What was not sent is nothing, as for API Gateway.
        root.child("input").define("params", lambda name: sent.get(f"{_PARAMETER}{name}", ""))
        root.child("util")
        for path, value in values.items():
            if path in sent:
                continue
            *parents, name = path.split(".")
            at = root
            for parent in parents:
                at = at.child(parent)
            at.define(name, value)
        try:
            text = _compiled(template).merge(dict(root))
        except airspeed.TemplateError as err:
            raise TemplateError(str(err)) from err
        return Rendered(str(text), overrides.status)

    def close(self) -> None:
        """There is nothing to end."""


class _Known(dict[str, Any]):
    """Values by name; asking for another name is an error, and so is setting one."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def define(self, name: str, value: object) -> None:
        super().__setitem__(name, value)

    def child(self, name: str) -> _Known:
        if name not in self:
            self.define(name, _Known(f"{self._path}{name}."))
        found: _Known = self[name]
        return found

    # Not a KeyError, which airspeed takes for an answer.
    def __missing__(self, name: str) -> NoReturn:
        raise NotImplementedError(f"${self._path}{name} is not there")

    def __setitem__(self, name: str, value: object) -> None:
        raise NotImplementedError(f"${self._path}{name} cannot be set")


class _Overrides(_Known):
    """Takes the one thing that a template may set."""

    status = ""

    def __setitem__(self, name: str, value: object) -> None:
        if name != "status":
            super().__setitem__(name, value)
        self.status = str(value)


@lru_cache
def _compiled(template: str) -> airspeed.Template:
    return airspeed.Template(template)


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:  # pragma: no cover - Popen was asked for it
        raise TemplateError("the JVM has no pipe")
    return stream


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decode(word: str) -> str:
    return base64.b64decode(word).decode()
