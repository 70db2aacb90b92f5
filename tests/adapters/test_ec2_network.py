"""What moves each kind: botocore takes every request, and few are made."""

from __future__ import annotations

import contextlib
from collections import Counter
from functools import lru_cache, partial
from itertools import count
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from ddns.adapters.ec2_network import Ec2Directory, Ec2Fencer, ec2_mover
from ddns.adapters.threads import one_by_one
from ddns.core.errors import DdnsError
from ddns.core.failover.places import INTERFACE, ROUTES, SECONDARY, Node, ServiceAddress
from tests.adapters.crashes import always
from tests.fakes.clock import FakeClock
from tests.fakes.ec2_network import FakeEc2Network, one_subnet

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddns.failover.ports import Mover

NODES = (Node("a", "10.0.1.5", instance="i-a"), Node("b", "10.0.1.6", instance="i-b"))
TABLES = ("rtb-1", "rtb-2")
SERVICES = {
    "routes": ServiceAddress("Vip", ROUTES, NODES, "192.168.100.10", TABLES),
    "routes, IPv6": ServiceAddress("Vip", ROUTES, NODES, "fd00::10", TABLES),
    "secondary": ServiceAddress("Vip", SECONDARY, NODES, "10.0.1.100", subnet="subnet-a"),
    "secondary, IPv6": ServiceAddress(
        "Vip", SECONDARY, NODES, "2600:1f00:0:1::100", subnet="subnet-a"
    ),
    "secondary, Elastic IP": ServiceAddress(
        "Vip", SECONDARY, NODES, "10.0.1.100", subnet="subnet-a", allocation="eipalloc-1"
    ),
    "interface": ServiceAddress("Vip", INTERFACE, NODES, interface="eni-moving"),
}
# What each kind asks EC2 to do, and so has to be allowed.
WRITES = {
    "routes": {"replace_route", "create_route"},
    "routes, IPv6": {"replace_route", "create_route"},
    "secondary": {"assign_private_ip_addresses"},
    "secondary, IPv6": {"assign_ipv6_addresses", "unassign_ipv6_addresses"},
    "secondary, Elastic IP": {"assign_private_ip_addresses", "associate_address"},
    "interface": {"attach_network_interface", "detach_network_interface"},
}


@pytest.fixture
def fake() -> FakeEc2Network:
    made = one_subnet(FakeClock())
    for table in TABLES:
        made.add_table(table, "vpc-1")
    return made


def drive(fake: FakeEc2Network, moving: Mover, node: str) -> int:
    """Send until it is there; return how often it took."""
    for times in range(1, 6):
        with contextlib.suppress(DdnsError):
            moving.send(node, always)
        fake.clock.sleep(1)
        if moving.read().all_at(node):
            return times
    raise AssertionError(f"not at {node!r}: {moving.read()}")


@lru_cache(maxsize=1)
def model() -> Any:  # noqa: ANN401 - botocore's
    return botocore.session.get_session().get_service_model("ec2")


def problems(fake: FakeEc2Network) -> list[str]:
    """Return what botocore has against the calls that were made."""
    found = []
    for call in fake.calls:
        name = "".join(part.capitalize() for part in call.operation.split("_"))
        shape = model().operation_model(name).input_shape
        report = ParamValidator().validate(call.parameters, shape)
        if report.has_errors():
            found.append(f"{name}: {report.generate_report()}")
    return found


@pytest.mark.parametrize("kind", SERVICES)
class TestEachKind:
    def test_it_goes_there_and_back_by_requests_that_botocore_takes(
        self, fake: FakeEc2Network, kind: str
    ) -> None:
        moving = ec2_mover(fake, SERVICES[kind], at_once=one_by_one)  # type: ignore[arg-type]
        for node in ("a", "b", "a"):
            drive(fake, moving, node)
        assert not problems(fake)
        writes = {call.operation for call in fake.calls if "describe" not in call.operation}
        assert writes == WRITES[kind]

    def test_looking_where_it_is_takes_two_or_three_requests(
        self, fake: FakeEc2Network, kind: str
    ) -> None:
        moving = ec2_mover(fake, SERVICES[kind], at_once=one_by_one)  # type: ignore[arg-type]
        drive(fake, moving, "a")
        fake.calls.clear()
        moving.read()
        asked = Counter(call.operation for call in fake.calls)
        assert sum(asked.values()) <= 3
        assert set(asked.values()) == {1}

    def test_it_works_with_threads_as_well(self, fake: FakeEc2Network, kind: str) -> None:
        moving = ec2_mover(fake, SERVICES[kind])  # type: ignore[arg-type]
        drive(fake, moving, "b")
        assert moving.read().all_at("b")


def test_directory_and_fencer_send_requests_that_botocore_takes(fake: FakeEc2Network) -> None:
    nodes = (*NODES, Node("c", "10.0.1.9", interface="eni-moving"))
    service = ServiceAddress("Vip", ROUTES, nodes, "192.168.100.10", TABLES)
    Ec2Fencer(fake, service).stop("a")  # type: ignore[arg-type]
    assert Ec2Directory(fake, service).states() == {"a": "stopped", "b": "running"}  # type: ignore[arg-type]
    assert not problems(fake)


def cut_in(fake: FakeEc2Network, moment: int, act: Callable[[], object]) -> list[bool]:
    """Do something at a moment of the calls that follow; the list holds whether it came to that."""
    left, done = iter(range(moment, -1, -1)), [False]

    def hook(_operation: str, _moment: str) -> None:
        if next(left) == 0:
            fake.on_call = None
            done[0] = True
            with contextlib.suppress(DdnsError):
                act()

    fake.on_call = hook
    return done


@pytest.mark.parametrize("kind", SERVICES)
class TestTwoControllers:
    """Another one, at any moment of a request to move; what is left is put right by the next."""

    def start(self, kind: str) -> tuple[FakeEc2Network, Mover, Mover]:
        fake = one_subnet(FakeClock())
        for table in TABLES:
            fake.add_table(table, "vpc-1")
        first, second = (
            ec2_mover(fake, SERVICES[kind], at_once=one_by_one, now=fake.clock.now)  # type: ignore[arg-type]
            for _ in range(2)
        )
        drive(fake, first, "a")
        fake.assign_delay, fake.detach_time, fake.attach_time = 0.5, 1, 1
        return fake, first, second

    def test_that_drives_to_the_same_node_does_no_harm(self, kind: str) -> None:
        for moment in count():
            fake, first, second = self.start(kind)
            came = cut_in(fake, moment, partial(second.send, "b", always))
            with contextlib.suppress(DdnsError):
                first.send("b", always)
            fake.on_call = None
            drive(fake, first, "b")
            assert second.read().all_at("b"), f"another at {moment}"
            if not came[0]:
                break
        assert moment >= 4

    def test_whose_request_to_the_old_node_comes_late_is_put_right(self, kind: str) -> None:
        for moment in count():
            fake, first, second = self.start(kind)
            drive(fake, first, "b")
            # The first one is on its way back to the old node and stands still for a while.
            came = cut_in(fake, moment, partial(drive, fake, second, "b"))
            with contextlib.suppress(DdnsError):
                first.send("a", always)
            fake.on_call = None
            drive(fake, second, "b")
            assert first.read().all_at("b"), f"late at {moment}"
            if not came[0]:
                break
        assert moment >= 4
