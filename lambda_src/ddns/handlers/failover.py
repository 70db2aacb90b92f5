"""Entry point of the controller of an address failover."""

from __future__ import annotations

import os
from typing import Any

from ddns.failover.composition import FailoverParts, failover_parts
from ddns.failover.settings import FailoverSettings

LOOP = 118.0
"""For how many seconds a scheduled invocation does rounds; the next begins after 60."""

# What is kept of the time limit for the round that was begun last.
_RESERVE = 10.0

_parts = failover_parts(FailoverSettings.from_environment(os.environ))


def handler(event: dict[str, Any], context: Any) -> None:  # noqa: ANN401 - AWS's
    """Do rounds for two minutes; of an event of EC2, one round."""
    left = context.get_remaining_time_in_millis() / 1000
    respond(_parts, event, min(LOOP, left - _RESERVE))


def respond(parts: FailoverParts, event: dict[str, Any], seconds: float) -> None:
    """Do rounds for so many seconds; of an event of EC2, one round that looks at the instances.

    An event is only a reason to look: what is done follows from what EC2 and the probers say now.
    """
    controller = parts.controller()
    if event.get("source") == "aws.ec2":
        controller.round(look=True)
        parts.report.flush()
    else:
        controller.run(parts.clock.now() + seconds)
