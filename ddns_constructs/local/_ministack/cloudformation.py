# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""A change set whose execution answers when it is done.

Not a correction but a matter of time: the CDK CLI asks right after ExecuteChangeSet whether the
stack is done, and then only every five seconds, because on AWS it takes minutes. Here a stack takes
a second, so the answer waits for it: without that every deployment would take five seconds longer.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from ministack.services import cloudformation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    _Response = tuple[int, dict[str, str], bytes]
    _Handler = Callable[
        [str, str, Mapping[str, str], bytes, Mapping[str, object]], Awaitable[_Response]
    ]

__all__ = ["apply"]

_LONGEST = 20.0
_INTERVAL = 0.02


def apply() -> None:
    """Hold the answer to ExecuteChangeSet back while the stack is in progress."""
    handle_request: _Handler = cloudformation.handle_request

    async def handle(
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, object],
    ) -> _Response:
        response = await handle_request(method, path, headers, body, query)
        asked = parse_qs(body.decode(errors="replace"))
        if asked.get("Action") == ["ExecuteChangeSet"] and "StackName" in asked:
            await _done(asked["StackName"][0])
        return response

    cloudformation.handle_request = handle


async def _done(stack_name: str) -> None:
    deadline = time.monotonic() + _LONGEST
    while time.monotonic() < deadline:
        stack = cloudformation._stacks.get(stack_name.rpartition("stack/")[2].partition("/")[0])
        if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return
        await asyncio.sleep(_INTERVAL)
