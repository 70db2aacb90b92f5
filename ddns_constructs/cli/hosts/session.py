"""What every command of `ddns host` works with: the table of hosts, the time, the terminal."""

from __future__ import annotations

import datetime as dt

from rich.console import Console

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.deployment import Deployment
from ddns_constructs.cli.hosts.store import HostStore
from ddns_constructs.cli.options import as_given

__all__ = ["find_store", "now", "open_store", "say", "warn"]


def find_store(*, stack: str, prefix: str, table: str) -> HostStore:
    """Return the hosts of the deployment that the options name.

    Args:
        stack: The option `--stack`.
        prefix: The option `--prefix`.
        table: The option `--table`.
    """
    deployment = Deployment.find(stack=stack, prefix=prefix, table=table)
    return open_store(deployment, as_given(stack=stack, prefix=prefix, table=table))


def open_store(deployment: Deployment, where: str = "") -> HostStore:
    """Return the hosts of a deployment.

    Args:
        deployment: The deployment.
        where: The options of `ddns` that name it, as `as_given` returns them.
    """
    return HostStore(aws_client("dynamodb"), deployment.table, where, deployment.defaults)


def now() -> dt.datetime:
    """Return the time, in UTC."""
    return dt.datetime.now(dt.timezone.utc)


def say(text: str) -> None:
    """Print a line as it is."""
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


def warn(text: str) -> None:
    """Print a line as it is on standard error, beside what programs read."""
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)
