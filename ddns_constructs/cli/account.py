"""Who asks AWS: one session for a command, as the AWS CLI has one."""

from __future__ import annotations

import os
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = ["ACCOUNT", "Account"]

# Where the AWS CLI keeps them: a role that it has assumed is not assumed again by a command of
# ours, so nobody is asked for another code of MFA: STS takes each only once.
_CACHE = Path("~", ".aws", "cli", "cache")
_CACHED = ("assume-role", "assume-role-with-web-identity", "sso")


class Account:
    """Who asks AWS, and where: what a command was started with.

    Args:
        profile: The option `--profile`. Default: what the environment says.
        region: The option `--region`. Default: what the environment and the profile say.
    """

    def __init__(self, profile: str = "", region: str = "") -> None:
        self._profile = profile
        # boto3 itself reads AWS_DEFAULT_REGION only, unlike the AWS CLI and every other SDK.
        self._region = region or os.environ.get("AWS_REGION") or ""

    @property
    def profile(self) -> str:
        """The profile; empty for the default one."""
        return self._profile or os.environ.get("AWS_PROFILE", "")

    @cached_property
    def session(self) -> Any:  # noqa: ANN401 - boto3's
        """The one session: credentials are found once, whoever has to be asked for them."""
        import boto3  # noqa: PLC0415 - extra `cli`
        import botocore.session  # noqa: PLC0415 - likewise
        from botocore.utils import JSONFileCache  # noqa: PLC0415 - likewise

        own = botocore.session.Session(profile=self._profile or None)
        found = own.get_component("credential_provider")
        cache = JSONFileCache(_CACHE.expanduser())
        for name in _CACHED:
            # As the AWS CLI does it: the session has no argument for it.
            found.get_provider(name).cache = cache
        return boto3.Session(botocore_session=own, region_name=self._region or None)


ACCOUNT: ContextVar[Account | None] = ContextVar("ddns_account", default=None)
"""What the command that runs was started with."""
