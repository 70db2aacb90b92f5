"""REST APIs on loopback: HTTP and HTTPS that do what API Gateway does with a request."""

from __future__ import annotations

import contextlib
import re
import threading
from typing import TYPE_CHECKING, NamedTuple

from ddns_constructs.local.errors import LocalAwsError
from ddns_constructs.local.http.url_server import UrlServer
from ddns_constructs.local.rest_api.definition import Definition
from ddns_constructs.local.rest_api.gateway import Gateway, Signer
from ddns_constructs.local.rest_api.route53_call import Route53Call
from ddns_constructs.local.rest_api.vtl import best_engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddns_constructs.local.emulator import Emulator
    from ddns_constructs.local.rest_api.vtl import Engine

__all__ = ["RestApiUrl", "RestApis"]

_URL = re.compile(r"https://(?P<id>\w+)\.execute-api\.[^/]+/(?P<stage>[^/]+)/?")


class RestApiUrl(NamedTuple):
    """Where one stage of a REST API answers on this machine.

    Attributes:
        api_id: The id of the API.
        name: Its name.
        stage: The stage.
        http: `http://127.0.0.1:PORT/STAGE/`.
        https: `https://127.0.0.1:PORT/STAGE/`, with the emulator's own certificate.
        http_ipv6: The same on `[::1]`; empty where this machine has no IPv6.
        https_ipv6: Likewise.
    """

    api_id: str
    name: str
    stage: str
    http: str
    https: str
    http_ipv6: str
    https_ipv6: str


class _Stage(NamedTuple):
    api_id: str
    name: str
    stage: str


class RestApis:
    """Serves the REST APIs of an account, each from the moment it is asked for.

    Args:
        emulator: The running emulator.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._api_gateway = emulator.client("apigateway")
        self._lock = threading.Lock()
        self._ends = contextlib.ExitStack()
        self._servers: dict[str, UrlServer] = {}
        self._engine: Engine | None = None

    def all(self) -> tuple[RestApiUrl, ...]:
        """Serve every REST API of the account, and return its stages."""
        return tuple(self._serve(each) for each in self._stages())

    def find(self, wanted: str) -> RestApiUrl:
        """Serve one REST API.

        Args:
            wanted: The URL of a stage as CloudFormation says it; or the id or the name of an API
                that has one stage.

        Raises:
            LocalAwsError: The account has no such REST API, or it has several stages.
        """
        known = list(self._stages())
        if url := _URL.fullmatch(wanted):
            found = [each for each in known if (each.api_id, each.stage) == url.groups()]
        else:
            found = [each for each in known if wanted in {each.api_id, each.name}]
        if len(found) == 1:
            return self._serve(found[0])
        names = ", ".join(f"{each.name} ({each.api_id}, stage {each.stage})" for each in known)
        what = "several stages of the" if found else "no"
        raise LocalAwsError(f"{what} REST API {wanted!r} in the local AWS: {names or 'none'}")

    def close(self) -> None:
        """End every server and connection, and the engine of the templates."""
        with self._lock:
            self._ends.close()
            self._servers.clear()
            self._engine = None

    def _stages(self) -> Iterable[_Stage]:
        for page in self._api_gateway.get_paginator("get_rest_apis").paginate():
            for api in page["items"]:
                for stage in Definition(self._api_gateway, api["id"]).stages():
                    yield _Stage(api["id"], api["name"], stage)

    def _serve(self, stage: _Stage) -> RestApiUrl:
        with self._lock:
            if stage.api_id not in self._servers:
                self._servers[stage.api_id] = self._new_server(stage.api_id)
            urls = self._servers[stage.api_id].urls()
        return RestApiUrl(*stage, *(url and f"{url}{stage.stage}/" for url in urls))

    def _new_server(self, api_id: str) -> UrlServer:
        if self._engine is None:
            self._engine = best_engine()
            self._ends.callback(self._engine.close)
        exports = self._emulator.exports()
        gateway = Gateway(
            Definition(self._api_gateway, api_id),
            self._engine,
            Route53Call(self._emulator),
            Signer(exports["AWS_ACCESS_KEY_ID"], exports["AWS_SECRET_ACCESS_KEY"]),
        )
        server = UrlServer(gateway.respond, self._emulator.certificates)
        self._ends.callback(server.close)
        return server
