"""Small scenarios for the exploration: each as short as its subject allows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tests.service.instance.schedules import (
    CHANGE,
    Foreign,
    Job,
    Message,
    Scenario,
    sweep_step,
)
from tests.service.instance.world import PRIVATE
from tests.service.turns import Crash

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.instance.world import World

    _Before = Callable[[World], None]

ONE, TWO = "i-00000001", "i-00000002"
INTERNAL = {"ZONE": "example.internal"}
APP = {**INTERNAL, "HOSTNAME": "app"}
WEB = {**INTERNAL, "HOSTNAME": "web"}
ALIAS = {**APP, "CNAME": "www.example.internal"}
WWW = {**INTERNAL, "HOSTNAME": "www"}
OTHER_ALIAS = {**WEB, "CNAME": "www.example.internal"}
BESIDES = {"switch": 2, "pause": 1, "crash": 1, "foreign": 1}
LATE = {"switch": 2, "pause": 1, "crash": 1, "unanswered": 2, "apply": 1}
STALE = {"switch": 1, "crash": 1, "look_back": 1}
REMOVED = {"switch": 2, "pause": 1, "crash": 1, "remove": 1}
DEAF = {"switch": 2, "pause": 1, "deaf": 2}
BY_WEB = Foreign(PRIVATE, "web.example.internal", "A", "192.0.2.1")
BY_APP = Foreign(PRIVATE, "app.example.internal", "A", "192.0.2.1")
ABROAD = {"ZONE": "example.com", "HOSTNAME": "app", "CNAME": "www.example.internal"}


def _launch(which: str, tags: dict[str, str], number: int = 1) -> Job:
    def happens(world: World) -> None:
        if which not in world.ec2.instances:
            world.ec2.launch(which, tags, private=f"10.0.1.{number}")

    return Job((Message(which, running=True),), happens)


def _terminate(which: str) -> Job:
    return Job((Message(which, running=False),), lambda world: world.ec2.terminate(which))


def _retag(which: str, tags: dict[str, str]) -> Job:
    return Job((Message(which),), lambda world: world.ec2.retag(which, **tags))


def _state(which: str, state: str) -> Job:
    message = Message(which, running=state == "running")
    return Job((message,), lambda world: world.ec2.set_state(which, state))


def _running(*launched: tuple[str, dict[str, str]], handled: bool = True) -> _Before:
    def before(world: World) -> None:
        for number, (which, tags) in enumerate(launched, start=1):
            world.ec2.launch(which, tags, private=f"10.0.1.{number}", public=f"198.51.100.{number}")
            if handled:
                world.handle(which)

    return before


def _stopped_unseen(*launched: tuple[str, dict[str, str]]) -> _Before:
    before = _running(*launched)

    def stopped(world: World) -> None:
        before(world)
        for which, _ in launched:
            world.ec2.set_state(which, "stopped")

    return stopped


def _sweeping(
    before: _Before,
    steps: int = 0,
    *,
    verify: bool = False,
    then: _Before = lambda _: None,
) -> _Before:
    """Begin a sweep, and do some steps of it in peace; then something happens."""

    def prepare(world: World) -> None:
        before(world)
        world.parts.sweeper.begin(verify=verify)
        for _ in range(steps):
            sweep_step(world, world.parts)
        then(world)

    return prepare


def _cut_short(*launched: tuple[str, dict[str, str]]) -> _Before:
    """Let a worker die before it changes the zone, and its message get lost."""
    before = _running(*launched, handled=False)

    def cut(world: World) -> None:
        before(world)

        def die(operation: str, _when: str) -> None:
            if operation == CHANGE:
                raise Crash

        world.observe(die)
        with suppress(Crash):
            world.handle(launched[0][0])
        world.observe(None)
        world.clock.time += 800

    return cut


def _remove(world: World) -> None:
    world.route53.remove_foreign(PRIVATE, "app.example.internal", "A")


def _exchange(world: World) -> None:
    world.ec2.retag(ONE, **WEB)
    world.ec2.retag(TWO, **APP)


LOOK = Job((Message(ONE),))
SWEEP = Job(sweep=True)

SCENARIOS = (
    Scenario("launch beside launch", (_launch(ONE, APP, 1), _launch(TWO, APP, 2))),
    Scenario(
        "a look beside a termination",
        (LOOK, _terminate(ONE)),
        _running((ONE, APP), handled=False),
    ),
    Scenario(
        "a look beside a change of the name",
        (LOOK, _retag(ONE, WEB)),
        _running((ONE, APP)),
    ),
    Scenario(
        "stop beside start",
        (_state(ONE, "stopped"), _state(ONE, "running")),
        _running((ONE, APP)),
    ),
    Scenario(
        "a CNAME is handed over",
        (_terminate(ONE), Job((Message(TWO),))),
        _running((ONE, ALIAS), (TWO, OTHER_ALIAS)),
    ),
    Scenario(
        "one waits for a name of another type",
        (_terminate(ONE), Job((Message(TWO),))),
        _running((ONE, ALIAS), (TWO, WWW)),
        kinds={**LATE, "crash": 0},
    ),
    Scenario(
        "one waits for a name of another type, beside a death",
        (_terminate(ONE), Job((Message(TWO),))),
        _running((ONE, ALIAS), (TWO, WWW)),
        kinds={"switch": 2, "crash": 1},
        swept=True,  # a worker that dies last of all wakes nobody who waits
    ),
    Scenario(
        "somebody else writes",
        (LOOK, _terminate(ONE)),
        _running((ONE, APP), handled=False),
        kinds=BESIDES,
        foreign=BY_APP,
    ),
    Scenario(
        "somebody else takes the new name",
        (LOOK, _retag(ONE, WEB)),
        _running((ONE, APP)),
        kinds=BESIDES,
        foreign=BY_WEB,
    ),
    Scenario(
        "somebody removes what is ours",
        (LOOK, _retag(ONE, WEB)),
        _running((ONE, APP)),
        kinds=REMOVED,
        foreign=BY_APP,
        swept=True,
    ),
    Scenario(
        "the ledger does not answer",
        (LOOK, _terminate(ONE)),
        _running((ONE, APP), handled=False),
        kinds=DEAF,
        chunk=1,
    ),
    Scenario(
        "the ledger does not answer the sweep",
        (SWEEP, _state(ONE, "stopped")),
        _sweeping(_running((ONE, APP), handled=False)),
        kinds=DEAF,
    ),
    Scenario(
        "an answer is lost",
        (LOOK._replace(budget=5.0), _terminate(ONE)),
        _running((ONE, APP), handled=False),
        kinds=LATE,
        most=3,
    ),
    Scenario(
        "an answer is lost, and asked for again",
        (LOOK, _terminate(ONE)),
        _running((ONE, APP), handled=False),
        kinds=LATE,
        most=3,
    ),
    Scenario(
        "the ledger takes one item at a time",
        (LOOK, _terminate(ONE)),
        _running((ONE, APP), handled=False),
        chunk=1,
    ),
    Scenario(
        "EC2 answers late",
        (LOOK, _terminate(ONE)._replace(stale=True)),
        _running((ONE, APP)),
        kinds=STALE,
    ),
    Scenario(
        "the sweep after a change of the name that no event reported",
        (LOOK, Job(happens=lambda world: world.ec2.retag(ONE, **WEB), sweep=True)),
        _sweeping(_running((ONE, APP))),
    ),
    Scenario(
        "the sweep beside a stop",
        (SWEEP, _state(ONE, "stopped")),
        _sweeping(_running((ONE, APP))),
    ),
    Scenario(
        "the sweep takes away what a stop left, beside a start",
        (SWEEP, _state(ONE, "running")),
        _sweeping(_stopped_unseen((ONE, APP)), steps=2),
    ),
    Scenario(
        "the sweep takes away what a stop left, beside a launch",
        (SWEEP, _launch(TWO, APP, 2)),
        _sweeping(_stopped_unseen((ONE, APP)), steps=2),
        swept=True,  # what fails in the last phase is for the next sweep
    ),
    Scenario(
        "the sweep takes away what a stop left, beside an older look",
        (LOOK, SWEEP._replace(happens=lambda world: world.ec2.set_state(ONE, "stopped"))),
        _sweeping(_running((ONE, APP))),
        kinds={"switch": 1, "pause": 1, "crash": 1},
    ),
    Scenario(
        "the sweep after a start that no event reported, beside an older look",
        (LOOK, SWEEP._replace(happens=lambda world: world.ec2.set_state(ONE, "running"))),
        _sweeping(_stopped_unseen((ONE, APP))),
    ),
    Scenario(
        "the sweep gives names to two instances, one after the other, beside a stop",
        (SWEEP, _state(TWO, "stopped")),
        _sweeping(_running((ONE, APP), (TWO, WEB), handled=False)),
        at_once=1,
    ),
    Scenario(
        "an order for a step of the sweep comes twice",
        (SWEEP, SWEEP),
        _sweeping(_running((ONE, APP), handled=False)),
    ),
    Scenario(
        "the sweep puts right what somebody removed, beside a stop",
        (SWEEP, _state(ONE, "stopped")),
        _sweeping(_running((ONE, APP)), steps=3, verify=True, then=_remove),
    ),
    Scenario(
        "the sweep finishes what a worker has left, beside a stop",
        (SWEEP, _state(ONE, "stopped")),
        _sweeping(_cut_short((ONE, APP)), steps=1),
        kinds=LATE,
    ),
    Scenario(
        "an answer to the sweep is lost",
        (SWEEP, _state(ONE, "stopped")),
        _sweeping(_running((ONE, APP), handled=False)),
        kinds=LATE,
    ),
    Scenario(
        "two instances exchange their names",
        (
            Job((Message(ONE), Message(TWO)), _exchange),
            Job((Message(TWO), Message(ONE)), _exchange),
        ),
        _running((ONE, APP), (TWO, WEB)),
    ),
    Scenario(
        "an instance has names in two zones",
        (LOOK, _terminate(ONE)),
        _running((ONE, ABROAD), handled=False),
        kinds=LATE,
    ),
    Scenario(
        "an answer about a stop is lost",
        (_state(ONE, "stopped")._replace(budget=5.0), _state(ONE, "running")),
        _running((ONE, APP)),
        kinds=LATE,
        most=3,
    ),
    Scenario(
        "the ledger takes one item at a time, and a name is shared",
        (_launch(ONE, APP, 1), _launch(TWO, APP, 2)),
        chunk=1,
    ),
    Scenario(
        "the sweep beside a change of the name",
        (SWEEP, _retag(ONE, WEB)),
        _sweeping(_running((ONE, APP))),
    ),
)
