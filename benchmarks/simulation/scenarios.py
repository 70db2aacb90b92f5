"""The scenarios: each a function of size and seed that returns what it found."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from functools import lru_cache

from benchmarks import client_burst
from benchmarks.simulation import sample
from benchmarks.simulation.parameters import Parameters
from benchmarks.simulation.poller import Invocation
from benchmarks.simulation.results import Result, percentile
from benchmarks.simulation.world import State, World, empty, filled

AWS = Parameters()
_STEP = 30.0  # the longest step of a sweep: a third of what the handler may take
_BESIDE_EVENTS = 1.25  # how much longer a sweep may take that gives way to events
_EVENT = 10.0  # an event that arrives during a sweep
_SWEEP = {1_000: 60.0, 10_000: 180.0, 100_000: 1200.0}
# Three items and two record sets an instance, each written twice: beyond 10,000 instances it is the
# processor's share of 512 MB that bounds a first sweep, so it has a limit of its own without that.
_FIRST = {1_000: 120.0, 10_000: 300.0, 100_000: 2700.0}
_LATENCIES = {1_000: 120.0, 10_000: 300.0, 100_000: 1500.0}
_MEMORY = {1_000: 40.0, 10_000: 40.0, 100_000: 60.0}
_PATIENCE = 4  # how many times its limit a scenario is given before it has not ended
_HOUR = 3600.0
_LEAST = 120.0  # for so long, at least, something happens every second
_LARGEST_TRACED_FIRST = 1_000  # tracing takes four times as long, and a step is like another
_LARGEST_VARIED = 10_000
_RENUMBERED = 300.0  # a provider renumbers its customers within five minutes
_RESERVED = 20  # the concurrency that the construct reserves for ClientDdns


def _limit(limits: dict[int, float], size: int) -> float:
    """Return the limit of the next size that has one."""
    return limits[min((each for each in limits if each >= size), default=max(limits))]


@lru_cache(maxsize=1)
def prepared(size: int) -> State:
    """Return an account that was swept; scenarios of the same size share it."""
    return filled(size, seed=0)


def steady(size: int, seed: int) -> Result:
    """Sweep an account in which nothing has changed, zones included."""
    result = Result("steady sweep", size)
    world = World(AWS, seed, prepared(size))
    _sweep(world, result, _limit(_SWEEP, size))
    result.add("Route 53 requests", world.zones.total_requests)
    result.add("DynamoDB requests", world.table.requests.total())
    result.add("EC2 requests", world.ec2.requests.total())
    return _ended(world, result)


def events(size: int, seed: int, parameters: Parameters = AWS, name: str = "") -> Result:
    """Sweep while an instance a second is launched, terminated or given another name."""
    result = Result(name or "sweep with an event a second", size)
    world = World(parameters, seed, prepared(size))
    limit = _BESIDE_EVENTS * _limit(_SWEEP, size)
    world.order_sweep()
    happening = True

    def happen() -> None:
        if happening:
            actions = (world.launch, world.retag, world.terminate)
            world.scheduler.random.choice(actions)()
            world.scheduler.after(1.0, happen)

    world.scheduler.after(0.5, happen)
    ended = world.run(_PATIENCE * limit, world.swept) and not world.queue.dead
    time = world.scheduler.elapsed if ended else math.inf
    world.run(_LEAST, lambda: False)
    happening = False
    world.run(world.scheduler.elapsed + _HOUR, world.quiet)
    result.add("time", time, limit, "s")
    _steps(world.sweeps, result)
    _delays(world, result, _EVENT)
    return _ended(world, result)


def first(size: int, seed: int, parameters: Parameters = AWS, name: str = "") -> Result:
    """Sweep an account whose zones and ledger are empty: A and PTR for each instance."""
    result = Result(name or "first sweep", size)
    world = World(parameters, seed, empty(size))
    varied = parameters.changes_a_second is not None
    _sweep(world, result, _limit(_FIRST, size), limited=not varied)
    result.add("Route 53 requests", world.zones.total_requests)
    result.add("of them refused", world.route53.refusals.total())
    result.lines["records"] = [(at, count) for at, count in world.progress]
    return _ended(world, result)


def latencies(size: int, seed: int) -> Result:
    """Do a first sweep where the processor is charged for EC2's answers alone."""
    parameters = dataclasses.replace(
        AWS,
        item_read_processor=0.0,
        item_write_processor=0.0,
        record_read_processor=0.0,
        record_write_processor=0.0,
        own_processor=0.0,
    )
    result = Result("first sweep, latencies alone", size)
    world = World(parameters, seed, empty(size))
    _sweep(world, result, _limit(_LATENCIES, size))
    return _ended(world, result)


def memory(size: int, seed: int) -> Result:
    """Sweep with one worker and measure what each invocation adds to the function's memory."""
    result = Result("memory", size)
    alone = dataclasses.replace(AWS, workers=1)
    limit = _limit(_MEMORY, size)
    runs = [("steady sweep", prepared(size))]
    if size <= _LARGEST_TRACED_FIRST:
        runs.append(("first sweep", empty(size)))
    for what, state in runs:
        world = World(alone, seed, state, traced=True)
        world.order_sweep()
        world.run(_PATIENCE * _limit(_FIRST, size), world.swept)
        peak = max((each.memory for each in world.poller.invocations), default=0) / 1e6
        result.add(f"{what}, above the base", peak, limit, "MB")
        world.close()
    return result


