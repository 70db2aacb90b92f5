"""Whatever happens on the way, the next poll finds zone and table to agree with what it says."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.fakes.sqs import QUEUE
from tests.service.client.world import HOME, VERIFY, ZONE, World, host
from tests.service.interleaving import interleave

FOUR = ("176.32.100.36", "52.95.110.1", "54.239.17.6")
SIX = ("2600:1f14:1:2::7", "2600:1f14:1:9::7")
THEIRS = "192.0.2.1"
FAILURES = (
    ("Throttling", False),
    ("PriorRequestNotComplete", False),
    ("ReadTimeoutError", False),
    ("ReadTimeoutError", True),
    ("InternalFailure", True),
)
OPERATIONS = ("change_resource_record_sets", "list_resource_record_sets")
OTHER = "other.example.com"

requests = st.tuples(
    st.lists(st.sampled_from((*FOUR, *SIX)), min_size=1, max_size=2, unique_by=lambda a: ":" in a),
    st.sampled_from(("", "", "", "&offline=YES")),
)
crashes = st.none() | st.integers(1, 10)


class Convergence(RuleBasedStateMachine):
    """One host, clients that race, workers that die, a queue that doubles, people with hands."""

    @initialize(wildcard=st.booleans(), ttl=st.none() | st.just(300))
    def begin(self, wildcard: bool, ttl: int | None) -> None:  # noqa: FBT001 - drawn by name
        self.world = World(host(wildcard=wildcard, ttl=ttl), DDNS_OFFLINE="true")
        self.world.route53.put_foreign(ZONE, OTHER, "A", [THEIRS])
        self.world.route53.put_foreign(ZONE, HOME, "MX", ["10 mail.example.net."])

    # ---------------------------------------------------------------- clients

    @rule(asked=requests, crash_at=crashes)
    def request(self, asked: tuple[list[str], str], crash_at: int | None) -> None:
        self._run([asked], [crash_at], [])

    @rule(
        asked=st.lists(requests, min_size=2, max_size=3),
        crash_at=st.lists(crashes, min_size=3, max_size=3),
        choices=st.lists(st.integers(0, 2), max_size=40),
    )
    def requests_at_once(
        self,
        asked: list[tuple[list[str], str]],
        crash_at: list[int | None],
        choices: list[int],
    ) -> None:
        self._run(asked, crash_at, choices)

    def _run(
        self,
        asked: list[tuple[list[str], str]],
        crash_at: list[int | None],
        choices: list[int],
    ) -> None:
        world, answers = self.world, []

        def job(number: int) -> None:
            addresses, more = asked[number]
            at = world.clock.now() + number / 1000
            answers.append(world.update(*addresses, at=at, more=more, parts=world.worker()))

        jobs = [
            (lambda n=n: job(n), crash)
            for n, crash in zip(range(len(asked)), crash_at, strict=False)
        ]
        interleave(world, jobs, iter(choices))  # type: ignore[arg-type]  # it can observe
        world.clock.time += 1
        assert all(each.split(" ")[0] in {"good", "nochg", "911", "dnserr"} for each in answers)

    # ---------------------------------------------------------------- the queue

    @rule(crash_at=crashes, twice=st.booleans())
    def deliver(self, crash_at: int | None, twice: bool) -> None:  # noqa: FBT001 - drawn by name
        bodies = self.world.orders()
        left: list[str] = list(bodies)

        def job() -> None:
            left[:] = self.world.deliver(bodies, parts=self.world.worker())

        interleave(self.world, [(job, crash_at)], iter(()))  # type: ignore[arg-type]  # it can observe
        again = left + (bodies if twice else [])
        self.world.sqs.sent[QUEUE] += [{"MessageBody": body} for body in again]

    # ---------------------------------------------------------------- the world

    @rule(
        operation=st.sampled_from(OPERATIONS),
        failure=st.sampled_from(FAILURES),
        times=st.sampled_from((1, 2, 30)),
    )
    def route53_fails(self, operation: str, failure: tuple[str, bool], times: int) -> None:
        code, applied = failure
        self.world.route53.fail_next(operation, code, times=times, applied=applied)

    @rule(value=st.none() | st.sampled_from(FOUR))
    def somebody_changes_ours(self, value: str | None) -> None:
        self.world.route53.remove_foreign(ZONE, HOME, "A")
        if value:
            self.world.route53.put_foreign(ZONE, HOME, "A", [value])

    @rule(wildcard=st.booleans(), ttl=st.none() | st.just(300))
    def the_administrator_changes_the_item(
        self,
        wildcard: bool,  # noqa: FBT001 - drawn by name
        ttl: int | None,
    ) -> None:
        self.world.hosts.edit(HOME, wildcard=wildcard, ttl=ttl)

    @rule(seconds=st.sampled_from((5, 600, VERIFY)))
    def wait(self, seconds: int) -> None:
        self.world.clock.time += seconds

    # ---------------------------------------------------------------- what must hold

    @invariant()
    def nothing_of_others_is_touched(self) -> None:
        if hasattr(self, "world"):
            found = self.world.route53.records(ZONE)
            assert found[f"{OTHER}.", "A"] == (300, frozenset({THEIRS}))
            assert found[f"{HOME}.", "MX"] == (300, frozenset({"10 mail.example.net."}))

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        world.route53._failures.clear()
        world.clock.time += 10
        world.drain()
        world.clock.time += VERIFY
        answer = world.update(FOUR[0], SIX[0])
        assert answer in {f"{word} {FOUR[0]},{SIX[0]}" for word in ("good", "nochg")}
        item, found = world.hosts.items[HOME], world.route53.records(ZONE)
        assert not item.pending
        kept = {kind: each.value for kind, each in item.kept.items() if each.value}
        wanted = {"A": FOUR[0], "AAAA": SIX[0]}
        assert wanted.items() <= kept.items()
        if item.wildcard:
            assert {"*.A", "*.AAAA"} <= kept.keys()
        for kind, value in kept.items():
            name = f"\\052.{HOME}." if kind.startswith("*.") else f"{HOME}."
            assert value == wanted[kind.removeprefix("*.")]
            expected = (item.ttl or 60, frozenset({value}))
            assert found[name, kind.removeprefix("*.")] == expected
        asked = world.route53.total_requests
        assert world.update(FOUR[0], SIX[0]) == f"nochg {FOUR[0]},{SIX[0]}"
        assert world.route53.total_requests == asked
        self.nothing_of_others_is_touched()


TestConvergence = Convergence.TestCase
TestConvergence.settings = settings(
    max_examples=int(os.environ.get("DDNS_EXAMPLES", "120")),
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
