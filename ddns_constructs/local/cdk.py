"""Deploys CDK apps into the emulator with the real CDK CLI."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ddns_constructs.local.emulator import ACCOUNT, REGION
from ddns_constructs.local.errors import LocalAwsError
from ddns_constructs.local.toolchain import cdk_command, program_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Outputs = dict[str, dict[str, str]]

__all__ = ["Cdk"]


class Cdk:
    """The CDK CLI, set to work on one emulator.

    Args:
        environment: What the CLI's processes get; sends them to the emulator.
        folder: An existing folder for its caches and results.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **environment,
            "PATH": program_path(),
            # It remembers the account of an access key here: ours is nobody else's.
            "CDK_HOME": str(folder / "cdk-home"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
        }
        self._bootstrapped = False
        self._processes: set[subprocess.Popen[str]] = set()

    def deploy(self, app: Path) -> Outputs:
        """Deploy every stack of an app.

        Args:
            app: A folder with `cdk.json` or `app.py`, an `app.py`, or a synthesised cloud assembly.

        Returns:
            The outputs, by stack name and output name.

        Raises:
            LocalAwsError: With what the CLI said; or a stack is for another Region.
        """
        cdk_command()  # installed once, before two threads want it
        with ThreadPoolExecutor(max_workers=2) as pool:
            try:
                synthesis = pool.submit(self._synthesise, app)
                bootstrap = pool.submit(self._bootstrap)
                assembly = synthesis.result()
                bootstrap.result()
            except BaseException:
                self._end_processes()  # the threads wait for them
                raise
        _check_regions(assembly)
        outputs = self._folder / "outputs.json"
        self._run(
            self._folder,
            ["deploy", "--all", "--app", str(assembly), "--outputs-file", str(outputs)],
            ["--require-approval", "never", "--progress", "events"],
        )
        return dict(json.loads(outputs.read_text())) if outputs.exists() else {}

    def _bootstrap(self) -> None:
        if not self._bootstrapped:
            # In a folder without cdk.json: there it would synthesise the app first.
            self._run(self._folder, ["bootstrap", f"aws://{ACCOUNT}/{REGION}"])
            self._bootstrapped = True

    def _synthesise(self, app: Path) -> Path:
        app = app.resolve()
        if (app / "manifest.json").exists():
            return app
        folder = app if app.is_dir() else app.parent
        assembly = self._folder / "assembly"
        shutil.rmtree(assembly, ignore_errors=True)  # of another app
        command = ["synth", "--quiet", "--output", str(assembly)]
        if not (app / "cdk.json").exists():
            script = app if app.is_file() else app / "app.py"
            if not script.exists():
                raise LocalAwsError(
                    f"no CDK app in {app}: expected cdk.json, app.py or manifest.json"
                )
            command += ["--app", subprocess.list2cmdline([sys.executable, str(script)])]
        try:
            self._run(folder, command)
        except LocalAwsError as err:
            if "ENOENT" in str(err) and f"{assembly.name}/manifest.json" in str(err):
                raise LocalAwsError(
                    f"the app {app} wrote nothing: does it end with app.synth()?"
                ) from None
            raise
        return assembly

    def _run(self, folder: Path, *command: Sequence[str]) -> None:
        arguments = [str(cdk_command()), *(word for part in command for word in part)]
        process = subprocess.Popen(
            [*arguments, "--no-notices", "--no-color"],
            cwd=folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # the CLI starts others: they end together
        )
        self._processes.add(process)
        try:
            said, _ = process.communicate()
        except BaseException:
            self._end_processes()
            process.communicate()
            raise
        finally:
            self._processes.discard(process)
        if process.returncode:
            raise LocalAwsError(f"cdk {arguments[1]} failed:\n{said.strip()}")

    def _end_processes(self) -> None:
        for process in list(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _check_regions(assembly: Path) -> None:
    """Refuse an app with a stack for a Region that is not the emulator's.

    Raises:
        LocalAwsError: It has one.
    """
    artifacts = json.loads((assembly / "manifest.json").read_text()).get("artifacts", {})
    regions = {
        name: str(artifact.get("environment", "")).rpartition("/")[2]
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    others = {
        name: region
        for name, region in sorted(regions.items())
        if region not in ("", REGION, "unknown-region")
    }
    if others:
        named = ", ".join(f"{name} ({region})" for name, region in others.items())
        raise LocalAwsError(
            f"the local AWS has one Region, {REGION}, and this app has stacks for others: {named}. "
            "Nothing is deployed: leave 'env' out of them, or take their Region from "
            "CDK_DEFAULT_REGION"
        )
