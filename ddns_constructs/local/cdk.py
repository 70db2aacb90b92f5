"""Deploys CDK apps into the emulator with the real CDK CLI."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ddns_constructs.local.apps import (
    app_option,
    check_app,
    check_environments,
    is_assembly,
    missing_context,
)
from ddns_constructs.local.emulator import ACCOUNT, REGION
from ddns_constructs.local.errors import LocalAwsError
from ddns_constructs.local.lookups import context_file_restored, make_zones
from ddns_constructs.local.toolchain import cdk_command, program_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Outputs = dict[str, dict[str, str]]

__all__ = ["Cdk"]

# One look-up may depend on what another says, such as the VPC of a zone.
_ATTEMPTS_TO_SYNTHESISE = 5
_DEPLOYING = re.compile(r"(\S+)(?: \(\S+\))?: deploying\.\.\. \[(\d+)/(\d+)\]\s*")


class Cdk:
    """The CDK CLI, set to work on one emulator.

    Args:
        environment: What the CLI's processes get; sends them to the emulator.
        folder: An existing folder for its caches, its results, and all that it leaves lying about.
        client: Returns a boto3 client of a service of the emulator.
    """

    def __init__(
        self, environment: Mapping[str, str], folder: Path, client: Callable[[str], Any]
    ) -> None:
        self._folder = folder
        self._client = client
        temporary = folder / "tmp"
        temporary.mkdir()
        self._environment = {
            **environment,
            "PATH": program_path(),
            # It remembers the account of an access key here: ours is nobody else's.
            "CDK_HOME": str(folder / "cdk-home"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
            # What is ended in the middle does not clean up: the folder goes as a whole.
            "TMPDIR": str(temporary),
        }
        self._bootstrapped = self._is_ending = False
        self._processes: set[subprocess.Popen[str]] = set()

    def deploy(self, app: Path, progress: Callable[[str], None] = lambda _: None) -> Outputs:
        """Deploy every stack of an app.

        Args:
            app: A folder with `cdk.json` or `app.py`, an `app.py`, or a synthesised cloud assembly.
            progress: Hears which stack is being deployed. Default: nobody does.

        Returns:
            The outputs, by stack name and output name.

        Raises:
            LocalAwsError: With what the CLI said; or a stack is for another account or Region.
        """
        check_app(app)
        self._is_ending = False
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
        check_environments(assembly, ACCOUNT, REGION)
        outputs = self._folder / "outputs.json"

        def hear(line: str) -> None:
            if match := _DEPLOYING.fullmatch(line):
                name, number, count = match.groups()
                progress(f"stack {name}" if count == "1" else f"stack {name}, {number} of {count}")

        self._run(
            self._folder,
            ["deploy", "--all", "--app", str(assembly), "--outputs-file", str(outputs)],
            ["--require-approval", "never", "--progress", "events"],
            hear=hear,
        )
        return dict(json.loads(outputs.read_text())) if outputs.exists() else {}

    def _bootstrap(self) -> None:
        if not self._bootstrapped:
            # In a folder without cdk.json: there it would synthesise the app first.
            self._run(self._folder, ["bootstrap", f"aws://{ACCOUNT}/{REGION}"])
            self._bootstrapped = True

    def _synthesise(self, app: Path) -> Path:
        app = app.resolve()
        if is_assembly(app):
            return app
        folder = app if app.is_dir() else app.parent
        assembly = self._folder / "assembly"
        command = ["synth", "--quiet", "--output", str(assembly), *app_option(app)]
        with context_file_restored(folder):
            try:
                self._synthesise_with_lookups(folder, command, assembly)
            except LocalAwsError as err:
                if "ENOENT" in str(err) and f"{assembly.name}/manifest.json" in str(err):
                    raise LocalAwsError(
                        f"the app {app} wrote nothing: does it end with app.synth()?"
                    ) from None
                raise
        return assembly

    def _synthesise_with_lookups(self, folder: Path, command: list[str], assembly: Path) -> None:
        """Find out first what the app looks up: the account is empty, its zones are to be made."""
        for attempt in range(_ATTEMPTS_TO_SYNTHESISE):
            shutil.rmtree(assembly, ignore_errors=True)  # of another app, or of the try before
            try:
                self._run(folder, [*command, f"--lookups={str(attempt > 0).lower()}"])
            except LocalAwsError:
                missing = missing_context(assembly)
                if missing:
                    check_environments(assembly, ACCOUNT, REGION)
                made = make_zones(missing, self._client, REGION)
                is_last = attempt == _ATTEMPTS_TO_SYNTHESISE - 1
                if self._is_ending or not missing or is_last or (attempt and not made):
                    raise
            else:
                return

    def _run(
        self,
        folder: Path,
        *command: Sequence[str],
        hear: Callable[[str], None] = lambda _: None,
    ) -> None:
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
        said: list[str] = []
        try:
            for line in process.stdout or ():
                said.append(line)
                hear(line)
            process.communicate()  # it has said everything
        except BaseException:
            self._end_processes()
            process.communicate()
            raise
        finally:
            self._processes.discard(process)
        if process.returncode:
            raise LocalAwsError(f"cdk {arguments[1]} failed:\n{''.join(said).strip()}")

    def _end_processes(self) -> None:
        self._is_ending = True
        for process in list(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
