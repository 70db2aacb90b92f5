"""Two engines that render the templates: airspeed, and Apache Velocity 1.7 in a JVM."""

from __future__ import annotations

import base64
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import airspeed

if TYPE_CHECKING:
    from collections.abc import Mapping

_RUNNER = Path(__file__).with_name("Render.java")
# Where Debian's package `velocity` and what it depends on put them.
_JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in ("velocity", "commons-collections3", "commons-lang")
]

_PARAMETER = "input.params."


class Rendered(NamedTuple):
    """What a template made."""

    text: str
    status: str = ""
    """The status that it asked for by responseOverride; empty where it did not."""


class Engine(Protocol):
    """Renders templates."""

    def render(self, template: str, values: Mapping[str, str]) -> Rendered:
        """Render a template with values by their dotted paths, e.g. `context.identity.sourceIp`.

        What `$input.params('NAME')` answers is the value of `input.params.NAME`.
        """


class Airspeed:
    """The engine in Python."""

    def render(self, template: str, values: Mapping[str, str]) -> Rendered:
        override: dict[str, Any] = {}
        sent = {path: value for path, value in values.items() if path.startswith(_PARAMETER)}
        root: dict[str, Any] = {
            "context": {"responseOverride": override},
            "input": {"params": lambda name: sent.get(f"{_PARAMETER}{name}", "")},
        }
        for path, value in values.items():
            if path in sent:
                continue
            *parents, name = path.split(".")
            at = root
            for parent in parents:
                at = at.setdefault(parent, {})
            at[name] = value
        text = _compiled(template).merge(root)
        return Rendered(text, str(override.get("status", "")))


@lru_cache
def _compiled(template: str) -> airspeed.Template:
    return airspeed.Template(template)


class Velocity:
    """The engine in Java: one process for a whole session, asked line by line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [  # noqa: S607 - the java of the machine
                "java",
                # It renders small texts: the compiler of hot code would cost more than it saves.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                ":".join(map(str, _JARS)),
                str(_RUNNER),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def render(self, template: str, values: Mapping[str, str]) -> Rendered:
        words = [template, *(word for pair in values.items() for word in pair)]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(map(_encode, words)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the JVM has ended")
        first, _, second = line.rstrip("\n").partition(" ")
        if first == "!":
            raise RuntimeError(_decode(second))
        return Rendered(_decode(first), _decode(second))

    def close(self) -> None:
        self._process.communicate()


def why_no_velocity() -> str | None:
    """Return what Velocity lacks on this machine, None where it runs."""
    missing = [jar.name for jar in _JARS if not jar.exists()]
    if missing:
        return f"Debian's package velocity is not installed: no {', '.join(missing)}"
    if shutil.which("java") is None:
        return "there is no java"
    modules = subprocess.run(
        ["java", "--list-modules"],  # noqa: S607 - the java of the machine
        capture_output=True,
        text=True,
        check=False,
    )
    if "jdk.compiler" not in modules.stdout:
        return "java has no compiler: Debian's package default-jdk-headless is not installed"
    return None


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decode(word: str) -> str:
    return base64.b64decode(word).decode()
