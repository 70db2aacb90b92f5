"""Dependencies point inward: read from the imports themselves, so the drawing stays true."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).resolve().parents[1]
_RUNTIME = _ROOT / "lambda_src" / "ddns"
_CONSTRUCTS = _ROOT / "ddns_constructs"
# The modules that each feature's folder stands behind.
_FRONT_DOORS = {
    "_client": ("client_ddns.py",),
    "_direct": ("api_gateway_direct_ddns.py",),
    "_failover": (
        "eni_failover.py",
        "name_failover.py",
        "overlay_ip_failover.py",
        "resolver_forwarding.py",
        "service_ip_failover.py",
    ),
    "_instance": ("instance_ddns.py",),
}
# It names everything public, wherever it stands.
_EXPORTS = _CONSTRUCTS / "__init__.py"
_COMMAND_LINE = _CONSTRUCTS / "cli"
_GROUPS = sorted(path.parent.name for path in _COMMAND_LINE.glob("*/app.py"))
# The modules between handlers and use cases that choose adapters.
_WIRING = "composition.py"
_USE_CASES = (_RUNTIME, _RUNTIME / "client", _RUNTIME / "failover", _RUNTIME / "instance")
_AWS_SDK = {"boto3", "botocore"}
_CDK = {"aws_cdk", "constructs", "jsii"}
_STANDARD_LIBRARY = set(sys.stdlib_module_names)


def _modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _label(path: Path) -> str:
    return str(path.relative_to(_ROOT))


def _imports(path: Path, *, typing_too: bool = True) -> set[str]:
    """Return the full names of what a module imports, `from a import b` as a and a.b."""
    found = set()
    tree = ast.parse(path.read_text())
    skipped = set() if typing_too else set(_typing_only(tree))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_label(path)} imports relatively: write the package out"
            assert node.module
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _typing_only(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for statement in node.body:
                yield from ast.walk(statement)


def _calls(path: Path) -> set[str]:
    """Return the last names of what a module calls: `now` for clock.now()."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {ast.unparse(call.func).rpartition(".")[2] for call in calls}


