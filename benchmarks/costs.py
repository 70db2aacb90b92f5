"""What a deployment costs a month, by list price: one home, ten instances."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.flood import LINE_BYTES, PRICES

# US East (N. Virginia), the first tier of each, beside those of floods; docs/costs.md links the
# pages.
ZONE, METRIC, ALARM, SQS_REQUEST = 0.50, 0.30, 0.10, 0.40e-6
# Free for every account and for ever, if nothing else there uses them.
FREE_METRICS, FREE_ALARMS, FREE_LOG_GB = 10, 10, 5.0
FREE_SQS_REQUESTS, FREE_LAMBDA_REQUESTS, FREE_LAMBDA_GB_SECONDS = 1_000_000, 1_000_000, 400_000
DAYS, HOURS = 30, 720
# Lambda polls a queue with five long polls at a time, twenty seconds each, and with a maximum
# concurrency never with fewer.
EMPTY_RECEIVES = 5 * DAYS * 86_400 // 20
_GB = 10**9


class Use(NamedTuple):
    """What is used in a month.

    Attributes:
        zones: hosted zones.
        alarms: alarms of `add_alarms`.
        metric_hours: hours in which a custom metric got a value, over all metrics.
        queue_requests: requests to SQS, empty ones included.
        invocations: of the function.
        gb_seconds: of the function.
        reads: read units of DynamoDB.
        writes: write units of DynamoDB.
        log_lines: lines of the function.
    """

    zones: int
    alarms: int
    metric_hours: float
    queue_requests: int
    invocations: int
    gb_seconds: float
    reads: int
    writes: int
    log_lines: int


class Cost(NamedTuple):
    """Dollars a month: by list price, and beyond what is free for every account."""

    listed: float
    beyond_free: float


def home(poll_minutes: int = 5, changes_a_day: int = 1) -> Use:
    """Return what one home uses: a router that asks with `ClientDdns`, by its function URL."""
    polls, changes = DAYS * 1_440 // poll_minutes, DAYS * changes_a_day
    return Use(
        zones=1,
        alarms=4,
        # Unchanged in every hour, Changed in some.
        metric_hours=HOURS + changes,
        queue_requests=EMPTY_RECEIVES,
        invocations=polls,
        gb_seconds=polls * 0.03 * 0.25,
        reads=polls,
        writes=2 * changes,
        log_lines=polls,
    )


def instances(count: int = 10, starts_a_day: int = 1) -> Use:
    """Return what a few instances use that start and stop once a day, in two private zones."""
    # Running, stopping, stopped, and a change of tags; a sweep is an order and a step a phase.
    events, sweeps = DAYS * count * starts_a_day * 4, 6 * HOURS
    handled = events + sweeps
    return Use(
        zones=2,
        alarms=6,
        # RecordsWritten, RecordsRemoved and EventToChange, in two hours of each day.
        metric_hours=3 * 2 * DAYS,
        # Sent, received and deleted, one by one at the worst.
        queue_requests=EMPTY_RECEIVES + 3 * handled,
        invocations=handled,
        gb_seconds=handled * 0.5 * 0.5,
        reads=handled * 10,
        writes=handled * 6,
        log_lines=events,
    )


def costs(use: Use, *, with_alarms: bool = True) -> dict[str, Cost]:
    """Return what a month costs, by what is billed."""
    metrics, alarms = use.metric_hours / HOURS, use.alarms * with_alarms
    log = use.log_lines * LINE_BYTES / _GB
    request, second = PRICES["Lambda request"], PRICES["Lambda GB-second on Arm"]
    invocations = max(0, use.invocations - FREE_LAMBDA_REQUESTS)
    seconds = max(0.0, use.gb_seconds - FREE_LAMBDA_GB_SECONDS)
    dynamodb = use.reads * PRICES["DynamoDB read unit"] + use.writes * PRICES["DynamoDB write unit"]
    zones = use.zones * ZONE
    return {
        "hosted zones": Cost(zones, zones),
        "alarms": Cost(alarms * ALARM, max(0, alarms - FREE_ALARMS) * ALARM),
        "custom metrics": Cost(metrics * METRIC, max(0.0, metrics - FREE_METRICS) * METRIC),
        "SQS: empty receives": Cost(
            use.queue_requests * SQS_REQUEST,
            max(0, use.queue_requests - FREE_SQS_REQUESTS) * SQS_REQUEST,
        ),
        "Lambda": Cost(
            use.invocations * request + use.gb_seconds * second,
            invocations * request + seconds * second,
        ),
        "DynamoDB": Cost(dynamodb, dynamodb),
        "logs": Cost(
            log * PRICES["CloudWatch Logs GB"],
            max(0.0, log - FREE_LOG_GB) * PRICES["CloudWatch Logs GB"],
        ),
    }


def table() -> str:
    """Return the table of docs/costs.md."""
    one, ten = costs(home()), costs(instances())
    rows = [
        *((what, (*one[what], *ten[what])) for what in one),
        ("**in total**", tuple(sum(column) for column in zip(*_lines(one, ten), strict=True))),
    ]
    heads = "| a month | one home | beyond the free tiers | ten instances | beyond the free tiers |"
    lines = [heads, "|---|---|---|---|---|"]
    lines += [f"| {what} | {' | '.join(map(_shown, values))} |" for what, values in rows]
    return "\n".join(lines)


def _lines(one: dict[str, Cost], ten: dict[str, Cost]) -> list[tuple[float, ...]]:
    return [(*one[what], *ten[what]) for what in one]


def _shown(dollars: float) -> str:
    return "0" if not dollars else f"${dollars:.2f}" if dollars >= 0.01 else "< $0.01"


if __name__ == "__main__":
    print(table())
