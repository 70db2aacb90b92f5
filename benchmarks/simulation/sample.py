"""The AWS blog sample's way of working, reckoned: an invocation an event, and no batches.

Reckoned and not run: its calls are always the same, so the account's token bucket alone says when
the last one is answered. It is reckoned at its best: as though a throttled call were asked again
for as long as it takes. In truth boto3 gives up after five attempts and Lambda after three
invocations, and what is given up is lost, since nothing sweeps.
"""

from __future__ import annotations

# Calls of Route 53 for one instance with A and PTR, and what it sleeps first: counted in the
# sample's code, see `make bench`.
ROUTE53_CALLS = 7
SLEEP = 60.0
_CAPACITY, _REFILL = 50, 10  # Developer Guide, "Throttling API requests"
_CALL = 0.3


def burst(count: int, other_tool: float = 0.0) -> float:
    """Return the seconds until the last of instances that are launched at once has its records."""
    calls = max(0, count * ROUTE53_CALLS - _CAPACITY)
    return SLEEP + calls / (_REFILL - other_tool) + ROUTE53_CALLS * _CALL


def steady(rate: float, minutes: float = 10.0) -> float:
    """Return how late the last event of some minutes becomes a change, at so many a second."""
    calls = rate * minutes * 60 * ROUTE53_CALLS
    behind = max(0.0, (calls - _CAPACITY) / _REFILL - minutes * 60)
    return SLEEP + behind + ROUTE53_CALLS * _CALL
