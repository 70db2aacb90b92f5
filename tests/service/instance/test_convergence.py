"""Whatever happens on the way, the zones end where EC2 says, and nobody's record is touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from ddns.core.errors import DdnsError
from tests.service.instance.world import PRIVATE, PUBLIC, REVERSE, World
from tests.service.interleaving import interleave

if TYPE_CHECKING:
    from ddns.core.instance.instances import Instance

INSTANCES = [f"i-{number:08x}" for number in range(1, 6)]
TAGS: list[dict[str, str]] = [
    {"ZONE": "example.internal"},
    {"ZONE": "example.internal", "CNAME": "www.example.internal"},
    {"ZONE": "example.internal", "HOSTNAME": "app"},
    {"ZONE": "example.internal", "HOSTNAME": "app", "CNAME": "www.example.internal"},
    {"ZONE": "example.internal", "HOSTNAME": "www"},
    {"ZONE": "example.com", "HOSTNAME": "app"},
    {"ZONE": "example.com", "CNAME": "www.example.com"},
    {"CNAME": "www.example.internal"},
    {"ZONE": "nowhere.test"},
    {},
]
# Names where others may write; the values are never those of an instance.
FOREIGN = [
    (PRIVATE, "app.example.internal", "A", "192.0.2.1"),
    (PRIVATE, "www.example.internal", "CNAME", "elsewhere.test."),
    (PRIVATE, "www.example.internal", "TXT", '"theirs"'),
    (PRIVATE, "ip-10-0-1-1.example.internal", "A", "192.0.2.2"),
    (REVERSE, "2.1.0.10.in-addr.arpa", "PTR", "elsewhere.test."),
    (PUBLIC, "app.example.com", "AAAA", "2001:db8::1"),
]
FAILURES = [
    ("Throttling", False),
    ("PriorRequestNotComplete", False),
    ("ReadTimeoutError", False),
    ("ReadTimeoutError", True),
    ("InternalFailure", True),
]
ZONES = (PRIVATE, REVERSE, PUBLIC)
VISIBILITY = 800.0


class Convergence(RuleBasedStateMachine):
    """EC2, a queue that doubles and reorders, workers that die, people who edit zones by hand."""

    messages = Bundle("messages")

    @initialize(chunk=st.sampled_from([5, 8, 100]))
    def begin(self, chunk: int) -> None:
        self.world = World(chunk=chunk)
        self.pending: list[str] = []
        self.foreign: dict[tuple[str, str, str], str] = {}
        self.addresses = iter(range(1, 250))

    # ---------------------------------------------------------------- what happens to instances

    @rule(which=st.sampled_from(INSTANCES), tags=st.sampled_from(TAGS), lost=st.booleans())
    def launch(self, which: str, tags: dict[str, str], lost: bool) -> None:  # noqa: FBT001
        if which in self.world.ec2.instances:
            return
        number = next(self.addresses)
        self.world.ec2.launch(
            which, tags, private=f"10.0.1.{number}", public=f"198.51.100.{number}"
        )
        self._event(which, lost=lost)

    @rule(
        which=st.sampled_from(INSTANCES),
        state=st.sampled_from(["stopped", "running", "shutting-down"]),
        lost=st.booleans(),
    )
    def change_state(self, which: str, state: str, lost: bool) -> None:  # noqa: FBT001
        if which in self.world.ec2.instances:
            self.world.ec2.set_state(which, state)
            self._event(which, lost=lost)

    @rule(which=st.sampled_from(INSTANCES), tags=st.sampled_from(TAGS), lost=st.booleans())
    def retag(self, which: str, tags: dict[str, str], lost: bool) -> None:  # noqa: FBT001
        if which in self.world.ec2.instances:
            self.world.ec2.retag(which, **tags)
            self._event(which, lost=lost)

    @rule(which=st.sampled_from(INSTANCES), lost=st.booleans())
    def terminate(self, which: str, lost: bool) -> None:  # noqa: FBT001
        if which in self.world.ec2.instances:
            self.world.ec2.terminate(which)
            self._event(which, lost=lost)

    def _event(self, which: str, *, lost: bool) -> None:
        if not lost:
            self.pending.append(which)

    @rule()
    def double_events(self) -> None:
        self.pending += self.pending[::-1][:5]

    # ---------------------------------------------------------------- what happens to zones

    @rule(which=st.sampled_from(FOREIGN))
    def somebody_writes(self, which: tuple[str, str, str, str]) -> None:
        zone_id, name, kind, value = which
        there = {t for (n, t) in self.world.values(zone_id) if n == name}
        if there and (kind in there or "CNAME" in {kind, *there}):
            return
        if self._ledger_has(zone_id, name):
            return
        self.world.route53.put_foreign(zone_id, name, kind, [value])
        self.foreign[zone_id, name, kind] = value

    @rule(which=st.sampled_from(FOREIGN))
    def somebody_removes_theirs(self, which: tuple[str, str, str, str]) -> None:
        key = which[:3]
        if self.foreign.pop(key, None):
            self.world.route53.remove_foreign(*key)

    @rule(data=st.data())
    def somebody_removes_ours(self, data: st.DataObject) -> None:
        ours = sorted(
            (zone_id, name, kind)
            for zone_id in ZONES
            for name, kind in self.world.values(zone_id)
            if (zone_id, name, kind) not in self.foreign
        )
        if ours:
            self.world.route53.remove_foreign(*data.draw(st.sampled_from(ours)))

    def _ledger_has(self, zone_id: str, name: str) -> bool:
        state = self.world.ledger.items.get((zone_id, name))  # type: ignore[call-overload]
        return bool(state is not None and state.written)

    @rule(failure=st.sampled_from(FAILURES), times=st.integers(1, 3))
    def route53_fails(self, failure: tuple[str, bool], times: int) -> None:
        code, applied = failure
        self.world.route53.fail_next(
            "change_resource_record_sets", code, times=times, applied=applied
        )

    # ---------------------------------------------------------------- workers

    @rule(count=st.integers(1, 5), crash_at=st.none() | st.integers(1, 24))
    def deliver(self, count: int, crash_at: int | None) -> None:
        batch, self.pending = self.pending[:count], self.pending[count:]
        self._run([(batch, crash_at)], [])

    @rule(
        choices=st.lists(st.integers(0, 1), max_size=60),
        crashes=st.tuples(*[st.none() | st.integers(1, 24)] * 2),
        same=st.booleans(),
    )
    def deliver_to_two(
        self,
        choices: list[int],
        crashes: tuple[int | None, int | None],
        same: bool,  # noqa: FBT001
    ) -> None:
        half = len(self.pending) // 2
        first, second = self.pending[: half + 1], self.pending[half + 1 :]
        if same:
            first = second = self.pending
        self.pending = []
        self._run([(first, crashes[0]), (second, crashes[1])], choices)

    @rule(crash_at=st.none() | st.integers(1, 24), verify=st.booleans())
    def sweep(self, crash_at: int | None, verify: bool) -> None:  # noqa: FBT001
        def job() -> None:
            self._sweep_once(verify=verify)

        interleave(self.world, [(job, crash_at)], iter(()))

    @rule(choices=st.lists(st.integers(0, 1), max_size=60), crash_at=st.none() | st.integers(1, 24))
    def sweep_beside_a_delivery(self, choices: list[int], crash_at: int | None) -> None:
        batch, self.pending = self.pending, []
        failed: set[str] = set()
        crashed = interleave(
            self.world,
            [
                (lambda: self._sweep_once(verify=True), None),
                (lambda: failed.update(self.world.handle(*batch).failed), crash_at),
            ],
            iter(choices),
        )
        self.pending += batch if crashed[1] else sorted(failed)

    @rule()
    def wait(self) -> None:
        self.world.clock.time += VISIBILITY

    def _sweep_once(self, *, verify: bool) -> None:
        try:
            self.world.sweep(verify=verify)
        except DdnsError:
            return  # the step comes again with the next sweep
        finally:
            self._take_looks()

    def _take_looks(self) -> None:
        self.pending += self.world.queue.looks
        self.world.queue.looks.clear()

    def _run(self, batches: list[tuple[list[str], int | None]], choices: list[int]) -> None:
        """Run workers; what a crashed one had, and what failed, goes back to the queue."""
        failed: list[set[str]] = [set() for _ in batches]

        def job(number: int, batch: list[str]) -> None:
            failed[number].update(self.world.handle(*batch, parts=self.world.worker()).failed)

        jobs: list[Any] = [
            (lambda n=number, b=batch: job(n, b), crash_at)
            for number, (batch, crash_at) in enumerate(batches)
        ]
        crashed = interleave(self.world, jobs, iter(choices))
        for number, (batch, _) in enumerate(batches):
            self.pending += batch if crashed[number] else sorted(failed[number])

    # ---------------------------------------------------------------- what must hold

    @invariant()
    def nothing_of_others_is_touched(self) -> None:
        for (zone_id, name, kind), value in getattr(self, "foreign", {}).items():
            assert self.world.values(zone_id).get((name, kind)) == {value}

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.reset_failures()
        for _ in range(8):
            self.world.clock.time += VISIBILITY
            batch, self.pending = sorted(set(self.pending)), []
            self.pending = sorted(self.world.handle(*batch).failed)
            if not self.pending:
                break
        assert not self.pending
        for _ in range(3):
            self.world.clock.time += VISIBILITY
            outcome = self.world.sweep()
            assert not outcome.failed
            self.world.handle(*self.world.queue.looks)
            self.world.queue.looks.clear()
        self.nothing_of_others_is_touched()
        self._zones_are_right()
        before = self._state()
        assert self.world.sweep().changes == []
        assert self._state() == before, "one more run changed something"

    def _state(self) -> tuple[object, ...]:
        zones = [self.world.route53.records(zone_id) for zone_id in ZONES]
        return dict(self.world.ledger.items), zones

    def _zones_are_right(self) -> None:
        """Compare with what EC2 says, in the test's own words."""
        running = [each for each in self.world.ec2.instances.values() if each.running]
        self._check_addresses(running)
        for zone_id, zone in ((PRIVATE, "example.internal"), (PUBLIC, "example.com")):
            self._check_www(zone_id, zone, running)
        if not running:
            assert not self.world.ledger.items

    def _check_addresses(self, running: list[Instance]) -> None:
        private: dict[str, set[str]] = {}
        public: dict[str, set[str]] = {}
        for each in running:
            tags = dict(each.tags or {})
            label = tags.get("HOSTNAME", each.private_dns.split(".")[0])
            if tags.get("ZONE") == "example.internal" and label != "www":
                private.setdefault(f"{label}.example.internal", set()).add(
                    str(each.private_address)
                )
            elif tags.get("ZONE") == "example.com":
                public.setdefault(f"{label}.example.com", set()).add(str(each.public_address))
        for zone_id, expected in ((PRIVATE, private), (PUBLIC, public)):
            theirs = {name for z, name, kind in self.foreign if (z, kind) == (zone_id, "A")}
            found = {
                name: values
                for (name, kind), values in self.world.values(zone_id).items()
                if kind == "A" and name not in theirs and not name.startswith("www.")
            }
            assert found == {n: v for n, v in expected.items() if n not in theirs}
            if zone_id == PRIVATE:
                self._check_pointers({n: v for n, v in expected.items() if n not in theirs})

    def _check_pointers(self, addresses: dict[str, set[str]]) -> None:
        expected: dict[str, set[str]] = {}
        www = self.world.values(PRIVATE).get(("www.example.internal", "A"), set())
        if (PRIVATE, "www.example.internal", "A") not in self.foreign and www:
            addresses = {**addresses, "www.example.internal": www}
        for name, values in addresses.items():
            for value in values:
                pointer = ".".join(reversed(value.split("."))) + ".in-addr.arpa"
                expected.setdefault(pointer, set()).add(name + ".")
        theirs = {name for zone_id, name, _ in self.foreign if zone_id == REVERSE}
        found = {n: v for (n, _), v in self.world.values(REVERSE).items() if n not in theirs}
        assert found == {n: v for n, v in expected.items() if n not in theirs}

    def _check_www(self, zone_id: str, zone: str, running: list[Instance]) -> None:
        """Check a name that is a CNAME or an address, whichever was there first; never both."""
        name = f"www.{zone}"
        found = {kind: v for (n, kind), v in self.world.values(zone_id).items() if n == name}
        ours = {kind: v for kind, v in found.items() if (zone_id, name, kind) not in self.foreign}
        aliases = {
            target
            for each in running
            if (each.tags or {}).get("CNAME") == name
            for target in self._targets(each, zone)
        }
        hosts = {
            str(each.private_address)
            for each in running
            if zone == "example.internal"
            and (each.tags or {}).get("HOSTNAME") == "www"
            and (each.tags or {}).get("ZONE") == zone
        }
        foreign = {kind for z, n, kind in self.foreign if (z, n) == (zone_id, name)}
        if "CNAME" in foreign or (not hosts and (foreign or not aliases)):
            assert ours == {}
        elif foreign or not aliases:
            assert ours == {"A": hosts}
        elif not hosts:
            assert set(ours) == {"CNAME"}
            assert ours["CNAME"] <= aliases
        else:
            assert ours == {"A": hosts} or (set(ours) == {"CNAME"} and ours["CNAME"] <= aliases)

    def _targets(self, each: Instance, zone: str) -> set[str]:
        """Return where a CNAME of an instance may point to."""
        tags = dict(each.tags or {})
        label = tags.get("HOSTNAME", each.private_dns.split(".")[0])
        zone_id = PRIVATE if zone == "example.internal" else PUBLIC
        taken = (zone_id, f"{label}.{zone}", "A") in self.foreign
        if tags.get("ZONE") == zone and not taken:
            return {f"{label}.{zone}."}
        dns = each.private_dns if zone == "example.internal" else each.public_dns
        return {dns + "."}


EXAMPLES = int(os.environ.get("DDNS_EXAMPLES", "200"))
Convergence.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestConvergence = pytest.mark.filterwarnings("default")(Convergence.TestCase)
