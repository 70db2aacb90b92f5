"""Moves a name by hand: one batch of changes, until every name server of Route 53 has it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.errors import CommandError, UsageError
from ddns_constructs.cli.failovers import clock
from ddns_constructs.cli.failovers.name import look_at_name
from ddns_constructs.cli.failovers.records import read_pairs, upserts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddns_constructs.cli.failovers.following import Follower
    from ddns_constructs.cli.failovers.kinds import NameFailover

__all__ = ["switch_name"]

_BUSY = {"PriorRequestNotComplete", "Throttling", "ThrottlingException"}
_ATTEMPTS = 5
_PAUSE = 2.0


def switch_name(failover: NameFailover, to: str, follower: Follower, reason: str = "") -> None:
    """Write the primary record set of every type, and follow the change.

    Args:
        failover: The failover.
        to: primary or secondary.
        follower: Who shows the progress.
        reason: Why, for the comment of the change, which CloudTrail keeps.

    Raises:
        UsageError: It is neither.
        CommandError: A record set is missing, or the change is not everywhere in time.
    """
    if to not in ("primary", "secondary"):
        raise UsageError(
            f"{failover.name} is a name: --to must be primary or secondary, got {to!r}"
        )
    back = to == "primary"
    route53 = aws_client("route53")
    pairs = read_pairs(route53, failover)
    follower.result(failover=failover.name, to=to)
    if all(pair.as_deployed if back else pair.by_hand for pair in pairs):
        how = "as deployed" if back else "switched to its secondary"
        follower.say(f"{failover.name} is {how} already: nothing was written")
        follower.result(written=False, done=True)
        return
    change = _send(route53, failover.zone, upserts(failover, pairs, reason, deployed=back))
    follower.result(written=True, change=change)
    follower.follow(
        f"{failover.name} goes to its {to}",
        lambda: _step(route53, change),
        f"Route 53 goes on with it: `aws route53 get-change --id {change}` tells",
    )
    _tell(failover, follower, back=back)


def _send(route53: Any, zone: str, batch: Mapping[str, Any]) -> str:  # noqa: ANN401 - boto3's
    """Send a batch, which may be sent twice: it says what is to be there, whatever is."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            clock.sleep(_PAUSE * attempt)
        with contextlib.suppress(_BusyError):
            answer = _sent(route53, zone, batch)
            return str(answer["ChangeInfo"]["Id"].rpartition("/")[2])
    raise CommandError(
        f"zone {zone} takes no changes, as others change it all the time: run it again"
    )


class _BusyError(Exception):
    """The zone takes no change just now."""


def _sent(route53: Any, zone: str, batch: Mapping[str, Any]) -> Any:  # noqa: ANN401 - boto3's
    from botocore.exceptions import ClientError  # noqa: PLC0415 - extra `cli`

    try:
        return route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") in _BUSY:
            raise _BusyError from err
        raise


def _step(route53: Any, change: str) -> tuple[bool, str]:  # noqa: ANN401 - boto3's
    status = route53.get_change(Id=change)["ChangeInfo"]["Status"]
    return status == "INSYNC", str(status)


def _tell(failover: NameFailover, follower: Follower, *, back: bool) -> None:
    if back:
        view = look_at_name(failover)
        follower.result(answers=view.answers)
        follower.say(f"{failover.name} {view.where}")
        return
    follower.result(answers="secondary")
    follower.say(
        f"resolvers may keep the primary for {failover.ttl} s more; it stays at its secondary "
        "until `--to primary`, whatever the health check says"
    )
