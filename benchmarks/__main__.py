"""``make bench``: print the table, and end non-zero where a limit is not kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import (
    client_burst,
    client_requests,
    cold_start,
    launches,
    memory,
    requests,
    stranger,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: what is measured.
        usual: what the AWS blog sample needs for it.
        limit: what must be reached.
        found: what was measured.
        unit: what the numbers count.
    """

    what: str
    usual: str
    limit: float
    found: float
    unit: str = ""

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.found <= self.limit


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    yield from instance_rows()
    yield from client_rows()


def instance_rows() -> Iterator[Row]:
    """Measure InstanceDdns."""
    burst = requests.burst(1000)
    yield Row("Route 53 requests, 1,000 launches in a batch, A + PTR", "7,000", 4, burst["route53"])
    yield Row("EC2 requests for the same", "6,000", 8, burst["ec2"])
    yield from launch_rows()
    launch = requests.warm_launch()
    yield Row("Route 53 requests, one warm launch, A + PTR", "7", 2, launch["route53"])
    yield Row("all AWS requests, one warm launch", "15", 6, launch.total())
    yield Row("sleep before the record exists", "60 s", 0, launch["sleep"], "s")
    ratio = cold_start.ratio()
    yield Row("cold start against boto3 and the same clients", "-", 1.15, ratio, "x")
    grown = memory.growth(10_000)
    yield Row("memory above baseline, 10,000-message batch", "-", 64, grown, "MB")


def launch_rows() -> Iterator[Row]:
    """Measure InstanceDdns behind a model of Lambda's poller, as it comes and with a window."""
    for what, parameters, limits in (
        ("no window", launches.AS_IT_COMES, (5, 180, 240)),
        ("window 1 s", launches.WITH_WINDOW, (25, 30, 4)),
    ):
        alone, many = (launches.launched(count, parameters) for count in (1, 1000))
        yield Row(f"one launch, {what}: seconds", "60", limits[0], alone.seconds, "s")
        yield Row(f"1,000 launches, {what}: seconds", "-", limits[1], many.seconds, "s")
        yield Row("Route 53 requests for them", "7,000", limits[2], many.route53)


def client_rows() -> Iterator[Row]:
    """Measure ClientDdns."""
    counted = client_requests.counted()
    for protocol in ("seed", "dyndns2"):
        calls = counted[f"{protocol} unchanged"]
        yield Row(f"AWS requests, unchanged poll, {protocol}", "2", 1, calls.total())
        asked = calls["ChangeResourceRecordSets"] + calls["ListResourceRecordSets"]
        yield Row(f"Route 53 requests, unchanged poll, {protocol}", "1", 0, asked)
        calls = counted[f"{protocol} changed"]
        yield Row(f"AWS requests, change, {protocol}", "3", 3, calls.total())
    yield Row("clients made for a warm request", "2", 0, counted["clients"].total())
    for protocol in ("seed", "dyndns2"):
        ratio = client_requests.processor_ratio(protocol)
        yield Row(f"unchanged poll against one get_item, {protocol}", "-", 1.3, ratio, "x")
    cost = stranger.cost()
    yield Row("AWS requests, wrong password", "1", 2, cost.usual)
    yield Row("AWS requests, a stranger's dearest", "-", cost.usual, cost.requests)
    yield Row(f"processor time of it ({cost.what})", "-", 3, cost.ratio, "x")
    # As many at once as the construct reserves.
    burst = client_burst.burst(1000, 10, limit=20)
    yield Row("1,000 hosts change in 10 s: requests that fail", "-", 0, burst.failed)
    yield Row("addresses of theirs that are lost", "-", 0, burst.lost)
    yield Row("until the last of them is in the zone", "-", 30, burst.seconds, "s")


def main() -> int:
    """Print the table."""
    print(f"{'what':<52}{'sample':>9}{'must be':>10}{'found':>10}")
    broken = 0
    for row in rows():
        limit = f"<= {row.limit:g}{row.unit and ' ' + row.unit}"
        found = f"{row.found:.3g}{row.unit and ' ' + row.unit}"
        verdict = "" if row.kept else "  NOT KEPT"
        print(f"{row.what:<52}{row.usual:>9}{limit:>10}{found:>10}{verdict}", flush=True)
        broken += not row.kept
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