def burst(size: int, seed: int) -> Result:
    """Launch all instances within a minute in an empty account."""
    result = Result("burst of launches", size)
    world = World(AWS, seed, empty(0))

    def happen(left: int) -> None:
        some = min(left, math.ceil(size / 60))
        for _ in range(some):
            world.launch()
        if left > some:
            world.scheduler.after(1.0, lambda: happen(left - some))

    happen(size)
    world.run(
        _PATIENCE * _limit(_FIRST, size), lambda: len(world.watches) == size and not world.unchanged
    )
    done = [each.done for each in world.watches]
    last = max(math.inf if each is None else each for each in done) - world.scheduler.start
    result.add("until the last record", last, _limit(_FIRST, size), "s")
    result.add("the AWS blog sample, at its best", sample.burst(size), None, "s")
    world.run(world.scheduler.elapsed + _HOUR, world.quiet)
    result.add("Route 53 requests", world.zones.total_requests)
    result.lines["records"] = [(at, count) for at, count in world.progress]
    return _ended(world, result)


def outage(size: int, seed: int) -> Result:
    """Lose every event of an hour, then sweep."""
    result = Result("an hour without events", size)
    world = World(AWS, seed, prepared(size), max_deletes=size, events_lost=True)
    for _ in range(min(int(_HOUR), size // 2)):
        world.scheduler.random.choice((world.launch, world.retag, world.terminate))()
    before = world.wrong().total
    result.add("records that are wrong before", before)
    # Half of the fleet has changed: it is more of a first sweep than of a steady one.
    _sweep(world, result, _limit(_FIRST, size))
    return _ended(world, result)


def other_tool(size: int, seed: int) -> Result:
    """Sweep with events while another tool uses half of the account's requests."""
    return events(
        size, seed, dataclasses.replace(AWS, other_tool=5.0), "half of the quota is another tool's"
    )


def ttl(size: int, seed: int) -> Result:
    """Sweep after the TTL of the function was changed: every record set is replaced."""
    result = Result("another TTL", size)
    world = World(AWS, seed, prepared(size), ttl=300)
    _sweep(world, result, _limit(_FIRST, size))
    result.add("Route 53 requests", world.zones.total_requests)
    return _ended(world, result)


def changes_a_second(rate: float, held: float | None = None) -> Callable[[int, int], Result]:
    """Return the first sweep with a limit of record changes a second, and of those saved up."""

    def scenario(size: int, seed: int) -> Result:
        limited = dataclasses.replace(AWS, changes_a_second=rate, changes_held=held)
        saved = f", {held:g} at once" if held else ""
        return first(size, seed, limited, f"first sweep, {rate:g} changes/s{saved}")

    return scenario


def clients(size: int, seed: int) -> Result:
    """Give as many clients of ClientDdns another address within five minutes.

    Its Lambda, which answers requests, is the model of ``benchmarks/client_burst.py``; what it
    leaves to chance does not follow the seed.
    """
    del seed
    result = Result("clients of ClientDdns renumbered", size)
    found = client_burst.burst(size, _RENUMBERED, limit=_RESERVED)
    result.add("requests that failed", found.failed, 0)
    result.add("addresses lost", found.lost, 0)
    result.add("until the last record", found.seconds, _RENUMBERED + 30, "s")
    result.add("Route 53 requests", found.route53)
    return result


def scenarios(size: int) -> list[Callable[[int, int], Result]]:
    """Return the scenarios that a size has, those that take longest first."""
    found = [memory, first, latencies, burst, events, other_tool, steady, outage]
    if size <= _LARGEST_VARIED:
        found += [clients, ttl, *map(changes_a_second, (50.0, 200.0, 1000.0))]
        found.append(changes_a_second(50.0, 100.0))
    return found


def _sweep(world: World, result: Result, limit: float, *, limited: bool = True) -> None:
    """Order a sweep, run until it ends, and note how long it and its steps took."""
    world.order_sweep()
    world.run(_PATIENCE * limit * (1 if limited else 5), world.swept)
    ended = world.swept() and not world.queue.dead
    time = world.scheduler.elapsed if ended else math.inf
    result.add("time", time, limit if limited else None, "s")
    _steps(world.sweeps, result)


def _steps(sweeps: list[Invocation], result: Result) -> None:
    result.add("longest step", max((e.end - e.start for e in sweeps), default=0.0), _STEP, "s")
    result.add("steps", len(sweeps))
    result.lines["steps"] = [(e.start, e.end - e.start) for e in sweeps]


def _delays(world: World, result: Result, limit: float) -> None:
    delays = [
        math.inf if each.done is None else max(0.0, each.done - each.arrival)
        for each in world.watches
    ]
    result.add("events", len(delays))
    for part in (0.5, 0.99, 1.0):
        found = percentile(delays, part)
        result.add(f"event to change, p{100 * part:g}", found, limit if part == 0.99 else None, "s")
    result.lines["delays"] = [(i / len(delays), d) for i, d in enumerate(sorted(delays))]


def _ended(world: World, result: Result) -> Result:
    """Note what is wrong at the end, and end the world."""
    # What a sweep could not do has messages of its own.
    world.run(world.scheduler.elapsed + _HOUR, world.quiet)
    wrong = world.wrong()
    result.add("missing", wrong.missing, 0)
    result.add("left behind", wrong.left_behind, 0)
    result.add("stolen", wrong.stolen, 0)
    result.add("dead letters", len(world.queue.dead), 0)
    result.add("killed by the time limit", sum(e.killed for e in world.poller.invocations), 0)
    world.close()
    return result
