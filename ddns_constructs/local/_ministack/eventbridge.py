# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Events in the name of AWS services, and queue policies that count.

1. Only AWS itself may put events whose source is `aws.ec2` or `aws.tag`, and MiniStack says so as
   AWS does. It does not send these events itself either: `ddns_constructs.local.ec2_events` puts
   them, as the administrator, and only those two sources are let through.
2. A rule delivers to a queue only if the queue's policy allows `events.amazonaws.com`. MiniStack
   delivers in any case; a template without the policy would work here and drop every event on AWS.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import eventbridge, sqs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["apply"]

_OURS = {"aws.ec2", "aws.tag"}
_log = logging.getLogger(__name__)


def apply() -> None:
    """Let the administrator's EC2 and tag events in, and ask the queue's policy before delivery."""
    put_events = eventbridge._put_events
    invoke_target = eventbridge._invoke_target

    def put_events_of_ours(data: Mapping[str, Any], *, allow_aws_source: bool = False) -> object:
        sources = {entry.get("Source") for entry in data.get("Entries", [])}
        administrator = iam_evaluator.caller_arn().endswith(":root")
        ours = administrator and bool(sources) and sources <= _OURS
        return put_events(data, allow_aws_source=allow_aws_source or ours)

    def invoke_allowed_target(
        target: Mapping[str, Any], event: object, rule: Mapping[str, Any], view: object = None
    ) -> None:
        if _queue_refuses(target["Arn"], rule):
            _log.warning("EventBridge: %s does not allow %s", target["Arn"], rule.get("Name"))
            return
        invoke_target(target, event, rule, view)

    eventbridge._put_events = put_events_of_ours
    eventbridge._invoke_target = invoke_allowed_target


def _queue_refuses(target: str, rule: Mapping[str, Any]) -> bool:
    if ":sqs:" not in target:
        return False
    # EventBridge itself always calls over TLS; a schedule has no request to inherit that from.
    origin = iam_evaluator._request_origin.set(("127.0.0.1", True))
    try:
        return not sqs.queue_policy_allows(
            target, "events.amazonaws.com", rule.get("Arn", ""), get_account_id()
        )
    finally:
        iam_evaluator._request_origin.reset(origin)
