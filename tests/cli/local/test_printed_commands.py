"""Every line that `ddns local up` prints to be copied does what it says, as a shell runs it."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore import xform_name
from rich.console import Console

from ddns_constructs.cli.local.usage import show_how_to_use
from ddns_constructs.local import LocalAws
from ddns_constructs.local.examples import example_folder
from tests.local.processes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[3]
_README = re.findall(r"```python\n(.*?)```", (_ROOT / "README.md").read_text(), re.DOTALL)
_KINDS = """
from aws_cdk import App, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_route53 as route53
from ddns_constructs import ApiGatewayDirectDdns, DirectAccess, DirectMethod

app = App()
stack = Stack(app, "Kinds")
zone = route53.PublicHostedZone(stack, "Zone", zone_name="kinds.test")
pool = cognito.UserPool(stack, "Pool")
kinds = {
    "Keys": DirectAccess.api_keys(),
    "Signed": DirectAccess.iam(),
    "Open": DirectAccess.none(),
    "Tokens": DirectAccess.cognito(user_pools=[pool], subjects={"0-1-2": "tokens"}),
}
for id_, access in kinds.items():
    ApiGatewayDirectDdns(
        stack,
        id_,
        hosted_zone=zone,
        record_names=[id_.lower()],
        access=access,
        methods=[DirectMethod.POST] if id_ == "Keys" else [DirectMethod.GET, DirectMethod.POST],
    )
app.synth()
"""
_APPS = {
    "what README begins with, and clients": (_README[0], "client_ddns"),
    "instances, and every access and method": ("instance_ddns", _KINDS),
    "keys": ("api_gateway_direct",),
}
_EXPECTED = {
    "what README begins with, and clients": ("home.dyn.example.test", "web.example.internal"),
    "instances, and every access and method": (
        *("web.example.internal", "keys.kinds.test", "signed.kinds.test", "open.kinds.test"),
    ),
    "keys": ("home.example.test", "cabin.example.test"),
}


@pytest.fixture(params=_APPS)
def shown(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """What is printed once some apps are deployed."""
    with LocalAws.start() as aws:
        outputs = {}
        for number, app in enumerate(_APPS[request.param]):
            folder = tmp_path / str(number)
            if "\n" in app:
                folder.mkdir()
                (folder / "app.py").write_text(app)
            outputs.update(aws.deploy(folder if "\n" in app else example_folder(app)))
        console = Console(record=True, file=io.StringIO(), width=80)
        show_how_to_use(console, aws, outputs)
        yield request.param, console.export_text()


def commands(text: str) -> list[str]:
    """Return the lines to copy."""
    titled = ("Point a shell at it", "Try: ", "The same ", "Tokens ")
    lines: list[str] = []
    for section in re.findall(r"^(\S.*)\n((?:  .*\n)+)", text, re.MULTILINE):
        if section[0].startswith(titled):
            lines += [line.strip() for line in section[1].splitlines()]
    return lines


def test_every_line_does_what_it_says(shown: tuple[str, str]) -> None:
    apps, text = shown
    settings: list[str] = []
    token, answered = "", set()
    for line in commands(text):
        if line.startswith(("export ", "unset ", "#")):
            settings.append(line)
        elif line.startswith("aws ") and shutil.which("aws") is None:
            is_known_to_the_aws_cli(line)
        else:
            said = output("\n".join([*settings, line.replace("TOKEN", token)]))
            if " host add " in line:
                token = re.findall(r"(?i)token\W+([\w-]{20,})", said)[0]
            if " local ask " in line and re.search(r": .*\d+\.\d+", said):
                answered.add(said.split()[0])
    assert answered == set(_EXPECTED[apps])


def output(script: str) -> str:
    """Run a script as who copies it does; it must not fail, and curl must not be refused."""
    done = subprocess.run(
        ["/bin/bash", "-e", "-c", script.replace("curl ", "curl --fail-with-body --silent ")],
        cwd=_ROOT,
        env={**os.environ, "TERM": "dumb", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}"
    return done.stdout


def is_known_to_the_aws_cli(line: str) -> None:
    """Check operation and options by the model that the AWS CLI has, where there is none."""
    _, service, operation, *words = shlex.split(re.sub(r"\$\(.*\)", "i-1", line))
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    known = {xform_name(name, "-") for name in shape.members} | {"query", "output"}
    assert {word[2:] for word in words if word.startswith("--")} <= known
