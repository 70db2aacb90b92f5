"""Function URLs on loopback: HTTP and HTTPS that invoke the deployed function as AWS does.

AWS serves HTTPS only. The HTTP port is for clients that cannot be made to trust the emulator's own
certificate.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
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
    from collections.abc import Iterable, Mapping

    from ddns_constructs.local.certificate import Certificate

__all__ = ["FunctionUrl", "FunctionUrls"]

_FORBIDDEN = HttpAnswer(403, (("Content-Type", "application/json"),), b'{"Message":"Forbidden"}')
_THROTTLED = message(429, "Rate Exceeded.")
_FAILED = HttpAnswer(502, (("Content-Type", "application/json"),), b"Internal Server Error")
_log = logging.getLogger(__name__)


class FunctionUrl(NamedTuple):
    """Where one function URL answers on this machine.

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


class FunctionUrls:
    """Serves the function URLs of an account, each from the moment it is asked for.

    Args:
        functions: A boto3 client of Lambda that makes one attempt.
        certificate: What to show to clients that come by TLS.
    """

    def __init__(self, functions: Any, certificate: Certificate) -> None:  # noqa: ANN401 - boto3's
        self._functions = functions
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
            arn: str = config["FunctionArn"]
            names = {config["FunctionUrl"].rstrip("/"), arn, _function_name(arn)}
            if wanted.rstrip("/") in names:
                return self._serve(config)
            known.append(config["FunctionUrl"])
        raise LocalAwsError(
            f"no function URL {wanted!r} in the local AWS, only: {', '.join(known) or 'none'}"
        )

    def close(self) -> None:
        """End every server and connection."""
        with self._lock:
            for _, server in self._served.values():
                server.close()
            self._served.clear()

    def _configurations(self) -> Iterable[Mapping[str, str]]:
        for page in self._functions.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                yield from self._functions.list_function_url_configs(
                    FunctionName=function["FunctionName"]
                )["FunctionUrlConfigs"]

    def _serve(self, config: Mapping[str, str]) -> FunctionUrl:
        url = config["FunctionUrl"]
        with self._lock:
            if url not in self._served:
                domain = url.removeprefix("https://").rstrip("/")
                target = _Target(self._functions, config["FunctionArn"], domain)
                server = UrlServer(target.respond, self._certificate)
                name = _function_name(config["FunctionArn"])
                self._served[url] = (FunctionUrl(name, url, *server.urls()), server)
            return self._served[url][0]


def _function_name(arn: str) -> str:
    return arn.split(":")[6]


class _Target:
    """Invokes one function for everybody who may use its URL."""

    def __init__(self, functions: Any, arn: str, domain: str) -> None:  # noqa: ANN401 - boto3's
        self._functions = functions
        self._arn = arn
        self._domain = domain

    def respond(self, request: HttpRequest) -> HttpAnswer:
        now = dt.datetime.now(dt.timezone.utc)
        made = event(request, self._domain, str(uuid.uuid4()), now)
        payload = json.dumps(made).encode()
        if len(payload) > LARGEST:
            return TOO_LARGE
        try:
            if not self._is_public():
                return _FORBIDDEN
            invoked = self._functions.invoke(FunctionName=self._arn, Payload=payload)
            returned = invoked["Payload"].read()
        except ClientError as err:
            return self._refused(err)
        except BotoCoreError:
            _log.exception("could not invoke %s", self._arn)
            return _FAILED
        if "FunctionError" in invoked:
            _log.warning("%s failed: %s", self._arn, returned[:500])
            return _FAILED
        return answer(returned)

    def _is_public(self) -> bool:
        """Ask what AWS asks: without either permission it answers 403 to the world."""
        try:
            policy = self._functions.get_policy(FunctionName=self._arn)["Policy"]
        except self._functions.exceptions.ResourceNotFoundException:
            return False
        granted = {
            action
            for statement in json.loads(policy)["Statement"]
            if statement["Effect"] == "Allow" and statement["Principal"] in ("*", {"AWS": "*"})
            for action in _listed(statement["Action"])
        }
        return {"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"} <= granted

    def _refused(self, err: ClientError) -> HttpAnswer:
        code = err.response["Error"]["Code"]
        if code == "TooManyRequestsException":
            return _THROTTLED
        if code == "ResourceNotFoundException":
            return _FORBIDDEN
        _log.error("could not invoke %s: %s", self._arn, err)
        return _FAILED


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
