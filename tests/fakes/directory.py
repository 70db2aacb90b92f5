"""EC2 in memory, as the service sees it."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import TYPE_CHECKING

from ddns.core.instance.instances import Instance, Subnet, Vpc

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


class FakeDirectory:
    """Instances that tests launch, stop, start, retag and terminate."""

    def __init__(self, on_call: Callable[[str, str], None] | None = None) -> None:
        self.instances: dict[str, Instance] = {}
        self.vpcs_known: dict[str, Vpc] = {"vpc-1": Vpc("vpc-1")}
        self.subnets_known = {"subnet-1": Subnet("subnet-1", IPv4Network("10.0.1.0/24"))}
        self.requests: Counter[str] = Counter()
        self.on_call = on_call
        self.page_size = 1000
        self._launches = 0

    def launch(
        self,
        instance_id: str,
        tags: Mapping[str, str] | None = None,
        *,
        private: str | None = None,
        public: str | None = None,
        ipv6: str | None = None,
        vpc_id: str = "vpc-1",
        state: str = "running",
    ) -> Instance:
        self._launches += 1
        address = private or f"10.0.1.{self._launches}"
        made = Instance(
            id=instance_id,
            state=state,
            launched=f"2026-01-01T00:{self._launches // 60:02}:{self._launches % 60:02}+00:00",
            vpc_id=vpc_id,
            subnet_id="subnet-1",
            availability_zone="us-east-1a",
            private_address=IPv4Address(address),
            public_address=IPv4Address(public) if public else None,
            ipv6_address=IPv6Address(ipv6) if ipv6 else None,
            private_dns=f"ip-{address.replace('.', '-')}.ec2.internal",
            public_dns=f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com" if public else "",
            tags=dict(tags or {}),
        )
        self.instances[instance_id] = made
        return made

    def set_state(self, instance_id: str, state: str) -> None:
        self.instances[instance_id] = self.instances[instance_id]._replace(state=state)

    def retag(self, instance_id: str, **tags: str) -> None:
        self.instances[instance_id] = self.instances[instance_id]._replace(tags=tags)

    def terminate(self, instance_id: str) -> None:
        del self.instances[instance_id]

    def describe(self, ids: Collection[str]) -> Mapping[str, Instance]:
        self._call("describe", "before")
        found = {each: self.instances[each] for each in ids if each in self.instances}
        self._call("describe", "after")
        return found

    def running(self, start: str) -> tuple[Sequence[Instance], str]:
        self._call("running", "before")
        found = [each for each in self.instances.values() if each.running]
        first = int(start or 0)
        following = first + self.page_size
        self._call("running", "after")
        return found[first:following], str(following) if following < len(found) else ""

    def vpcs(self, ids: Collection[str], most: int) -> Mapping[str, Vpc]:
        return {each: self.vpcs_known[each] for each in sorted(ids)[:most]}

    def domains(self, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return {each: self.vpcs_known[each].domain_names for each in ids}

    def cidr_blocks(self, ids: Collection[str]) -> Mapping[str, tuple[IPv4Network, ...]]:
        return {each: self.vpcs_known[each].cidr_blocks for each in ids}

    def subnets(self, ids: Collection[str]) -> Mapping[str, Subnet]:
        return {each: self.subnets_known[each] for each in ids if each in self.subnets_known}

    def _call(self, operation: str, moment: str) -> None:
        if moment == "before":
            self.requests[operation] += 1
        if self.on_call:
            self.on_call(operation, moment)
