"""Entry point of InstanceDdns."""

from __future__ import annotations

import os
from typing import Any

from ddns.core.errors import BadMessageError, DdnsError
from ddns.core.instance.events import Expected, parse_instances, parse_sweep
from ddns.instance.composition import InstanceParts, instance_parts
from ddns.instance.outcome import Outcome
from ddns.instance.settings import InstanceSettings

# What is kept of the time limit, to write down what happened.
_RESERVE = 20.0
_SWEEP = {"action", "verify", "dry_run", "next"}

_parts = instance_parts(InstanceSettings.from_environment(os.environ))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:  # noqa: ANN401 - AWS's
    """Answer a queue batch, a CloudFormation custom resource, or a direct invocation."""
    left = context.get_remaining_time_in_millis() / 1000
    return respond(_parts, event, _parts.clock.now() + max(left - _RESERVE, left / 2))


def respond(parts: InstanceParts, event: dict[str, Any], deadline: float) -> dict[str, Any] | None:
    """Answer an event before ``deadline``, in seconds of the epoch."""
    if not isinstance(event, dict):
        raise _unknown(type(event).__name__)
    if "Records" in event:
        failed = parts.messages.handle(event["Records"], deadline)
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
    if "ResponseURL" in event:
        _custom_resource(parts, event)
        return None
    return _direct(parts, event, deadline)


def _custom_resource(parts: InstanceParts, event: dict[str, Any]) -> None:
    """Have a sweep done when the stack is created or updated; a deletion leaves all as it is."""
    from ddns.adapters import cloudformation  # noqa: PLC0415 - not in the way of a cold start

    reason = None
    if event["RequestType"] != "Delete":
        try:
            parts.queue.order_sweep()
        except DdnsError as err:
            reason = f"no sweep could be ordered: {err}"
    cloudformation.answer(event, reason)


def _direct(parts: InstanceParts, event: dict[str, Any], deadline: float) -> dict[str, Any]:
    from ddns.instance.summary import summary  # noqa: PLC0415 - not in the way of a cold start

    if event.keys() == {"instances"}:
        looks = parse_instances(event["instances"])
        # Whoever asks has looked already: what EC2 says counts at once.
        expected = {look.instance_id: Expected(again=True) for look in looks}
        outcome = parts.service.handle(expected, deadline)
        parts.report.report(outcome)
        return summary(outcome)
    if event.keys() == {"drain"} and isinstance(event["drain"], bool):
        return _drain(parts, deadline, on=event["drain"])
    if event and event.keys() <= _SWEEP and event.get("action", "sweep") == "sweep":
        return _sweep(parts, event, deadline)
    raise _unknown(f"the keys {sorted(event)}")


def _sweep(parts: InstanceParts, event: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Begin a sweep, or do a step of a dry run: the caller sends the answer's ``next`` for more."""
    from ddns.instance.summary import parse_token, planned  # noqa: PLC0415 - as above

    order = parse_sweep(event)
    if not order.dry_run:
        begun = parts.sweeper.begin(verify=order.verify)
        return {"sweep": "begun" if begun else "noted: it follows the one that is under way"}
    outcome = Outcome()
    progress = parse_token(event.get("next"))
    left = parts.sweeper.plan(progress, outcome, deadline, verify=order.verify)
    return planned(outcome, left)


def _drain(parts: InstanceParts, deadline: float, *, on: bool) -> dict[str, Any]:
    """Remove what there is time for, or end that and have all written again."""
    from ddns.instance.summary import summary  # noqa: PLC0415 - as above

    if not on:
        parts.drain.end(deadline)
        parts.queue.order_sweep()
        return {"draining": False, "sweep": "ordered"}
    parts.drain.begin(deadline)
    outcome = Outcome()
    drained = parts.drain.walk(outcome, deadline)
    parts.report.report(outcome)
    return {"draining": True, "drained": drained, **summary(outcome)}


def _unknown(got: str) -> BadMessageError:
    """Return the error for what nobody can have meant; what it holds is not repeated."""
    return BadMessageError(
        'expected {"action": "sweep"}, {"dry_run": true}, {"drain": true} or '
        '{"instances": ["i-..."]} alone, '
        f"got {got}"
    )
