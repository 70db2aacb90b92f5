"""Function URLs and HTTP APIs on loopback: they invoke the deployed function as AWS does.

AWS serves HTTPS only. The HTTP port is for clients that cannot be made to trust the emulator's own
certificate.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import threading
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from ddns_constructs.local.errors import LocalAwsError
from ddns_constructs.local.http.url_event import (
    LARGEST,
    TOO_LARGE,
    HttpAnswer,
    HttpRequest,
    answer,
    event,
    message,
)
from ddns_constructs.local.http.url_server import UrlServer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddns_constructs.local.certificate import Certificate

__all__ = ["FunctionUrl", "FunctionUrls"]

_FORBIDDEN = HttpAnswer(403, (("Content-Type", "application/json"),), b'{"Message":"Forbidden"}')
_THROTTLED = message(429, "Rate Exceeded.")
_FAILED = HttpAnswer(502, (("Content-Type", "application/json"),), b"Internal Server Error")
# An HTTP API says so of whatever keeps it from the function, and of a function that is throttled.
_API_FAILED = message(500, "Internal Server Error")
_UNAVAILABLE = message(503, "Service Unavailable")
# In the ARN of an invocation, or alone.
_FUNCTION = re.compile(r"arn:[^:/]+:lambda:[^:/]+:\d+:function:[^:/]+")
_log = logging.getLogger(__name__)


class FunctionUrl(NamedTuple):
    """Where one function URL, or the HTTP API in front of a function, answers on this machine.

    Attributes:
        function_name: The function behind it.
        url: What CloudFormation says that it is; nothing on this machine answers there.
        http: `http://127.0.0.1:PORT/`.
        https: `https://127.0.0.1:PORT/`, with the emulator's own certificate.
        http_ipv6: The same on `[::1]`; empty where this machine has no IPv6.
        https_ipv6: Likewise.
    """

    function_name: str
    url: str
    http: str
    https: str
    http_ipv6: str
    https_ipv6: str


class _Config(NamedTuple):
    """What a URL invokes, and whether an HTTP API does it."""

    url: str
    arn: str
    is_api: bool = False


class FunctionUrls:
    """Serves the function URLs and HTTP APIs of an account, each from when it is asked for.

    Args:
        functions: A boto3 client of Lambda that makes one attempt.
        apis: A boto3 client of API Gateway's HTTP APIs.
        certificate: What to show to clients that come by TLS.
    """

    def __init__(self, functions: Any, apis: Any, certificate: Certificate) -> None:  # noqa: ANN401 - boto3's
        self._functions = functions
        self._apis = apis
        self._certificate = certificate
        self._lock = threading.Lock()
        self._served: dict[str, tuple[FunctionUrl, UrlServer]] = {}

    def all(self) -> tuple[FunctionUrl, ...]:
        """Serve every function URL of the account, and return them."""
        return tuple(self._serve(config) for config in self._configurations())

    def find(self, wanted: str) -> FunctionUrl:
        """Serve one function URL.

        Args:
            wanted: The URL as CloudFormation says it, or the function's name or ARN.

        Raises:
            LocalAwsError: The account has no such function URL.
        """
        known = []
        for config in self._configurations():
            if wanted.rstrip("/") in {
                config.url.rstrip("/"),
                config.arn,
                _function_name(config.arn),
            }:
                return self._serve(config)
            known.append(config.url)
        raise LocalAwsError(
            f"no function URL {wanted!r} in the local AWS, only: {', '.join(known) or 'none'}"
        )

    def close(self) -> None:
        """End every server and connection."""
        with self._lock:
            for _, server in self._served.values():
                server.close()
            self._served.clear()

    def _configurations(self) -> Iterable[_Config]:
        for page in self._functions.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                for config in self._functions.list_function_url_configs(
                    FunctionName=function["FunctionName"]
                )["FunctionUrlConfigs"]:
                    yield _Config(config["FunctionUrl"], config["FunctionArn"])
        region = self._apis.meta.region_name
        for api in self._apis.get_apis()["Items"]:
            url = f"https://{api['ApiId']}.execute-api.{region}.amazonaws.com/"
            for each in self._apis.get_integrations(ApiId=api["ApiId"])["Items"]:
                if match := _FUNCTION.search(each.get("IntegrationUri", "")):
                    yield _Config(url, match[0], is_api=True)

    def _serve(self, config: _Config) -> FunctionUrl:
        with self._lock:
            if config.url not in self._served:
                target = _Target(self._functions, config)
                server = UrlServer(target.respond, self._certificate)
                name = _function_name(config.arn)
                self._served[config.url] = (FunctionUrl(name, config.url, *server.urls()), server)
            return self._served[config.url][0]


def _function_name(arn: str) -> str:
    return arn.split(":")[6]


class _Target:
    """Invokes one function for everybody who may use its URL."""

    def __init__(self, functions: Any, config: _Config) -> None:  # noqa: ANN401 - boto3's
        self._functions = functions
        self._arn = config.arn
        self._is_api = config.is_api
        self._domain = config.url.removeprefix("https://").rstrip("/")

    def respond(self, request: HttpRequest) -> HttpAnswer:
        now = dt.datetime.now(dt.timezone.utc)
        made = event(request, self._domain, str(uuid.uuid4()), now)
        payload = json.dumps(made).encode()
        if len(payload) > LARGEST:
            return TOO_LARGE
        try:
            if not self._may_invoke():
                return _API_FAILED if self._is_api else _FORBIDDEN
            invoked = self._functions.invoke(FunctionName=self._arn, Payload=payload)
            returned = invoked["Payload"].read()
        except ClientError as err:
            return self._refused(err)
        except BotoCoreError:
            _log.exception("could not invoke %s", self._arn)
            return self._failed()
        if "FunctionError" in invoked:
            _log.warning("%s failed: %s", self._arn, returned[:500])
            return self._failed()
        return answer(returned, renames=not self._is_api)

    def _failed(self) -> HttpAnswer:
        return _API_FAILED if self._is_api else _FAILED

    def _may_invoke(self) -> bool:
        """Ask what AWS asks: an API has to be let in; a URL needs two permissions for the world."""
        try:
            policy = self._functions.get_policy(FunctionName=self._arn)["Policy"]
        except self._functions.exceptions.ResourceNotFoundException:
            return False
        world = ({"Service": "apigateway.amazonaws.com"},) if self._is_api else ("*", {"AWS": "*"})
        granted = {
            action
            for statement in json.loads(policy)["Statement"]
            if statement["Effect"] == "Allow" and statement["Principal"] in world
            for action in _listed(statement["Action"])
        }
        needed = {"lambda:InvokeFunction"}
        return granted >= (needed if self._is_api else {*needed, "lambda:InvokeFunctionUrl"})

    def _refused(self, err: ClientError) -> HttpAnswer:
        code = err.response["Error"]["Code"]
        if code == "TooManyRequestsException":
            return _UNAVAILABLE if self._is_api else _THROTTLED
        if code == "ResourceNotFoundException":
            return _API_FAILED if self._is_api else _FORBIDDEN
        _log.error("could not invoke %s: %s", self._arn, err)
        return self._failed()


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
