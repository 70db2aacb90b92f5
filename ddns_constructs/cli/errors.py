"""Errors that are shown to the user in one line, without a traceback."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CommandError", "UsageError", "reporting_errors", "with_next_steps"]

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"}
_NO_REGION = "no Region is named: set AWS_REGION or AWS_PROFILE"
_NO_CREDENTIALS = (
    "there are no credentials of AWS: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY"
)


class CommandError(RuntimeError):
    """Something that cannot be done; the text says why, and what to do."""

    code = 1


class UsageError(CommandError):
    """Arguments that do not fit together, or name nothing."""

    code = 2


@contextlib.contextmanager
def reporting_errors() -> Iterator[None]:
    """Print errors of ours and of AWS on standard error, and end with their exit code."""
    try:
        yield
    except CommandError as err:
        _say(str(err))
        raise typer.Exit(err.code) from None
    except Exception as err:
        text = _of_aws(err)
        if text is None:
            raise
        _say(text)
        raise typer.Exit(CommandError.code) from None


@contextlib.contextmanager
def with_next_steps(how: str) -> Iterator[None]:
    """Add to errors of ours and of AWS how things stand now, and how to go on.

    Raises:
        CommandError: There was one.
    """
    try:
        yield
    except CommandError as err:
        raise CommandError(f"{err}\n{how}") from None
    except Exception as err:
        text = _of_aws(err)
        if text is None:
            raise
        raise CommandError(f"{text}\n{how}") from None


def _say(text: str) -> None:
    Console(stderr=True).print(Text(f"ddns: {text}", style="red"), soft_wrap=True)


def _of_aws(err: Exception) -> str | None:
    """Return what an error of boto3 means, or None if it is none."""
    if "botocore" not in sys.modules:
        return None
    from botocore.exceptions import (  # noqa: PLC0415 - extra `cli`
        BotoCoreError,
        ClientError,
        NoCredentialsError,
        NoRegionError,
    )

    if isinstance(err, ClientError):
        found = err.response.get("Error", {})
        code, message = found.get("Code", ""), " ".join(str(found.get("Message", "")).split())
        if code in _DENIED:
            return f"{message or code}: {_way_out(err.operation_name)}"
        if code in _EXPIRED:
            return f"AWS does not accept these credentials ({code}): {message}"
        return f"AWS refused {err.operation_name}: {code}: {message}"
    if isinstance(err, BotoCoreError):
        missing = {NoRegionError: _NO_REGION, NoCredentialsError: _NO_CREDENTIALS}
        return missing.get(type(err), f"AWS cannot be asked: {err}")
    return None


def _way_out(operation: str) -> str:
    if operation == "DescribeStacks":
        return "name --table, --url and --zone-id instead of the stack"
    if operation in ("GetApiKey", "ListStackResources"):
        return "ask for cloudformation:ListStackResources of the stack, apigateway:GET of its keys"
    return "ask for `grant_manage_hosts` of the construct"
