"""The local AWS as one thing: emulator, EC2 events, DNS answers, health checks, deployments."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ddns_constructs.local.cdk import Cdk
from ddns_constructs.local.dns.answers import View
from ddns_constructs.local.dns.client import Dns
from ddns_constructs.local.dns.server import DnsServer
from ddns_constructs.local.dns.zones import read_zones
from ddns_constructs.local.ec2_events import Ec2Events
from ddns_constructs.local.emulator import Emulator
from ddns_constructs.local.health import HealthChecks
from ddns_constructs.local.health.locator import Locator
from ddns_constructs.local.http.function_urls import FunctionUrl, FunctionUrls
from ddns_constructs.local.rest_api import RestApis, RestApiUrl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["LocalAws"]


class LocalAws:
    """An AWS account on loopback, with IAM enforced and TLS, that lives as long as this object.

    Made by `start`. Leaving the `with` block ends every process and thread and frees every port;
    so does the end of this program, however it comes.

    Attributes:
        dns: Where to ask for names, and a way to do it.
        ec2_events: What turns EC2's changes into events.
        health_checks: What looks at Route 53's health checks.
    """

    def __init__(self) -> None:
        """Start everything; `start` reads better."""
        with contextlib.ExitStack() as stack:
            self._emulator = Emulator.start()
            stack.callback(self._emulator.stop)
            folder = self._emulator.folder("cdk")
            self._cdk = Cdk(self._emulator.environment(), folder, self.client)
            self.ec2_events = Ec2Events(self.client("ec2"), self.client("events"))
            stack.callback(self.ec2_events.close)
            functions = self._emulator.client("lambda", attempts=1)
            self._function_urls = FunctionUrls(
                functions, self.client("apigatewayv2"), self._emulator.certificates
            )
            stack.callback(self._function_urls.close)
            self._rest_apis = RestApis(self._emulator)
            stack.callback(self._rest_apis.close)
            self._start_names(stack)
            self._stack = stack.pop_all()

    def _start_names(self, stack: contextlib.ExitStack) -> None:
        """Start what answers for names, and what it asks for their health."""
        route53 = self.client("route53")
        server = DnsServer(lambda: read_zones(route53, self.health_checks.is_healthy))
        stack.callback(server.close)
        self.dns = Dns(server.port(View.PRIVATE), server.port(View.PUBLIC))
        self.health_checks = HealthChecks(
            route53,
            self.client("cloudwatch"),
            Locator(self.function_url, self.dns),
            self._emulator.folder("health") / "observations.json",
        )
        stack.callback(self.health_checks.close)

    @classmethod
    def start(cls) -> Self:
        """Start a new, empty local AWS.

        Raises:
            LocalAwsError: Something is missing; the text says what to do.
        """
        return cls()

    def stop(self) -> None:
        """End it. May be called twice."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """Where every AWS service answers."""
        return self._emulator.endpoint_url

    @property
    def certificate(self) -> Path:
        """The certificate (PEM) to trust: that of all that is served here over HTTPS."""
        return self._emulator.certificate

    @property
    def pid(self) -> int:
        """Process id of the emulator, and id of the group of everything it runs."""
        return self._emulator.pid

    def exports(self) -> dict[str, str]:
        """Return the variables that send the AWS CLI, an SDK or the CDK here."""
        return self._emulator.exports()

    def environment(self) -> dict[str, str]:
        """Return a whole environment for a program: this one's, pointed here and nowhere else."""
        return self._emulator.environment()

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes the methods at run time
        """Return a boto3 client of the account's administrator.

        Args:
            service: The name that boto3 has for the service, such as `ec2`.
        """
        return self._emulator.client(service)

    def client_as(self, role: str, service: str) -> Any:  # noqa: ANN401 - likewise
        """Return a boto3 client that acts as a role: IAM allows it what its policies allow.

        Args:
            role: The role's ARN; it must trust the account, or any service.
            service: The name that boto3 has for the service, such as `route53`.
        """
        return self._emulator.client_as(role, service)

    def function_url(self, wanted: str) -> FunctionUrl:
        """Serve a function URL, or the HTTP API in front of a function, and return where.

        The function sees the address that a request comes from: 127.0.0.2 for a client that binds
        it, such as `curl --interface 127.0.0.2`, and ::1 over IPv6.

        Args:
            wanted: The URL as a stack's outputs have it, or the function's name or ARN.

        Raises:
            LocalAwsError: The account has neither of that name.
        """
        return self._function_urls.find(wanted)

    def function_urls(self) -> tuple[FunctionUrl, ...]:
        """Serve every function URL, and HTTP API of a function, on loopback, and return where."""
        return self._function_urls.all()

    def rest_api(self, wanted: str) -> RestApiUrl:
        """Serve a REST API of API Gateway on loopback, and return where.

        The API sees the address that a request comes from, as functions do: see `function_url`.

        Args:
            wanted: The URL of a stage as a stack's outputs have it; or the id or the name of an
                API that has one stage.

        Raises:
            LocalAwsError: The account has no such REST API, or it has several stages.
        """
        return self._rest_apis.find(wanted)

    def rest_apis(self) -> tuple[RestApiUrl, ...]:
        """Serve every REST API of the account on loopback, and return where each stage is."""
        return self._rest_apis.all()

    def deploy(
        self, app: Path, progress: Callable[[str], None] = lambda _: None
    ) -> dict[str, dict[str, str]]:
        """Deploy a CDK app with the real CDK CLI; bootstraps the account the first time.

        A hosted zone that the app looks up by `from_lookup` is made for it, if it is not there.

        Args:
            app: A folder with `cdk.json` or `app.py`, an `app.py`, or a synthesised cloud assembly.
            progress: Hears which stack is being deployed. Default: nobody does.

        Returns:
            The outputs, by stack name and output name.

        Raises:
            LocalAwsError: With what the CLI said.
        """
        return self._cdk.deploy(app, progress)
