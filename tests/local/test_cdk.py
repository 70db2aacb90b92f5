"""Deployments with the real CDK CLI, and how its programs are found."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local import LocalAws, LocalAwsError, toolchain
from ddns_constructs.local.examples import example_folder
from tests.local.processes import PATIENCE, eventually, is_alive, start_python

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _forget_programs() -> Iterator[None]:
    yield
    toolchain.program_path.cache_clear()
    toolchain.cdk_command.cache_clear()


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """A cloud assembly of one stack: a zone, and its id as output."""
    template = {
        "Resources": {
            "Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "tiny.example"}}
        },
        "Outputs": {"ZoneId": {"Value": {"Ref": "Zone"}}},
    }
    manifest = {
        "version": "50.0.0",
        "artifacts": {
            "Tiny": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://unknown-account/unknown-region",
                "properties": {"templateFile": "Tiny.template.json"},
            }
        },
    }
    folder = tmp_path / "assembly"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "Tiny.template.json").write_text(json.dumps(template))
    return folder


def test_a_synthesised_app_is_deployed_and_its_outputs_return(
    aws: LocalAws, assembly: Path
) -> None:
    outputs = aws.deploy(assembly)
    zone = aws.client("route53").get_hosted_zone(Id=outputs["Tiny"]["ZoneId"])["HostedZone"]
    assert zone["Name"] == "tiny.example."
    assert aws.dns.ask("tiny.example", "SOA").status == "NOERROR"


def test_a_stack_that_fails_says_what_the_cli_said(aws: LocalAws, assembly: Path) -> None:
    template = {"Resources": {"Bad": {"Type": "AWS::No::Such"}}}
    (assembly / "Tiny.template.json").write_text(json.dumps(template))
    with pytest.raises(LocalAwsError, match=r"(?s)cdk deploy failed:.*AWS::No::Such"):
        aws.deploy(assembly)


def test_an_app_that_breaks_says_why(aws: LocalAws, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('no stack today')")
    for app in (tmp_path, tmp_path / "app.py"):
        with pytest.raises(LocalAwsError, match=r"(?s)cdk synth failed:.*no stack today"):
            aws.deploy(app)


def test_an_app_that_writes_nothing_is_asked_for_its_synth(aws: LocalAws, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    start = "from aws_cdk import App, CfnOutput, Stack\napp = App()\n"
    start += "CfnOutput(Stack(app, 'Synthesised'), 'Said', value='this')\n"
    script.write_text(f"{start}app.synth()\n")
    assert aws.deploy(tmp_path) == {"Synthesised": {"Said": "this"}}
    script.write_text(start)
    with pytest.raises(LocalAwsError, match=r"wrote nothing: does it end with app\.synth\(\)\?"):
        aws.deploy(tmp_path)


def test_a_stack_for_another_region_is_refused_before_anything_is_deployed(
    aws: LocalAws, assembly: Path
) -> None:
    manifest = json.loads((assembly / "manifest.json").read_text())
    there = {**manifest["artifacts"]["Tiny"], "environment": "aws://000000000000/eu-west-1"}
    here = {**there, "environment": "aws://000000000000/us-east-1"}
    tree = {"type": "cdk:tree", "properties": {"file": "tree.json"}}
    manifest["artifacts"] = {"Here": here, "There": there, "Tree": tree}
    (assembly / "manifest.json").write_text(json.dumps(manifest))
    complaint = (
        r"one Region, us-east-1, and this app has stacks for others: There \(eu-west-1\)\. Nothing"
    )
    with pytest.raises(LocalAwsError, match=complaint):
        aws.deploy(assembly)
    names = [each["StackName"] for each in aws.client("cloudformation").describe_stacks()["Stacks"]]
    assert not {"Here", "There"} & set(names)


def test_a_stack_for_another_account_is_refused(aws: LocalAws, assembly: Path) -> None:
    text = (assembly / "manifest.json").read_text()
    environment = "aws://111122223333/us-east-1"
    (assembly / "manifest.json").write_text(
        text.replace("aws://unknown-account/unknown-region", environment)
    )
    complaint = r"one account, 0{12}, .* Tiny \(111122223333\)\. .* from CDK_DEFAULT_ACCOUNT"
    with pytest.raises(LocalAwsError, match=complaint):
        aws.deploy(assembly)


def test_who_waits_hears_which_stack_is_being_deployed(aws: LocalAws, assembly: Path) -> None:
    manifest = json.loads((assembly / "manifest.json").read_text())
    tiny = manifest["artifacts"]["Tiny"]
    manifest["artifacts"] = {"One": tiny, "Two": {**tiny, "dependencies": ["One"]}}
    (assembly / "manifest.json").write_text(json.dumps(manifest))
    heard: list[str] = []
    aws.deploy(assembly, heard.append)
    assert heard == ["stack One, 1 of 2", "stack Two, 2 of 2"]


_LOOKS_UP = """
import os
from aws_cdk import App, CfnOutput, Environment, Stack
from aws_cdk import aws_route53 as route53

