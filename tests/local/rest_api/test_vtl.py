"""Both engines render what they are given, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local.rest_api import vtl
from ddns_constructs.local.rest_api.vtl import (
    Airspeed,
    Engine,
    Rendered,
    TemplateError,
    Velocity,
    best_engine,
)
from tests.local.processes import is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALUES = {
    "context.identity.sourceIp": "2001:db8::1",
    "context.requestId": "1",
    "input.body": "<é>",
    "input.params.name": "home",
}


@pytest.fixture(scope="module", params=("airspeed", "velocity"))
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    if request.param == "velocity" and (reason := Velocity.missing()):
        pytest.skip(reason)
    running: Engine = Velocity() if request.param == "velocity" else Airspeed()
    yield running
    running.close()


@pytest.mark.parametrize(
    ("template", "text"),
    (
        ("good $context.identity.sourceIp", "good 2001:db8::1"),
        ("${input.body}\n", "<é>\n"),
        ("#set($x = $context.identity.sourceIp)##\n#if($x.contains(':'))6#{else}4#end", "6"),
        ("#set($m = {'a':'b'})#if($m.get($context.requestId))yes#{else}no#end", "no"),
        ("$input.params('name')|$input.params('other')|", "home||"),
        ("", ""),
    ),
)
def test_a_template_gets_what_it_asks_for(engine: Engine, template: str, text: str) -> None:
    assert engine.render(template, VALUES) == Rendered(text)


def test_a_template_may_set_the_status_and_no_other_sees_it(engine: Engine) -> None:
    setting = "#set($context.responseOverride.status = 429)busy"
    assert engine.render(setting, VALUES) == Rendered("busy", "429")
    assert engine.render("fine", VALUES) == Rendered("fine")


@pytest.mark.parametrize(
    "template",
    (
        "$context.nothing",
        "$context.identity.apiKey",
        "$context.responseOverride.status",
        "$input.json('$')",
        "$util.escapeJavaScript('x')",
        "#set($context.requestId = 'x')",
        "#set($context.responseOverride.header.x = 'x')",
        "#set($context.responseOverride.other = 'x')",
    ),
)
def test_what_was_not_given_is_an_error_and_the_next_works(engine: Engine, template: str) -> None:
    with pytest.raises(TemplateError):
        engine.render(template, VALUES)
    assert engine.render("fine", VALUES) == Rendered("fine")


def test_what_is_no_template_is_an_error(engine: Engine) -> None:
    with pytest.raises(TemplateError):
        engine.render("#if($context.requestId)", VALUES)


def test_several_at_once_get_their_own(engine: Engine) -> None:
    def render(number: int) -> str:
        return engine.render("$context.requestId", {"context.requestId": str(number)}).text

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, range(100))) == [str(number) for number in range(100)]


def test_the_jvm_ends_and_then_says_so() -> None:
    if reason := Velocity.missing():
        pytest.skip(reason)
    engine = Velocity()
    pid = engine._process.pid
    assert engine.render("fine", {}) == Rendered("fine")
    engine.close()
    assert not is_alive(pid)
    with pytest.raises(TemplateError, match="the JVM with Velocity has ended"):
        engine.render("fine", {})


def test_a_jvm_that_does_not_start_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if reason := Velocity.missing():
        pytest.skip(reason)
    monkeypatch.setattr(vtl, "_RUNNER", tmp_path / "Nothing.java")
    engine = Velocity()
    with pytest.raises(TemplateError, match="the JVM with Velocity has ended"):
        engine.render("fine", {})
    engine.close()


@pytest.mark.parametrize(
    ("lacking", "reason"), (("jar", "no velocity.jar"), ("java", "there is no JDK"))
)
def test_without_velocity_it_is_airspeed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lacking: str, reason: str
) -> None:
    jar = tmp_path / "velocity.jar"
    if lacking == "java":
        jar.touch()
        monkeypatch.setattr(vtl.shutil, "which", lambda _: None)
    monkeypatch.setattr(vtl, "_JARS", (jar,))
    assert reason in str(Velocity.missing())
    assert isinstance(best_engine(), Airspeed)