def _top(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def _package(name: str) -> str:
    return f"ddns_constructs.{name}"


def _below(names: set[str], package: str) -> set[str]:
    return {name for name in names if name == package or name.startswith(f"{package}.")}


_CONSTRUCT_MODULES = [
    path
    for path in _modules(_CONSTRUCTS)
    if path.relative_to(_CONSTRUCTS).parts[0] not in ("cli", "local")
]


@pytest.mark.parametrize("path", _CONSTRUCT_MODULES, ids=_label)
def test_constructs_import_neither_the_sdk_nor_the_runtime(path: Path) -> None:
    assert not _top(_imports(path)) & (_AWS_SDK | {"ddns"})


@pytest.mark.parametrize(
    "path", [path for path in _modules(_CONSTRUCTS) if path != _EXPORTS], ids=_label
)
def test_what_stands_behind_a_construct_is_imported_by_its_front_door_alone(path: Path) -> None:
    names, place = _imports(path), path.relative_to(_CONSTRUCTS).parts[0]
    closed = [feature for feature, doors in _FRONT_DOORS.items() if place not in (feature, *doors)]
    assert not {name for feature in closed for name in _below(names, _package(feature))}


@pytest.mark.parametrize(
    "path", [path for path in _CONSTRUCT_MODULES if path.parent != _CONSTRUCTS], ids=_label
)
def test_what_stands_behind_a_construct_does_not_import_a_front_door(path: Path) -> None:
    names = _imports(path)
    assert "ddns_constructs" not in names, "the package's exports are for its users"
    doors = {
        _package(door.removesuffix(".py")) for doors in _FRONT_DOORS.values() for door in doors
    }
    assert not {name for door in doors for name in _below(names, door)}


def test_every_feature_has_a_front_door_and_only_doors_stand_on_top() -> None:
    folders = {path.parent.name for path in _CONSTRUCT_MODULES if path.parent != _CONSTRUCTS}
    assert folders == {*_FRONT_DOORS, "_common"}
    top = {path.name for path in _CONSTRUCT_MODULES if path.parent == _CONSTRUCTS}
    assert top == {*chain.from_iterable(_FRONT_DOORS.values()), _EXPORTS.name}


@pytest.mark.parametrize(
    "path",
    [path for path in _modules(_CONSTRUCTS) if path.relative_to(_CONSTRUCTS).parts[0] == "cli"],
    ids=_label,
)
def test_the_command_line_does_not_import_the_cdk_when_it_starts(path: Path) -> None:
    assert not _top(_imports(path, typing_too=False)) & _CDK


@pytest.mark.parametrize("group", _GROUPS)
def test_a_group_of_commands_imports_nothing_of_another_group(group: str) -> None:
    others = [f"ddns_constructs.cli.{each}" for each in _GROUPS if each != group]
    for path in _modules(_COMMAND_LINE / group):
        names = _imports(path)
        assert not [name for other in others for name in _below(names, other)], _label(path)


@pytest.mark.parametrize("path", sorted(_COMMAND_LINE.glob("*.py")), ids=_label)
def test_what_groups_of_commands_share_imports_none_of_them(path: Path) -> None:
    if path.name != "app.py":
        names = _imports(path)
        assert not [
            name for each in _GROUPS for name in _below(names, f"ddns_constructs.cli.{each}")
        ]


@pytest.mark.parametrize("path", _modules(_COMMAND_LINE), ids=_label)
def test_the_command_line_sees_nothing_of_the_runtime_but_its_core(path: Path) -> None:
    names = _imports(path)
    assert _below(names, "ddns") == _below(names, "ddns.core")


@pytest.mark.parametrize("path", _modules(_CONSTRUCTS / "local"), ids=_label)
def test_the_local_aws_knows_neither_the_command_line_nor_the_runtime(path: Path) -> None:
    names = _imports(path)
    assert not _below(names, "ddns_constructs.cli") | _below(names, "ddns")


def test_the_help_of_the_command_line_imports_no_cdk() -> None:
    code = (
        "import sys; from ddns_constructs.cli.app import app\n"
        "try: app(['--help'])\n"
        "finally: assert not {'aws_cdk', 'jsii', 'boto3'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=_ROOT, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("path", _modules(_RUNTIME), ids=_label)
def test_the_runtime_imports_the_standard_library_and_the_sdk_only(path: Path) -> None:
    allowed = _STANDARD_LIBRARY | _AWS_SDK | {"ddns"}
    stray = _top(_imports(path, typing_too=False)) - allowed
    assert not stray, f"the function has no {stray}: it is zipped without dependencies"
    assert not _top(_imports(path)) & (_CDK | {"ddns_constructs"})


@pytest.mark.parametrize("path", _modules(_RUNTIME / "core"), ids=_label)
def test_core_has_no_service_no_environment_no_clock_and_no_chance(path: Path) -> None:
    names = _imports(path)
    assert not _top(names) & (_AWS_SDK | {"os", "time", "random", "secrets", "socket", "logging"})
    assert _below(names, "ddns") == _below(names, "ddns.core")
    assert not _calls(path) & {"input", "now", "open", "print", "today", "utcnow"}


@pytest.mark.parametrize(
    "path",
    [path for path in _modules(_RUNTIME) if path.parent in _USE_CASES and path.name != _WIRING],
    ids=_label,
)
def test_use_cases_see_ports_not_adapters(path: Path) -> None:
    names = _imports(path)
    assert not _top(names) & _AWS_SDK
    assert not _below(names, "ddns.adapters")
    assert not _below(names, "ddns.handlers")


@pytest.mark.parametrize("path", _modules(_RUNTIME), ids=_label)
def test_only_handlers_see_how_the_parts_are_put_together(path: Path) -> None:
    if "handlers" not in path.relative_to(_RUNTIME).parts:
        wiring = {f"ddns.{feature}.composition" for feature in _FEATURES}
        assert not _imports(path) & wiring


@pytest.mark.parametrize("path", _modules(_RUNTIME / "adapters"), ids=_label)
def test_adapters_do_not_know_who_calls_them(path: Path) -> None:
    assert not _below(_imports(path), "ddns.handlers")


@pytest.mark.parametrize("path", _modules(_RUNTIME), ids=_label)
def test_the_sdk_is_imported_in_adapters_only(path: Path) -> None:
    if "adapters" not in path.relative_to(_RUNTIME).parts:
        assert not _top(_imports(path)) & _AWS_SDK


_FEATURES = ("client", "failover", "instance")


@pytest.mark.parametrize("path", _modules(_RUNTIME), ids=_label)
def test_features_do_not_see_each_other(path: Path) -> None:
    parts = path.relative_to(_RUNTIME).parts
    ours = set(_FEATURES) & set(parts)
    names = _imports(path)
    for other in (each for each in _FEATURES if each not in ours):
        if ours:
            assert not _below(names, f"ddns.{other}")
            assert not _below(names, f"ddns.core.{other}")


@pytest.mark.parametrize("path", sorted((_RUNTIME / "core").glob("*.py")), ids=_label)
def test_what_features_share_in_core_knows_no_feature(path: Path) -> None:
    names = _imports(path)
    assert not [n for each in _FEATURES if (n := _below(names, f"ddns.core.{each}"))]
