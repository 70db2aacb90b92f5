"""CloudFormation: the answer that a custom resource owes."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping

_TIMEOUT = 10.0


def answer(event: Mapping[str, str], reason: str | None = None) -> None:
    """Tell CloudFormation that a custom resource succeeded, or why it failed.

    Args:
        event: the request, with the signed URL that takes the answer.
        reason: why it failed; default: it succeeded.
    """
    body = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": reason or "",
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(  # noqa: S310 - the URL comes from CloudFormation
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        method="PUT",
        headers={"Content-Type": ""},  # the URL is signed for no content type
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310 - as above
        pass
