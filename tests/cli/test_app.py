"""The `ddns` command as a shell sees it."""

from __future__ import annotations

import importlib.metadata
import itertools
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from ddns_constructs.cli import main
from ddns_constructs.cli.app import app
from tests.cli.command import COMMAND, without
from tests.local.processes import PATIENCE, start_python


def run(*arguments: str) -> Any:  # noqa: ANN401 - typer's result has no public name
    return CliRunner().invoke(app, arguments)


def test_help_lists_the_commands() -> None:
    assert {"failover", "host", "local", "router", "status"} <= set(run("--help").output.split())
    assert {"up", "demo"} <= set(run("local", "--help").output.split())


def test_the_version_is_the_distribution_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "1.2.3")
    assert run("--version").output == "ddns-constructs 1.2.3\n"


def test_a_checkout_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert run("--version").output == "ddns-constructs not installed\n"


@pytest.mark.parametrize(
    ("hidden", "arguments", "message"),
    (
        ("typer", [], "the ddns command needs typer: pip install 'ddns-constructs[cli]'"),
        ("rich", [], "the ddns command needs rich: pip install 'ddns-constructs[cli]'"),
        (
            "ministack",
            ["local", "up"],
            "the local AWS needs ministack: pip install 'ddns-constructs[local]'",
        ),
        (
            "boto3",
            ["local", "demo", "instance"],
            "the local AWS needs boto3: pip install 'ddns-constructs[local]'",
        ),
    ),
)
def test_a_missing_extra_says_what_to_install(
    hidden: str, arguments: list[str], message: str
) -> None:
    process = start_python(f"{without(hidden)}{COMMAND}", *arguments)
    _, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error.strip()) == (1, message)


def test_another_missing_module_is_not_mistaken_for_an_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "ddns_constructs.cli.app")
    monkeypatch.setitem(sys.modules, "ddns_constructs.cli.local.app", None)
    with pytest.raises(ModuleNotFoundError, match=r"ddns_constructs\.cli\.local\.app"):
        main()


def test_flags_take_nothing_and_every_command_that_asks_aws_takes_profile_and_region() -> None:
    hosts = ("list", "show", "add", "set", "rotate", "disable", "enable", "remove")
    failovers = ("status", "switch", "hold", "release", "history")
    groups = (("host", each) for each in hosts), (("failover", each) for each in failovers)
    for words in (*itertools.chain(*groups), ("router",), ("status",)):
        shown = run(*words, "--help").output
        assert {"--profile", "--region"} <= set(shown.split())
        assert "<bool>" not in shown
    for words in ((), ("local", "up"), ("host",)):
        assert "<bool>" not in run(*words, "--help").output


def test_a_shell_can_be_taught_to_complete() -> None:
    assert "--install-completion" in run("--help").output


@pytest.mark.parametrize(
    ("typed", "offered"),
    (
        (("failover", ""), {"status", "switch", "hold", "release", "history"}),
        (("failover", "switch", "--to", ""), {"primary", "secondary"}),
    ),
)
def test_a_shell_completes_what_was_typed(typed: tuple[str, ...], offered: set[str]) -> None:
    words = ["ddns", *typed]
    environment = {"_DDNS_COMPLETE": "complete_bash", "_TYPER_COMPLETE_ARGS": " ".join(words)}
    environment |= {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    result = CliRunner().invoke(app, [], env=environment, prog_name="ddns")
    assert set(result.output.split()) == offered
