"""Walks at random: one request or two at once, failures between, removals among updates.

Whatever happens, a host that is not pending is in the zone as the table says; a poll finds it so in
one request; and a removal leaves nothing behind.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tests.service.client.signing import signed_request
from tests.service.client.world import HOME, VERIFY, World, host
from tests.service.interleaving import interleave

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.client.composition import ClientParts

CHANGE, LIST = "change_resource_record_sets", "list_resource_record_sets"
ONE, TWO, THREE = "52.95.110.1", "52.95.110.2", "52.95.110.3"
SIX, SEVEN = "2600:1f14:1:2::6", "2600:1f14:1:2::7"
ALL = {"DDNS_RECORD_TYPES": '["A", "AAAA", "TXT"]', "DDNS_OFFLINE": "true"}
ORDER = f'{{"action": "apply", "hostname": "{HOME}", "order": 99}}'
# More of them find more, and take longer.
SEEDS = range(int(os.environ.get("DDNS_EXAMPLES", "150")))


def in_zone(world: World) -> dict[str, str]:
    """Return what the zone has of the host, by kind, as the table names it."""
    found = {
        kind: value.strip('"') for kind, value in world.values(f"_acme-challenge.{HOME}").items()
    }
    found |= world.values()
    return found | {f"*.{kind}": value for kind, value in world.values(f"*.{HOME}").items()}


class Walk:
    """One host, and what chance makes of it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.texts = self.chance.random() < 0.4
        types = frozenset({"A", "AAAA", "TXT"} if self.texts else {"A", "AAAA"})
        wildcard = self.chance.random() < 0.5
        interval = self.chance.choice(["0", "5"])
        self.world = World(
            host(types=types, wildcard=wildcard), **ALL, DDNS_CHANGE_INTERVAL=interval
        )
        self.answers: list[str] = []

    def step(self) -> None:
        """Let time pass, failures happen, and one or two requests arrive."""
        self.world.clock.time += self.chance.choice([1, 10, 60, VERIFY + 1])
        self._failures()
        actions = [self._action() for _ in range(self.chance.choice([1, 2]))]
        order = [self.chance.randrange(2) for _ in range(30)]
        workers = [self.world.worker() for _ in actions]
        jobs = [
            (self._job(each, parts), None) for each, parts in zip(actions, workers, strict=True)
        ]
        interleave(self.world, jobs, iter(order))  # type: ignore[arg-type]  # a world like that
        self.world.route53.fail_no_more()

    def _job(self, action: Callable[[ClientParts], str], parts: ClientParts) -> Callable[[], None]:
        return lambda: self.answers.append(action(parts))

    def _failures(self) -> None:
        for _ in range(self.chance.choice([0, 0, 1, 1, 2, 3])):
            code = self.chance.choice(
                ["Throttling", "InvalidChangeBatch", "AccessDenied", "ReadTimeoutError"]
            )
            is_change = code == "InvalidChangeBatch" or self.chance.random() < 0.8
            applied = is_change and code == "ReadTimeoutError" and self.chance.random() < 0.5
            times = self.chance.choice([1, 1, 2, 20] if code[0] in "TR" else [1, 1, 2])
            operation = CHANGE if is_change else LIST
            self.world.route53.fail_next(operation, code, times=times, applied=applied)

    def _action(self) -> Callable[[ClientParts], str]:
        kind = self.chance.choice(["update"] * 5 + ["clear", "remove", "signed", "queue"])
        if kind == "queue":
            return lambda parts: str(self.world.deliver([ORDER], parts=parts))
        at = self.world.clock.now() + self.chance.choice([0, 0.1, 0.2, -0.3])
        addresses = self.chance.choice([(ONE,), (TWO,), (THREE,), (SIX,), (ONE, SIX), (TWO, SEVEN)])
        more = self.chance.choice(["", "", "&txt=x", "&txt=y"]) if self.texts else ""
        if kind == "signed":
            time = self.world.clock.now() + self.chance.choice([0, 0, 1])
            nonce = f"nonce-{self.chance.randrange(10**8):08}"
            offline = {"offline": True} if self.chance.random() < 0.2 else {}
            request = signed_request(HOME, addresses, time, nonce, **offline)
            return lambda parts: self.world.send(*request, at=at, parts=parts)
        if kind == "remove":
            more = "&offline=YES"
        elif kind == "clear":
            four = self.chance.random() < 0.5
            addresses = self.chance.choice([("preserve",), (SEVEN,) if four else (TWO,)])
            more += "&myipv4=no" if four else "&myipv6=no"
        return lambda parts: self.world.update(*addresses, more=more, at=at, parts=parts)


@pytest.mark.parametrize("part", range(4))
def test_what_the_table_says_is_what_the_zone_holds_whatever_happens(part: int) -> None:
    for seed in SEEDS:
        walk = Walk(4 * seed + part)
        world = walk.world
        for _ in range(4):
            walk.step()
            if not world.hosts.items[HOME].pending:
                assert in_zone(world) == world.kept(), f"seed {4 * seed + part}: {walk.answers}"
        _converges(walk, f"seed {4 * seed + part}: {walk.answers}")


def _converges(walk: Walk, why: str) -> None:
    world = walk.world
    world.clock.time += 10
    assert world.update("preserve").split()[0] in ("good", "nochg"), why
    assert not world.hosts.items[HOME].pending, why
    assert in_zone(world) == world.kept(), why
    asked, read = world.route53.total_requests, world.hosts.requests.copy()
    world.update("preserve")
    assert world.route53.total_requests == asked, why
    assert world.hosts.requests - read == {"get": 1}, why
    world.clock.time += 10
    world.update("preserve", more="&offline=YES")
    assert in_zone(world).keys() <= {"TXT"}, why
