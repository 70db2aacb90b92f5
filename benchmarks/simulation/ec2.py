"""The EC2 client: pages, filters, latencies, and the processor time that its XML costs."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from benchmarks.simulation.clock import Scheduler
from benchmarks.simulation.machines import ACCOUNT, ZONE, Machine, Region, when
from benchmarks.simulation.parameters import Parameters
from tests.fakes.paginator import Paginator

_LARGEST_PAGE = 1000  # API Reference, DescribeInstances: MaxResults from 5 to 1,000
_SMALLEST_PAGE = 5
_FILTER_VALUES = 200  # User Guide, "List and filter using the CLI and API"
_OPTIONS_ID = "dopt-0123456789abcdef0"


class TimedEc2:
    """EC2 of one Region as a boto3 client sees it.

    Args:
        scheduler: virtual time.
        parameters: the model.
        region: the instances.
        parsed: what an answer of DescribeInstances goes through, such as botocore's own parser.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        parameters: Parameters,
        region: Region,
        parsed: Callable[[dict[str, Any]], dict[str, Any]] = lambda answer: answer,
    ) -> None:
        self.requests: Counter[str] = Counter()
        self._scheduler = scheduler
        self._parameters = parameters
        self._region = region
        self._parsed = parsed

    def get_paginator(self, operation: str) -> Paginator:
        """Return a paginator."""
        return Paginator(getattr(self, operation), "NextToken", "NextToken", "MaxResults")

    def describe_instances(
        self,
        *,
        Filters: Sequence[Mapping[str, Any]] = (),
        MaxResults: int = _LARGEST_PAGE,
        NextToken: str = "",
    ) -> Mapping[str, Any]:
        """DescribeInstances."""
        self.requests["describe_instances"] += 1
        if not _SMALLEST_PAGE <= MaxResults <= _LARGEST_PAGE:
            raise _error("InvalidParameterValue", f"MaxResults: {MaxResults}")
        page: list[Machine] = []
        last = 0
        for last, machine in self._matching(Filters, int(NextToken or 0)):  # noqa: B007 - goes on
            page.append(machine)
            if len(page) == MaxResults:
                break
        answer: dict[str, Any] = {"Reservations": list(_reservations(page))}
        if len(page) == MaxResults:
            answer["NextToken"] = str(last + 1)
        work = len(page) * (self._parameters.instances_processor + self._parameters.own_processor)
        answer = self._parsed(answer)
        self._wait(self._parameters.describe_instances + self._parameters.processor(work))
        return answer

    def _matching(
        self, filters: Sequence[Mapping[str, Any]], start: int
    ) -> Iterator[tuple[int, Machine]]:
        wanted = {each["Name"]: each["Values"] for each in filters}
        if wanted.keys() - {"instance-id", "instance-state-name"}:
            raise NotImplementedError(f"no filter {sorted(wanted)}")
        if any(len(values) > _FILTER_VALUES for values in wanted.values()):
            raise _error("FilterLimitExceeded", "the maximum number of filter values is 200")
        states = set(wanted.get("instance-state-name", ()))
        machines, order = self._region.machines, self._region.order
        if "instance-id" in wanted:
            order = sorted(key for key in set(wanted["instance-id"]) if key in machines)
        for index in range(start, len(order)):
            machine = machines[order[index]]
            if not states or machine.state in states:
                yield index, machine

    def describe_vpcs(self, *, Filters: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """DescribeVpcs."""
        self._wait(self._parameters.describe, "describe_vpcs")
        ids = Filters[0]["Values"]
        return {"Vpcs": [{"VpcId": each, "DhcpOptionsId": _OPTIONS_ID} for each in ids]}

    def describe_dhcp_options(self, *, Filters: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """DescribeDhcpOptions."""
        del Filters
        self._wait(self._parameters.describe, "describe_dhcp_options")
        domain = {"Key": "domain-name", "Values": [{"Value": ZONE}]}
        options = {"DhcpOptionsId": _OPTIONS_ID, "DhcpConfigurations": [domain]}
        return {"DhcpOptions": [options]}

    def describe_vpc_attribute(self, *, VpcId: str, Attribute: str) -> Mapping[str, Any]:
        """DescribeVpcAttribute."""
        self._wait(self._parameters.describe, "describe_vpc_attribute")
        return {"VpcId": VpcId, Attribute[0].upper() + Attribute[1:]: {"Value": True}}

    def describe_subnets(self, *, Filters: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """DescribeSubnets."""
        self._wait(self._parameters.describe, "describe_subnets")
        ids = Filters[0]["Values"]
        return {"Subnets": [{"SubnetId": each, "CidrBlock": "10.0.0.0/16"} for each in ids]}

    def _wait(self, seconds: float, operation: str = "") -> None:
        if operation:
            self.requests[operation] += 1
        self._scheduler.sleep(seconds)


def _reservations(machines: Sequence[Machine]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(machines), 20):
        some = machines[start : start + 20]
        yield {
            "ReservationId": f"r-{some[0].number:017x}",
            "OwnerId": ACCOUNT,
            "Instances": [_shape(each) for each in some],
        }


def _shape(machine: Machine) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "InstanceId": machine.id,
        "State": {"Code": 16, "Name": machine.state},
        "LaunchTime": when(machine.launched),
        "Placement": {"AvailabilityZone": "us-east-1a", "Tenancy": "default"},
        "InstanceType": "m7g.large",
        "Tags": machine.tags,
    }
    if machine.state == "running":
        shape |= {
            "VpcId": machine.vpc,
            "SubnetId": machine.vpc.replace("vpc", "subnet"),
            "PrivateIpAddress": machine.address,
            "PrivateDnsName": f"{machine.private_host}.ec2.internal",
        }
    return shape


def _error(code: str, message: str) -> ClientError:
    error: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(error, "DescribeInstances")
