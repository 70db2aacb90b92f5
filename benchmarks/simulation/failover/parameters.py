"""Every number of the model of failovers, each with its source or its reason."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[float, float]
"""From, to: each value between them is as likely as any other."""


@dataclass(frozen=True)
class Parameters:
    """What AWS, nodes and people are taken to be like. Times are in seconds."""

    # ------------------------------------------------------------ the constructs' own

    interval: float = 3.0  # OverlayIpFailover's default; so are the following
    failures: int = 3
    recoveries: int = 10
    min_dwell: float = 60.0
    max_moves_per_hour: int = 3
    verify_interval: float = 15.0
    check_timeout: float = 1.0  # Probe.tcp's default
    loop: float = 118.0  # of the handler: for so long an invocation does rounds
    tables: int = 2  # of the VPC that is simulated

    # ------------------------------------------------------------ EventBridge and Lambda

    schedule: float = 60.0  # the construct's rule
    late: Span = (0.0, 5.0)  # how late the rule is; the documentation promises the minute only
    cold_start: Span = (0.3, 1.2)  # Python, with boto3 at the upper end; from reports
    prober_cold: float = 0.002  # part of the probers' invocations: Lambda renews what it keeps warm
    controller_cold: float = 0.1  # part of the controller's: two of them take turns
    invoke: Span = (0.01, 0.04)  # a synchronous invocation within the Region, warm
    invoke_fails: float = 0.001  # part of invocations without an answer; generous
    prober_gone: Span = (0.05, 2.5)  # until the controller knows that a prober does not answer
    state_event: Span = (
        0.5,
        5.0,
    )  # from EC2's state to the controller: "best effort", some seconds
    state_event_missing: float = 0.05  # part of them that never come; generous

    # ------------------------------------------------------------ EC2 and DynamoDB

    ec2_write: Span = (0.1, 0.4)  # ReplaceRoute, as users report
    ec2_read: Span = (0.06, 0.25)  # a Describe
    ec2_slow: float = 0.01  # part of the calls that take longer, and how long
    ec2_slowly: Span = (0.5, 1.8)
    ec2_lag: Span = (
        0.0,
        1.0,
    )  # how old what a Describe shows is: "eventual consistency", no number
    ec2_lag_long: Span = (1.0, 3.0)  # the same in one run of twenty
    dynamodb: Span = (0.004, 0.02)  # single items, with TLS kept open
    no_connection: float = 0.9  # the controller's time limit of a connection
    no_answer: float = 2.0  # the same of an answer
    ec2_throttles: float = 0.002  # part of the calls that are refused on an ordinary day; generous

    # None of these is documented; attaching and detaching are the spans of public issues, in which
    # a system that hangs never lets go of its interface.
    assign: Span = (0.5, 5.0)  # AssignPrivateIpAddresses: "an asynchronous operation"
    attach: Span = (2.0, 15.0)
    detach: Span = (3.0, 40.0)
    force: Span = (2.0, 30.0)

    # ------------------------------------------------------------ the network of the VPC

    answer: Span = (0.001, 0.006)  # of a healthy node, across zones
    lost_packet: float = 0.0001  # part of probes without an answer: TCP tries again after 1 s only

    # ------------------------------------------------------------ Route 53

    checkers: int = 16  # 18 % of them decide; what users count in their logs
    healthy_part: float = 0.18  # Developer Guide: "more than 18%"
    check_interval: float = 10.0  # "Fast (10 seconds)"; checkers do not agree on a moment
    checker_connect: float = 4.0  # Developer Guide, as the following
    checker_answer: float = 2.0
    checker_way: Span = (0.03, 0.25)  # to the Region and TLS, from all over the world
    status: Span = (0.2, 2.0)  # from a checker's view to the health check's; not documented
    edge: Span = (2.0, 8.0)  # from there to what name servers answer; not documented, 8 s assumed
    ttl: float = 10.0  # NameFailover's default
    upsert: Span = (5.0, 30.0)  # PENDING to INSYNC: "usually within 60 seconds"; seed 003 saw 20 s

    # ------------------------------------------------------------ relay and canary

    relay_try: float = 0.7  # how long a try of the relay takes at most
    relay_cold: Span = (0.25, 0.9)  # Python without boto3, in a VPC
    relay_own: Span = (0.005, 0.03)  # function URL and Lambda itself
    canary_late: Span = (0.0, 5.0)
    metric: Span = (2.0, 12.0)  # from the canary's log line to a metric that can be read
    evaluation: Span = (2.0, 10.0)  # after a period of 60 s is over, until its alarm is on

    # ------------------------------------------------------------ the seed's way, and the peer

    page: Span = (60.0, 300.0)  # an alarm of one to five minutes until somebody is paged
    hands: Span = (180.0, 1800.0)  # from the page to the one command; on-call promises 5 to 30 min
    watch_interval: float = 5.0  # mutual watching: as the usual scripts, a ping and its time limit
    watch_failures: int = 3
    toggle_schedule: float = 60.0  # the closest peer: a rule each minute
    toggle_steps: Span = (1.0, 4.0)  # its state machine, until the prober runs
