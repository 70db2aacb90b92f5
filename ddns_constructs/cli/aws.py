"""Clients of AWS."""

from __future__ import annotations

import importlib.util
from typing import Any

from ddns_constructs.cli.account import ACCOUNT, Account
from ddns_constructs.cli.errors import CommandError

__all__ = ["aws_client"]


def aws_client(service: str, region: str = "") -> Any:  # noqa: ANN401 - boto3 makes the methods at run time
    """Return a boto3 client for the account and Region that the command or the environment says.

    Args:
        service: boto3's name of it.
        region: Another Region. Default: that of the command or the environment.

    Raises:
        CommandError: boto3 is not installed.
    """
    if importlib.util.find_spec("boto3") is None:
        raise CommandError("this command needs boto3: pip install 'ddns-constructs[cli]'")
    account = ACCOUNT.get() or Account()
    return account.session.client(service, **({"region_name": region} if region else {}))
