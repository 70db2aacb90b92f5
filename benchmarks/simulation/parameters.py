"""Every number of the model, each with its source or its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

_FULL_BATCH = 1000


@dataclass(frozen=True)
class Parameters:
    """What AWS is taken to be like. Times are in seconds.

    A latency is what a call takes inside the Region, as users commonly report it; processor times
    are of botocore's own parsers on one core of a current x86 server (see ``processor``), for
    the boto3 of ``constraints/dev.txt``.
    """

    # ------------------------------------------------------------ Lambda and SQS

    workers: int = 2  # the construct's maximum concurrency: the fewest an event source takes
    batch_size: int = 1000  # the construct's, with a window
    window: float = 1.0  # what large fleets are to ask for; see AS_IT_COMES
    quiet: float = 0.0  # what little traffic adds to a window: a busy fleet has none
    timeout: float = 120.0  # the construct's timeout of the function
    visibility: float = 721.0  # the construct's: six timeouts and the window
    max_receives: int = 407  # the construct's redrive policy
    twice: float = 0.001  # standard queues deliver at least once; how often twice is not documented
    again_after: float = 1.0  # when the second delivery of such a message comes
    cold_start: float = 1.0  # Python with boto3 and four clients at 256 MB, from reports
    memory: int = 512  # the construct's default, MiB
    full_processor: int = 1769  # Developer Guide: "At 1,769 MB, a function has one vCPU"
    sqs: float = 0.02

    # ------------------------------------------------------------ EC2

    describe_instances: float = 0.3  # a page of 1,000
    describe: float = 0.1  # any other call
    instances_processor: float = 0.0007  # to parse one instance's XML

    # ------------------------------------------------------------ DynamoDB

    dynamodb: float = 0.1  # generous: single reads take 5 ms, transactions of 100 about 100
    transaction: float = 0.05  # of a write's 0.1 s: for so long its items refuse others
    item_read_processor: float = 0.0001  # to parse one item; measured 0.06 to 0.14 ms
    item_write_processor: float = 0.00025  # to make, check and serialise an action; 0.05 + 0.19 ms

    # ------------------------------------------------------------ Route 53

    list_records: float = 0.2  # a page of 300
    change_records: float = 0.3  # a change batch; for so long the zone takes no other
    zones: float = 0.2  # any other call
    refusal: float = 0.05  # Throttling and PriorRequestNotComplete come quicker
    record_read_processor: float = 0.000035  # to parse one record set; measured 10 ms for 300
    record_write_processor: float = 0.000065  # to check and serialise; measured 63 ms for 1,000
    # The limit of record changes a second exists since July 2026; its default is the account's
    # own. None is none. Neither number is published: how many changes come back a second, and how
    # many the bucket holds. By default that is ten seconds of it, at least one full batch.
    changes_a_second: float | None = None
    changes_held: float | None = None
    other_tool: float = 0.0  # requests a second that another tool of the account makes

    # ------------------------------------------------------------ the runtime and its events

    own_processor: float = 0.0003  # to decide on an instance; measured in a steady sweep
    event_delay: tuple[float, float] = (0.2, 1.0)  # from the change in EC2 to the queue
    reserve: float = 20.0  # what the handler keeps of its time limit

    @property
    def changes(self) -> tuple[float, float] | None:
        """The bucket of record changes: how many it holds, and how many come back a second."""
        refill = self.changes_a_second
        if refill is None:
            return None
        return self.changes_held or max(10 * refill, _FULL_BATCH), refill

    def processor(self, seconds: float) -> float:
        """Return how long work takes on the function's share of a processor."""
        return seconds * max(1.0, self.full_processor / self.memory)


AT_ONCE = Parameters(
    window=0.0,
    timeout=1e9,
    visibility=1e10,
    twice=0.0,
    cold_start=0.0,
    memory=10_000_000,
    sqs=0.0,
    describe_instances=0.0,
    describe=0.0,
    instances_processor=0.0,
    dynamodb=0.0,
    transaction=0.0,
    item_read_processor=0.0,
    item_write_processor=0.0,
    list_records=0.0,
    change_records=0.0,
    zones=0.0,
    refusal=0.0,
    record_read_processor=0.0,
    record_write_processor=0.0,
    own_processor=0.0,
    event_delay=(0.0, 0.0),
)
"""An AWS that takes no time and has no quotas: to prepare what a scenario begins with."""

QUIET = replace(Parameters(), quiet=20.0)
"""A window, and an account in which nothing else happens: Lambda waits as long as it may."""

AS_IT_COMES = replace(Parameters(), window=0.0, batch_size=10, visibility=720.0, max_receives=408)
"""The construct with its default: no batching window."""
