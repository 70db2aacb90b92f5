"""Messages that the functions send to their own queues, and Lambda's detection of loops."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ddns.adapters.sqs import SqsQueue
from tests.constructs.common.kinds import INSTANCE, new_bench
from tests.fakes.lambda_recursion import Chains, order
from tests.fakes.sqs import DEAD_LETTERS, QUEUE, FakeSqs
from tests.handlers.instance.function import record
from tests.service.client import world as client
from tests.service.instance import world as instance

if TYPE_CHECKING:
    from collections.abc import Callable

_INSTANCES = 30


def _swept(recursive_loop: str) -> tuple[instance.World, Chains]:
    """Sweep a fleet of which each step does one page of one instance."""
    world, sqs = instance.World(), FakeSqs()
    clients: Any = SimpleNamespace(sqs=sqs)
    queue: Any = SqsQueue(clients, QUEUE, DEAD_LETTERS)
    world.queue = queue
    world.parts = world.worker()
    world.parts.messages._report._stream = io.StringIO()
    world.ec2.page_size = 1
    world.ec2.on_call = _slowly(world)
    for number in range(_INSTANCES):
        world.ec2.launch(f"i-{number:08x}", {"ZONE": "example.internal"})

    def handle(body: str) -> None:
        failed = world.parts.messages.handle([record(body)], world.clock.now() + instance.BUDGET)
        assert failed == []

    chains = Chains(sqs, handle, recursive_loop)
    chains.run([order(action="sweep", verify=True)])
    return world, chains


def _slowly(world: instance.World) -> Callable[[str, str], None]:
    def wait(operation: str, moment: str) -> None:
        if (operation, moment) == ("running", "before"):
            world.clock.time += 11

    return wait


def _setting() -> str:
    bench = new_bench()
    INSTANCE.define(bench)
    return str(bench.only("AWS::Lambda::Function").get("RecursiveLoop", "Terminate"))


def test_a_sweep_of_many_steps_comes_to_its_end_with_the_setting_of_the_construct() -> None:
    world, chains = _swept(_setting())
    assert chains.stopped == []
    assert chains.longest > _INSTANCES
    assert len(world.values(instance.PRIVATE)) == _INSTANCES


def test_without_that_setting_lambda_would_stop_it() -> None:
    world, chains = _swept("Terminate")
    assert len(chains.stopped) == 1
    assert len(world.values(instance.PRIVATE)) < _INSTANCES


@pytest.mark.parametrize("throttled", (False, True))
def test_an_order_of_client_ddns_leads_to_no_other_message(throttled: bool) -> None:  # noqa: FBT001 - a parameter
    world = client.World(client.host())
    world.update("54.239.17.6")
    world.route53.fail_next("change_resource_record_sets", "Throttling", times=1_000)
    world.update("176.32.100.36")
    orders = world.orders()
    if not throttled:
        world.route53._failures.clear()
    world.clock.time += 30

    def handle(body: str) -> None:
        # One that fails is shown again: it is the same message, and no hop.
        assert len(world.deliver([body])) == int(throttled)

    chains = Chains(world.sqs, handle)
    chains.run(orders)
    assert (chains.longest, chains.stopped) == (1, [])