app = App()
here = Environment(
    account=os.environ["CDK_DEFAULT_ACCOUNT"], region=os.environ["CDK_DEFAULT_REGION"]
)
stack = Stack(app, "LooksUp", env=here)
for id_, is_private in (("Inside", True), ("Outside", False)):
    zone = route53.HostedZone.from_lookup(
        stack, id_, domain_name="there.test", private_zone=is_private
    )
    CfnOutput(stack, f"{id_}Id", value=zone.hosted_zone_id)
app.synth()
"""


@pytest.mark.parametrize("before", (None, '{"mine": "kept"}'))
def test_zones_that_an_app_looks_up_are_there_and_its_folder_stays_as_it_was(
    aws: LocalAws, tmp_path: Path, before: str | None
) -> None:
    (tmp_path / "app.py").write_text(_LOOKS_UP)
    context = tmp_path / "cdk.context.json"
    if before is not None:
        context.write_text(before)
    outputs = aws.deploy(tmp_path)["LooksUp"]
    for output, is_private in (("InsideId", True), ("OutsideId", False)):
        zone = aws.client("route53").get_hosted_zone(Id=outputs[output])["HostedZone"]
        assert (zone["Name"], zone["Config"]["PrivateZone"]) == ("there.test.", is_private)
    assert (context.read_text() if context.exists() else None) == before


def test_a_zone_that_cannot_be_made_for_a_look_up_is_said(aws: LocalAws, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(_LOOKS_UP.replace("there.test", "example.com"))
    with pytest.raises(LocalAwsError, match=r"looks up the zone example\.com.*reserved by AWS"):
        aws.deploy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_what_is_no_app_is_reported(aws: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(LocalAwsError, match=r"expected cdk\.json, app\.py or manifest\.json"):
        aws.deploy(tmp_path)


def test_examples_are_found_by_name() -> None:
    assert (example_folder("instance_ddns") / "app.py").exists()
    with pytest.raises(LocalAwsError, match="no example 'nothing'"):
        example_folder("nothing")


def test_up_runs_until_ctrl_c_and_frees_its_ports(assembly: Path) -> None:
    process = start_python(
        "from ddns_constructs.cli import main; main()", "local", "up", "--app", str(assembly)
    )
    assert process.stdout is not None
    shown: list[str] = []
    for line in process.stdout:
        shown.append(line)
        if line.startswith("Ctrl-C"):
            break
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (0, "")
    ports = re.findall(r"127\.0\.0\.1(?::| port )(\d+)", "".join(shown))
    assert len(set(ports)) == 3  # AWS, and DNS inside and outside
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(port)), timeout=5)


@pytest.mark.parametrize(("number", "code"), ((signal.SIGINT, 130), (signal.SIGTERM, 143)))
def test_a_deployment_that_is_interrupted_ends_the_app_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    mark, temporary = tmp_path / "pid", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    (tmp_path / "app.py").write_text(
        "import os, pathlib, time\n"
        "from aws_cdk import App\n"
        "app = App()\n"  # CDK's own process is at work, in a temporary folder of its own
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    process = start_python(
        "from ddns_constructs.cli import main; main()", "local", "up", "--app", str(tmp_path)
    )
    assert eventually(lambda: mark.exists() and bool(mark.read_text()), timeout=PATIENCE)
    assert list(temporary.iterdir())
    process.send_signal(number)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert eventually(lambda: not is_alive(int(mark.read_text())))
    assert eventually(lambda: not list(temporary.iterdir()))
    assert ("interrupted: everything is ended" in said) is (number is signal.SIGINT)


# ------------------------------------------------------------------- programs


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def installed_cdk(folder: Path, version: str) -> Path:
    """Make what npm makes: a package, and a link to its program."""
    package = folder / "node_modules" / "aws-cdk"
    cdk = program(package / "bin", "cdk", "exit 0")
    (package / "package.json").write_text(json.dumps({"version": version}))
    links = folder / "node_modules" / ".bin"
    links.mkdir()
    (links / "cdk").symlink_to(cdk)
    return links / "cdk"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing installed: an empty folder on the PATH, an empty home."""
    monkeypatch.setattr(toolchain.sys, "executable", str(tmp_path / "venv/bin/python3"))
    monkeypatch.setattr(toolchain.sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    toolchain.program_path.cache_clear()
    toolchain.cdk_command.cache_clear()
    return tmp_path


def test_node_beside_python_comes_first(bare: Path) -> None:
    program(bare / "venv/bin", "node", "echo v24.1.0")
    program(bare / "bin", "node", "echo v18.0.0")
    path = toolchain.program_path()
    assert shutil.which("node", path=path) == str(bare / "venv/bin/node")
    assert path.endswith(str(bare / "bin"))


@pytest.mark.parametrize("version", ("v20.20.2", "not a version"))
def test_an_unsupported_node_is_refused(bare: Path, version: str) -> None:
    program(bare / "bin", "node", f"echo {version}")
    with pytest.raises(LocalAwsError, match=r"Node 22 or newer is needed .* found \S+/bin/node"):
        toolchain.program_path()


@pytest.mark.usefixtures("bare")
def test_no_node_at_all_says_what_to_install() -> None:
    with pytest.raises(LocalAwsError, match=r"found none: .*'ddns-constructs\[local\]'"):
        toolchain.program_path()


@pytest.mark.parametrize("place", ("venv", "path"))
def test_the_right_cdk_is_used_where_it_is(bare: Path, place: str) -> None:
    cdk = installed_cdk(bare, toolchain.CDK_VERSION)
    linked = bare / ("venv/bin/cdk" if place == "venv" else "bin/cdk")
    linked.parent.mkdir(parents=True)
    linked.symlink_to(cdk)
    assert toolchain.cdk_command() == linked


def test_another_release_is_left_alone_and_npm_installs_the_right_one_once(bare: Path) -> None:
    other = installed_cdk(bare, "3.0.0")
    (bare / "bin").mkdir()
    (bare / "bin/cdk").symlink_to(other)
    program(bare / "bin", "node", "echo v24.1.0")
    # What npm does, in short; the folder comes after --prefix.
    package = '"$6/node_modules/aws-cdk"'
    program(
        bare / "bin",
        "npm",
        f"PATH={os.defpath}\n"
        f'echo "$@" >> {bare}/npm.log\n'
        f'mkdir -p {package}/bin "$6/node_modules/.bin"\n'
        f'echo \'{{"version": "{toolchain.CDK_VERSION}"}}\' > {package}/package.json\n'
        f"touch {package}/bin/cdk\n"
        'ln -s ../aws-cdk/bin/cdk "$6/node_modules/.bin/cdk"',
    )
    installed = toolchain.cdk_command()
    assert installed.is_relative_to(bare / "cache")
    assert f"aws-cdk@{toolchain.CDK_VERSION}" in (bare / "npm.log").read_text()
    toolchain.cdk_command.cache_clear()
    assert toolchain.cdk_command() == installed
    assert len((bare / "npm.log").read_text().splitlines()) == 1
    assert [path.name for path in (bare / "cache/ddns-constructs").iterdir()] == [
        f"aws-cdk-{toolchain.CDK_VERSION}"
    ]


def test_what_npm_says_is_passed_on(bare: Path) -> None:
    program(bare / "bin", "node", "echo v24.1.0")
    program(bare / "bin", "npm", "echo no such registry >&2; exit 1")
    with pytest.raises(LocalAwsError, match=r"could not install .* no such registry"):
        toolchain.cdk_command()


def test_without_npm_nothing_can_be_installed(bare: Path) -> None:
    program(bare / "bin", "node", "echo v24.1.0")
    with pytest.raises(LocalAwsError, match="npm is needed to install the CDK CLI"):
        toolchain.cdk_command()
