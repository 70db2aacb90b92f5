"""Errors that are shown to the user in one line, without a traceback."""

from __future__ import annotations

import contextlib
import shlex
import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from ddns_constructs.cli.account import ACCOUNT
from ddns_constructs.cli.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "WAYS_OUT",
    "CommandError",
    "HostError",
    "UsageError",
    "aws_trouble",
    "reporting_errors",
    "with_next_steps",
]

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"}
# What each error of botocore means, by its name: releases that the extra allows do not have all.
# The nearest of its ancestors counts. `{login}` is the option of the AWS CLI for the profile.
_MEANINGS = {
    "NoRegionError": "no Region is named: say --region, or set AWS_REGION or AWS_PROFILE",
    "NoCredentialsError": (
        "there are no credentials of AWS: say --profile, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID "
        "and AWS_SECRET_ACCESS_KEY"
    ),
    "ProfileNotFound": (
        "there is no profile {profile!r}: `aws configure list-profiles` shows those that are there"
    ),
    "SSOError": "the session of IAM Identity Center has ended, or none was begun: "
    "`aws sso login{login}`",
    "TokenRetrievalError": "the session of IAM Identity Center has ended: `aws sso login{login}`",
    "LoginError": "the session of `aws login` has ended, or none was begun: `aws login{login}`",
    "MissingDependencyException": (
        "a profile of `aws login` needs the AWS Common Runtime: "
        "pip install 'ddns-constructs[cli]', or pip install 'botocore[crt]'"
    ),
}

WAYS_OUT = {
    "DescribeStacks": "name --table, --url and --zone-id instead of the stack",
    "GetApiKey": "ask for cloudformation:ListStackResources of the stack, apigateway:GET of its "
    "keys",
    "ListStackResources": "ask for cloudformation:ListStackResources of the stack, "
    "apigateway:GET of its keys",
    "AssumeRole": "the role's trust policy must let you in, or name another --profile",
    "": "ask for `grant_manage_hosts` of the construct",
}
"""What to do where AWS refuses an operation; with an empty name, any other."""


class CommandError(RuntimeError):
    """Something that cannot be done; the text says why, and what to do."""

    code = 1


class HostError(CommandError):
    """Something that cannot be done with one host, whatever may be done with others."""


class UsageError(CommandError):
    """Arguments that do not fit together, or name nothing."""

    code = 2


@contextlib.contextmanager
def reporting_errors(ways_out: Mapping[str, str] = WAYS_OUT) -> Iterator[None]:
    """Print errors of ours and of AWS on standard error, and end with their exit code.

    Args:
        ways_out: What to do where AWS refuses an operation. Default: what is so for hosts.
    """
    try:
        yield
    except CommandError as err:
        _say(str(err))
        raise typer.Exit(err.code) from None
    except Exception as err:
        text = _of_aws(err, ways_out)
        if text is None:
            raise
        _say(text)
        raise typer.Exit(CommandError.code) from None


@contextlib.contextmanager
def aws_trouble(ways_out: Mapping[str, str] = WAYS_OUT) -> Iterator[None]:
    """Make errors of AWS ours.

    Args:
        ways_out: As `reporting_errors` has it.

    Raises:
        CommandError: There was one.
    """
    try:
        yield
    except Exception as err:
        text = _of_aws(err, ways_out)
        if text is None:
            raise
        raise CommandError(text) from None


@contextlib.contextmanager
def with_next_steps(how: str) -> Iterator[None]:
    """Add to errors of ours and of AWS how things stand now, and how to go on.

    Raises:
        CommandError: There was one.
    """
    try:
        with aws_trouble():
            yield
    except CommandError as err:
        raise type(err)(f"{err}\n{how}") from None


def _say(text: str) -> None:
    shown = "\n".join(map(printable, text.split("\n")))  # a journal may hold what somebody wrote
    Console(stderr=True).print(Text(f"ddns: {shown}", style="red"), soft_wrap=True)


def _of_aws(err: Exception, ways_out: Mapping[str, str]) -> str | None:
    """Return what an error of boto3 means, or None if it is none."""
    if "botocore" not in sys.modules:
        return None
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - extra `cli`

    if isinstance(err, ClientError):
        found = err.response.get("Error", {})
        code, message = found.get("Code", ""), " ".join(str(found.get("Message", "")).split())
        if code in _DENIED:
            way_out = ways_out.get(err.operation_name) or ways_out[""]
            return f"{message or code}: {way_out}"
        if code in _EXPIRED:
            return f"AWS does not accept these credentials ({code}): {message}"
        return f"AWS refused {err.operation_name}: {code}: {message}"
    if isinstance(err, BotoCoreError):
        return _of_botocore(err)
    return None


def _of_botocore(err: Exception) -> str:
    account = ACCOUNT.get()
    profile = account.profile if account else ""
    login = f" --profile {shlex.quote(profile)}" if profile else ""
    for kind in type(err).__mro__:
        if kind.__name__ in _MEANINGS:
            return _MEANINGS[kind.__name__].format(profile=profile, login=login)
    return f"AWS cannot be asked: {err}"
