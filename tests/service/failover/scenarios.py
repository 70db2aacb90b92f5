"""Small scenarios for the exploration: each as short as its subject allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns.core.failover.journal import FAILURE, State
from ddns.core.failover.places import INTERFACE, SECONDARY
from ddns.core.failover.policy import STOP
from tests.service.failover.schedules import Job, Scenario
from tests.service.failover.world import BLOCK, POLICY, SECONDARY_IPV6

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddns.core.failover.verdicts import Answers
    from tests.service.failover.world import World


def a_is_down(world: World) -> None:
    world.probers.healthy["a"] = False


def a_is_down_and_ec2_lags(world: World) -> None:
    a_is_down(world)
    world.ec2.lag = 2.0


def both_are_down(world: World) -> None:
    world.probers.healthy.update(a=False, b=False)


def a_is_stopped(world: World) -> None:
    a_is_down(world)
    world.ec2.set_state("i-a", "stopped")


def a_is_stopped_and_b_is_down(world: World) -> None:
    a_is_stopped(world)
    both_are_down(world)


def b_has_it(world: World) -> None:
    """Let ``b`` have the address, as after a failover some time ago."""
    for table in world.service.tables:
        world.ec2.set_route(table, BLOCK, "eni-b")
    world.journal.state = State().adopted("b", "", world.clock.now())
    world.effect(late=True)


def b_has_it_and_a_is_down(world: World) -> None:
    b_has_it(world)
    a_is_down(world)


def a_is_not_reached(world: World) -> None:
    """Let the first prober not reach ``a``, which serves."""
    world.probers.blind.add((0, "a"))


def half_moved(world: World) -> None:
    """Let a controller have died when one of the tables was moved."""
    a_is_down(world)
    world.ec2.set_route("rtb-1", BLOCK, "eni-b")
    state = world.journal.state.intent("b", FAILURE, "", world.clock.now())
    world.journal.state = state.given_back()
    world.begun.append(world.clock.now())
    world.effect(late=True)


def it_flaps(world: World) -> None:
    """Let whatever node has the address be down, and the other one be up."""

    def flap(said: object) -> None:
        del said
        target = world.journal.state.target
        world.probers.healthy.update({each: each != target for each in world.service.names})

    saw = world.probers.probed

    def probed(said: Sequence[Answers | None]) -> None:
        saw(said)
        flap(said)

    world.probers.probed = probed


def nowhere(world: World) -> None:
    """Let there be no journal yet, and no route."""
    for table in world.service.tables:
        world.ec2.set_route(table, BLOCK, "")
    world.journal.state = State()
    world.effect(late=True)


TURNS = {"switch": 2, "pause": 1, "crash": 1}
_TURN = {**TURNS, "switch": 1}
_DEATH = {"switch": 1, "crash": 1}
TWICE = POLICY._replace(failures=2)
_MORE = (Job(3), Job(3))
_ONE = (Job(2), Job(1))

SCENARIOS = (
    Scenario("a node is down", TURNS, before=a_is_down),
    Scenario("a node fails", {"fail_a": 1, **TURNS}, policy=TWICE, jobs=_MORE),
    Scenario(
        "requests fail",
        {"switch": 1, "throttled": 2, "lost": 1, "crash": 1},
        before=a_is_down,
    ),
    Scenario("EC2 is away", {"away": 1, "switch": 1, "crash": 1, "pause": 1}, before=a_is_down),
    Scenario("a request comes late", {"late": 1, "arrive": 1, "switch": 1}, before=a_is_down),
    Scenario(
        "a request comes late, and a person has switched",
        {"late": 1, "arrive": 1, "operator": 1},
        most=3,
        before=a_is_down,
        jobs=(Job(2), Job(1)),
    ),
    Scenario(
        "both nodes fail in turn",
        {"fail_b": 1, "heal_a": 1, "pause": 1, "switch": 1, "crash": 1},
        before=a_is_down,
    ),
    Scenario("a person switches", {"operator": 2, "switch": 2, "crash": 1}, jobs=_MORE),
    Scenario(
        "a person switches while a node is down",
        {"operator": 1, "switch": 2, "pause": 1},
        before=a_is_down,
    ),
    Scenario(
        "a person holds while an address moves",
        {"hold": 1, "crash": 1, "switch": 1, "throttled": 1},
        before=a_is_down,
    ),
    Scenario(
        "a node that was chosen needs a moment",
        {"heal_a": 1, "operator": 1, "switch": 1},
        before=b_has_it_and_a_is_down,
        policy=TWICE,
        jobs=(Job(5), Job(2)),
        most=2,
    ),
    Scenario(
        "a node is down again after a while",
        {"blink": 1, "fail_a": 1, "switch": 1},
        policy=TWICE,
        jobs=(Job(3), Job(1)),
    ),
    Scenario("a prober lies", {"lie": 1, **TURNS}, policy=TWICE),
    Scenario("a prober dies", {"dead": 2, "cut": 1, "switch": 1}, policy=TWICE),
    Scenario("a prober in trouble", {"confused": 1, "switch": 1}, before=a_is_not_reached),
    Scenario(
        "probers die while one does not reach a node",
        {"dead": 2, "cut": 2, "switch": 1},
        before=a_is_not_reached,
        probers=3,
    ),
    Scenario("somebody else moves a route", {"drift": 2, "switch": 1, "crash": 1}),
    Scenario(
        "a node that failed is stopped",
        {"switch": 1, "crash": 1, "throttled": 1},
        before=a_is_down,
        policy=POLICY._replace(fence=STOP),
    ),
    Scenario(
        "EC2 says that a node is stopped",
        {"switch": 1, "crash": 1, "throttled": 1, "pause": 1},
        before=a_is_stopped,
        policy=POLICY._replace(failures=9),
        jobs=(Job(2), Job(1, look=True)),
    ),
    Scenario(
        "the target is terminated on the way",
        {"terminate_b": 1, "switch": 1, "crash": 1, "throttled": 1},
        before=a_is_down,
    ),
    Scenario(
        "back to the preferred node",
        {"fail_a": 1, "unsure_b": 1, "switch": 1, "pause": 1},
        before=b_has_it,
        policy=POLICY._replace(failback=9.0),
        jobs=(Job(6), Job(2)),
    ),
    Scenario("both nodes are down", {"heal_a": 1, **TURNS}, before=both_are_down),
    Scenario("a node is stopped and the other is down", TURNS, before=a_is_stopped_and_b_is_down),
    Scenario("half moved", {"heal_a": 1, "fail_b": 1, "hold": 1, **TURNS}, before=half_moved),
    Scenario(
        "nodes fail as soon as they have it",
        {"switch": 1, "crash": 1, "pause": 1},
        most=1,
        before=it_flaps,
        jobs=(Job(30), Job(8)),
        ended=2,
        served=False,
    ),
    Scenario("the first start", _TURN, before=nowhere),
    Scenario("an address of a subnet", _TURN, before=a_is_down, kind=SECONDARY),
    Scenario("an IPv6 address of a subnet", _DEATH, before=a_is_down, kind=SECONDARY_IPV6),
    Scenario("EC2 shows how it was before", _DEATH, before=a_is_down_and_ec2_lags),
    Scenario("a whole interface", _TURN, before=a_is_down, kind=INTERFACE),
)
