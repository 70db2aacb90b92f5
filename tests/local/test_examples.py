"""What a checkout and the wheel hold beside the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from ddns_constructs.local import examples


@pytest.mark.parametrize(
    ("prefix", "active", "files", "called"),
    (
        ("checkout/.venv", "", ["Makefile"], ".venv/bin/ddns"),
        ("checkout/.venv", "checkout/.venv", ["Makefile"], "ddns"),
        ("venv", "", ["Makefile"], "ddns"),
        ("checkout/.venv", "", [], "ddns"),
    ),
)
def test_the_command_is_called_as_it_can_be_called(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    prefix: str,
    active: str,
    files: list[str],
    called: str,
) -> None:
    (tmp_path / "checkout").mkdir()
    for name in files:
        (tmp_path / "checkout" / name).touch()
    monkeypatch.setattr(examples, "_PACKAGE", tmp_path / "checkout" / "ddns_constructs")
    monkeypatch.setattr(examples.sys, "prefix", str(tmp_path / prefix))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / active))
    assert examples.command() == called


_WITH_A_PUBLIC_ZONE = sorted(
    path.parent.name
    for path in (Path(__file__).parents[2] / "examples").glob("*/app.py")
    if "PublicHostedZone(" in path.read_text()
)


def zones_of_the_app(example: str, context: dict[str, str]) -> set[str]:
    """Return the names of the public zones that an example makes with `-c`."""
    source = (examples.example_folder(example) / "app.py").read_text()
    names: dict[str, Any] = {"__name__": example}
    started = source.replace("\napp = App()", f"\napp = App(context={context!r})")
    exec(compile(started, example, "exec"), names)  # noqa: S102 - the example's own code
    (stack,) = names["app"].node.children[:1]
    zones = Template.from_stack(stack).find_resources("AWS::Route53::HostedZone").values()
    found = [zone["Properties"] for zone in zones if "VPCs" not in zone["Properties"]]
    return {zone["Name"] for zone in found}


@pytest.mark.parametrize("example", _WITH_A_PUBLIC_ZONE)
def test_an_example_makes_the_zone_that_is_asked_for_and_none_that_route_53_refuses(
    example: str,
) -> None:
    assert zones_of_the_app(example, {}) == {"example.test."}
    assert zones_of_the_app(example, {"zone": "dyn.mine.net"}) == {"dyn.mine.net."}
    for reserved in ("example.com", "dyn.Example.org"):
        with pytest.raises(SystemExit, match=f"-c zone={reserved}: Route 53 reserves that name"):
            zones_of_the_app(example, {"zone": reserved})
