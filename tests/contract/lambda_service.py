"""What surrounds a function: Lambda's Runtime API, and AWS itself; both on loopback."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([\w-]+)/([\w-]+)/aws4_request")
_PATIENCE = 60.0


class _Handler(BaseHTTPRequestHandler):
    """Reads a request whole and answers it whole."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def body(self) -> bytes:
        """Return the body of the request, in whichever of the two ways it comes."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _serving(handler: type[_Handler]) -> Iterator[str]:
    """Serve on loopback, any free port, while the block runs; yield host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def aws_endpoint() -> Iterator[str]:
    """Answer AWS requests from moto's backends; yield the URL for AWS_ENDPOINT_URL."""

    class Handler(_Handler):
        def do_POST(self) -> None:
            scope = _SCOPE.search(self.headers["Authorization"])
            assert scope is not None
            region, service = scope.groups()
            host = service if service == "route53" else f"{service}.{region}"
            headers = HTTPHeaders()
            for name, value in self.headers.items():
                headers[name] = value
            request = AWSPreparedRequest(
                self.command,
                f"https://{host}.amazonaws.com{self.path}",
                headers,
                self.body(),
                stream_output=False,
            )
            found: Any = botocore_stubber.process_request(request)
            status, answered, body = found
            self.answer(status, answered, body.encode() if isinstance(body, str) else body)

        do_GET = do_POST  # noqa: N815 - http.server looks for this name

    with _serving(Handler) as address:
        yield f"http://{address}"


class RuntimeApi:
    """Lambda's Runtime API: hands out events one by one and takes what becomes of them."""

    def __init__(self) -> None:
        self._events: queue.Queue[Any] = queue.Queue()
        self._outcomes: queue.Queue[tuple[str, Any]] = queue.Queue()

    def invoke(self, event: Any) -> tuple[str, Any]:  # noqa: ANN401 - JSON
        """Hand out an event; return ("response" or "error", its body)."""
        self._events.put(event)
        return self.outcome()

    def outcome(self) -> tuple[str, Any]:
        """Wait for the next outcome; one of the start is called "init"."""
        return self._outcomes.get(timeout=_PATIENCE)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve while the block runs; yield host and port."""
        api = self

        class Handler(_Handler):
            def do_GET(self) -> None:
                event = api._events.get()
                if event is _NO_MORE:
                    self.close_connection = True
                    return
                deadline = int((time.time() + 120) * 1000)
                headers = {
                    "Content-Type": "application/json",
                    "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                    "Lambda-Runtime-Deadline-Ms": str(deadline),
                    "Lambda-Runtime-Invoked-Function-Arn": (
                        "arn:aws:lambda:us-east-1:123456789012:function:Ddns"
                    ),
                    "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
                }
                self.answer(200, headers, json.dumps(event).encode())

            def do_POST(self) -> None:
                *_, before, kind = self.path.split("/")
                body = json.loads(self.body())
                api._outcomes.put(("init" if before == "init" else kind, body))
                self.answer(202, {"Content-Type": "application/json"}, b'{"status": "OK"}')

        with _serving(Handler) as address:
            try:
                yield address
            finally:
                self._events.put(_NO_MORE)


_NO_MORE = object()


@contextmanager
def runtime(
    folder: Path, handler: str, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a handler by the real runtime interface client; it is gone when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", "awslambdaric", handler],
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=_PATIENCE)
