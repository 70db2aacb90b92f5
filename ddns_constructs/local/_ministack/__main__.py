"""Starts MiniStack on a free loopback port and serves until standard input closes.

The parent holds the other end of standard input. When the parent goes, however it goes, the pipe
closes and this process ends with everything that it started.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import shutil
import signal
import socket
import sys
import threading

from ddns_constructs.local._ministack import VERSION


def main() -> None:
    """Announce the port on standard output, then serve."""
    installed = importlib.metadata.version("ministack")
    if installed != VERSION:
        _announce({"error": f"ministack {VERSION} is needed, {installed} is installed"})
        sys.exit(1)
    # Bound here, before MiniStack reads its port from the environment, so that no other program
    # can take the port in between.
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)
    # Found this far by PYTHONPATH; the Lambda functions must not inherit it.
    os.environ.pop("PYTHONPATH", None)

    from ddns_constructs.local._ministack import (  # noqa: PLC0415
        api_gateway,
        cloudformation,
        ec2,
        eventbridge,
        health_checks,
        health_status,
        iam,
        network,
        route53,
        ssm,
        wafv2,
    )

    corrections = (
        api_gateway,
        cloudformation,
        ec2,
        eventbridge,
        health_checks,
        health_status,
        iam,
        network,
        route53,
        ssm,
        wafv2,
    )
    for correction in corrections:
        correction.apply()
    _announce({"port": port})
    asyncio.run(_serve(listener))


def _announce(message: dict[str, object]) -> None:
    """Write the one line that the parent reads, then send everything else to the log."""
    print(json.dumps(message), flush=True)  # noqa: T201 - the protocol with the parent
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


async def _serve(listener: socket.socket) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 - after the port is known
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack import app  # noqa: PLC0415

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile = os.environ["MINISTACK_SSL_CERT"]
    config.keyfile = os.environ["MINISTACK_SSL_KEY"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ["LOG_LEVEL"]

    def watch() -> None:
        while os.read(0, 1024):
            pass
        _end()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
    await serve(app.app, config)


def _end() -> None:
    """Remove the state on disk and end this process and the Lambda functions it runs.

    Not by leaving the event loop, which would wait for threads that long-poll a queue; and there is
    nothing to finish: all state is in memory and the only user has gone.
    """
    shutil.rmtree(os.environ["DDNS_LOCAL_STATE"], ignore_errors=True)
    if os.getpid() == os.getpgrp():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
