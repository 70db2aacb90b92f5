"""``make bench``: print the table, and end non-zero where a limit is not kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import cold_start, memory, requests

if TYPE_CHECKING:
    from collections.abc import Iterator


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: what is measured.
        usual: what the article's code needs for it.
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
    burst = requests.burst(1000)
    yield Row("Route 53 requests, 1,000 launches at once, A + PTR", "7,000", 4, burst["route53"])
    yield Row("EC2 requests for the same", "6,000", 8, burst["ec2"])
    launch = requests.warm_launch()
    yield Row("Route 53 requests, one warm launch, A + PTR", "7", 2, launch["route53"])
    yield Row("all AWS requests, one warm launch", "15", 6, launch.total())
    yield Row("sleep before the record exists", "60 s", 0, launch["sleep"], "s")
    ratio = cold_start.ratio()
    yield Row("cold start against boto3 and the same clients", "-", 1.15, ratio, "x")
    grown = memory.growth(10_000)
    yield Row("memory above baseline, 10,000-message batch", "-", 64, grown, "MB")


def main() -> int:
    """Print the table."""
    print(f"{'what':<52}{'article':>9}{'must be':>10}{'found':>10}")
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
