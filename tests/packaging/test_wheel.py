"""The wheel as a user gets it: what is in it, and whether it works away from the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ddns_constructs._common.assets import lambda_code

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]
_EXAMPLES = sorted(path.parent for path in (_ROOT / "examples").glob("*/app.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with the build backend that is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        check=True,
        cwd=_ROOT,
        stdout=subprocess.DEVNULL,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the examples synthesise to in an environment that has the wheel and no checkout.

    The dependencies are those of the tests' own environment, lent by a path file: path files are
    not read again from a folder that a path file names, so an editable install stays behind.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"),
            *("--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)),
        ],
        check=True,
    )
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()))
    examples = [shutil.copytree(path, folder / "examples" / path.name) for path in _EXAMPLES]
    done = subprocess.run(
        [str(python), str(shutil.copy(_HERE / "synthesise.py", folder)), *map(str, examples)],
        check=True,
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        text=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    result["venv"] = str(folder / "venv")
    return result


def _about(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [each for each in archive.namelist() if each.endswith(f".dist-info/{name}")]
        return archive.read(path).decode()


def test_the_wheel_holds_the_package_its_lambda_source_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.partition("/")[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {
        "ddns_constructs"
    }
    assert "ddns_constructs/py.typed" in names
    assert "ddns_constructs/_lambda_src/ddns/handlers/instance.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_holds_every_module_of_the_runtime(wheel: Path) -> None:
    source = _ROOT / "lambda_src"
    wanted = {
        f"ddns_constructs/_lambda_src/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*.py")
    }
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_needs_the_cdk_and_nothing_else_unless_asked(wheel: Path) -> None:
    metadata = _about(wheel, "METADATA")
    lines = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    core = [line for line in lines if "extra" not in line]
    assert [re.split(r"[ <>=]+", line)[1] for line in core] == ["aws-cdk-lib", "constructs"]
    assert "License-Expression: Apache-2.0" in metadata


def test_its_metadata_is_of_a_version_that_indexes_take(wheel: Path) -> None:
    (version,) = re.findall(
        r"^Metadata-Version: (\d+)\.(\d+)$", _about(wheel, "METADATA"), re.MULTILINE
    )
    assert tuple(map(int, version)) <= (2, 4)
    assert "Author: The ddns-constructs contributors" in _about(wheel, "METADATA")


def test_every_example_and_page_is_reachable_from_the_installed_wheel(
    elsewhere: dict[str, Any],
) -> None:
    code = "from ddns_constructs.cli import main; main()"
    done = subprocess.run(
        [str(Path(elsewhere["venv"]) / "bin" / "python"), "-c", code, "local", "examples"],
        check=True,
        cwd=elsewhere["venv"],
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        text=True,
    )
    folders = [Path(line) for line in done.stdout.splitlines() if line.startswith("/")]
    *shown, docs = folders
    assert [path.name for path in shown] == [path.name for path in _EXAMPLES]
    assert all(path.is_relative_to(elsewhere["venv"]) for path in folders)
    pages = {path.name for path in docs.glob("*.md")}
    assert pages == {path.name for path in (_ROOT / "docs").glob("*.md")}


def test_the_command_is_in_the_wheel(wheel: Path) -> None:
    assert "ddns = ddns_constructs.cli:main" in _about(wheel, "entry_points.txt")


def test_every_example_synthesises_with_the_installed_wheel(elsewhere: dict[str, Any]) -> None:
    assert elsewhere["package"].startswith(elsewhere["venv"])
    assert sorted(elsewhere["assets"]) == [path.name for path in _EXAMPLES]


def test_the_command_reads_hosts_with_the_core_that_is_in_the_wheel(
    elsewhere: dict[str, Any],
) -> None:
    code = (
        "from ddns_constructs.cli.hosts.item import HostItem, parse_host\n"
        "item = HostItem({'hostname': {'S': 'Home.Example.com'}, 'zone_id': {'S': 'Z1'}})\n"
        "print(item.host.name, parse_host.__code__.co_filename)"
    )
    done = subprocess.run(
        [str(Path(elsewhere["venv"]) / "bin" / "python"), "-c", code],
        check=True,
        cwd=elsewhere["venv"],
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        text=True,
    )
    name, path = done.stdout.split()
    assert name == "home.example.com"
    assert path.startswith(elsewhere["venv"])
    assert "/ddns_constructs/_lambda_src/ddns/core/" in path


def test_the_asset_of_wheel_and_checkout_is_the_same(elsewhere: dict[str, Any]) -> None:
    import aws_cdk as cdk  # noqa: PLC0415 - the other tests here need no synth
    from aws_cdk import aws_lambda as lambda_  # noqa: PLC0415

    stack = cdk.Stack(cdk.App(), "Stack")
    lambda_.Function(
        stack,
        "Function",
        code=lambda_code(),
        handler="x.y",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    template = cdk.assertions.Template.from_stack(stack)
    (function,) = template.find_resources("AWS::Lambda::Function").values()
    here = function["Properties"]["Code"]["S3Key"].removesuffix(".zip")
    with_function = {tuple(hashes) for hashes in elsewhere["assets"].values() if hashes}
    assert with_function == {(here,)}
