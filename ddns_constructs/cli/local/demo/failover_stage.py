"""What the steps of the failover demonstration share: two services, a name, and routes."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from ddns_constructs.cli.local.demo.stage import Stage, StepFailedError

__all__ = ["ADDRESSES", "NAME", "FailoverStage"]

NAME = "db.corp.example.test"
ADDRESSES = {"A": "127.0.0.2", "B": "127.0.0.3"}
_SERVICE_ADDRESS = "192.168.100.10/32"
_SERVICE = Path(__file__).with_name("failover_node.py")
_DDNS = "import sys; sys.argv[0] = 'ddns'; from ddns_constructs.cli import main; main()"
_RELAY = "ddns.handlers.relay.handler"
_LONGEST_CALL = 5.0
_COMPLAINTS = 5


@dataclass
class FailoverStage(Stage):
    """The account, the stack, and the processes that are the nodes."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, kw_only=True)

    @property
    def port(self) -> int:
        """The port of the service, on both nodes."""
        return int(self.outputs["Port"])

    def relays(self) -> list[str]:
        """Return the names of the functions that look at the places of the name."""
        pages = self.aws.client("lambda").get_paginator("list_functions").paginate()
        return [
            str(each["FunctionName"])
            for page in pages
            for each in page["Functions"]
            if each["Handler"] == _RELAY
        ]

    def seen_of_relays(self) -> set[str]:
        """Return what the health checkers saw of the relays the last time they looked."""
        check = json.loads(self.outputs["FailoverName"])["health_check"]
        found = self.aws.client("route53").get_health_check(HealthCheckId=check)["HealthCheck"]
        children = found["HealthCheckConfig"].get("ChildHealthChecks") or [check]
        return set(map(self.aws.health_checks.why, children))

    # ------------------------------------------------------------ the nodes

    def start(self, node: str) -> None:
        """Start the service of a node, and wait until it listens."""
        words = [sys.executable, str(_SERVICE), ADDRESSES[node], str(self.port), node]
        made = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ours
        self.running[node] = made
        if made.stdout is None or made.stdout.readline() != b"ready\n":
            raise StepFailedError(f"{ADDRESSES[node]}:{self.port} could not be listened on")

    def kill(self, node: str) -> None:
        """Kill the service of a node, as a crash does."""
        self.act()
        killed = self.running.pop(node)
        killed.kill()
        _close(killed)
        self.report.seen(f"{node}, process {killed.pid}, is killed")

    def end(self) -> None:
        """End every service."""
        for each in self.running.values():
            each.kill()
            _close(each)
        self.running.clear()

    # ------------------------------------------------------------ what is seen

    def reaches(self, node: str) -> None:
        """Ask for the name as a client does, connect, and see who answers."""

        def missing() -> str | None:
            (address,) = self.aws.dns.ask_once(NAME).values or ("",)
            said = _said_by(address, self.port)
            return None if said == node else f"{NAME} is {address or 'unknown'}: {said!r}"

        self.until(f"a client of {NAME} reaches {node}", missing)
        self.report.seen(f"a client of {NAME} reaches {node}", time.monotonic() - self.acted)

    def routed_to(self, node: str) -> None:
        """Wait until every route table leads to a node."""
        self.until(f"all routes lead to {node}", lambda: self._not_routed_to(node))
        shown = f"{_SERVICE_ADDRESS} leads to {node} in {len(self._tables())} of {self._count()}"
        self.report.seen(f"{shown} route tables", time.monotonic() - self.acted)

    def stays_routed_to(self, node: str) -> None:
        """Check that every route table still leads to a node."""
        seen = self._not_routed_to(node)
        if seen is not None:
            raise StepFailedError(f"expected: all routes still lead to {node}\nseen: {seen}")
        self.report.seen(f"{_SERVICE_ADDRESS} leads to {node}, as before")

    def _not_routed_to(self, node: str) -> str | None:
        tables = self._tables()
        wanted = {self.outputs[f"Node{node}"]: "active"}
        if len(tables) == self._count() and all(each == wanted for each in tables.values()):
            return None
        return str(tables)

    def _count(self) -> int:
        return len(self.outputs["RouteTables"].split(","))

    def _tables(self) -> dict[str, dict[str, str]]:
        """Return where the route of each table leads, and its state; of tables that have one."""
        found = self.aws.client("ec2").describe_route_tables(
            RouteTableIds=self.outputs["RouteTables"].split(",")
        )["RouteTables"]
        return {
            table["RouteTableId"]: {route.get("InstanceId", ""): route["State"]}
            for table in found
            for route in table["Routes"]
            if route.get("DestinationCidrBlock") == _SERVICE_ADDRESS
        }

    # ------------------------------------------------------------ what is done

    def start_controller(self) -> None:
        """Invoke the controller as its schedule does each minute, the first time now."""
        self.aws.client("lambda").invoke(
            FunctionName=self.outputs["FailoverFunction"], InvocationType="Event", Payload=b"{}"
        )

    def warm_up(self) -> None:
        """Have each prober run once: a slow machine takes longer for that than a round waits."""
        functions = self.aws.client("lambda")
        controller = functions.get_function_configuration(
            FunctionName=self.outputs["FailoverFunction"]
        )
        check = json.loads(controller["Environment"]["Variables"]["FAILOVER_CHECK"])
        payload = json.dumps({"check": check, "nodes": {}}).encode()
        for prober in self.outputs["Probers"].split(","):
            functions.invoke(FunctionName=prober, Payload=payload)

    def switch_off(self, *functions: str) -> None:
        """Have nobody run these functions any more."""
        self.act()
        for each in functions:
            self.aws.client("lambda").put_function_concurrency(
                FunctionName=each, ReservedConcurrentExecutions=0
            )

    def do_round(self) -> None:
        """Have the controller do a round by itself, as an event of EC2 does, and note it."""
        self.aws.client("lambda").invoke(
            FunctionName=self.outputs["FailoverFunction"], Payload=b'{"source": "aws.ec2"}'
        )

    def rounds_without_probers(self, count: int) -> None:
        """Have the controller do so many rounds in which it sees nothing."""
        before = self._unknown_rounds()
        for _ in range(count):
            self.do_round()

        def missing() -> str | None:
            seen = self._unknown_rounds() - before
            return None if seen >= count else f"{seen} of them"

        self.until(f"{count} rounds without an answer of a prober", missing)
        self.report.seen(
            f"{count} rounds without an answer of a prober", time.monotonic() - self.acted
        )

    def _unknown_rounds(self) -> int:
        lines = self._log(self.outputs["FailoverFunction"])
        return sum('"Unknown":1' in each for each in lines)

    def ddns(self, *words: str) -> str:
        """Run the `ddns` command as in a shell of the administrator."""
        command = [sys.executable, "-c", _DDNS, *words, "--stack", "Failover"]
        done = subprocess.run(  # noqa: S603 - this interpreter, our own words
            command, env=self.aws.environment(), capture_output=True, text=True, check=False
        )
        shown = shlex.join(("ddns", *words))
        if done.returncode:
            raise StepFailedError(f"{shown} failed: {done.stdout}{done.stderr}".strip())
        self.report.seen(f"$ {shown}", time.monotonic() - self.acted)
        return done.stdout

    def complaints(self) -> list[str]:
        """Return the last lines of the functions' logs that are warnings or errors."""
        functions = (self.outputs["FailoverFunction"], *self.relays())
        lines = [line for each in functions for line in self._log(each)]
        return [line for line in lines if '"WARN"' in line or '"ERROR"' in line][-_COMPLAINTS:]

    def _log(self, function: str) -> list[str]:
        functions, logs = self.aws.client("lambda"), self.aws.client("logs")
        found = functions.get_function_configuration(FunctionName=function)
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=found["LoggingConfig"]["LogGroup"]
        )
        return [str(event["message"]).strip() for page in pages for event in page["events"]]


def _close(ended: subprocess.Popen[bytes]) -> None:
    ended.wait()
    for pipe in (ended.stdin, ended.stdout):
        if pipe is not None:
            pipe.close()


def _said_by(address: str, port: int) -> str:
    """Return what a service says; empty where there is none."""
    if not address:
        return ""
    try:
        with socket.create_connection((address, port), timeout=_LONGEST_CALL) as connection:
            return connection.recv(64).decode()
    except OSError:
        return ""
