"""What to ask for where AWS refuses what `ddns failover` needs."""

from __future__ import annotations

from typing import Final

from ddns_constructs.cli.errors import WAYS_OUT

__all__ = ["FAILOVER_WAYS_OUT"]

FAILOVER_WAYS_OUT: Final = {
    "AssumeRole": WAYS_OUT["AssumeRole"],
    "DescribeStacks": "name the table of the journal instead of the stack: --table",
    "": "ask for `grant_operate` or `grant_read` of an address, `grant_switch` of a name",
}
