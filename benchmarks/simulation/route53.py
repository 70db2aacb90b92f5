"""The Route 53 client: the strict fake, with latencies, quotas, and one change at a time."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from benchmarks.simulation.clock import Scheduler
from benchmarks.simulation.parameters import Parameters
from tests.fakes.route53 import FakeRoute53

Changed = Callable[[str, Sequence[Mapping[str, Any]]], None]
_CHANGE = "change_resource_record_sets"
_MOMENT = 1e-6


class TimedRoute53:
    """Route 53 that takes its time and refuses what comes too quickly.

    Args:
        scheduler: virtual time.
        parameters: the model.
        fake: the zones; with a clock, it throttles requests by the documented buckets, and record
            changes where it has a bucket of them.
        changed: called with a zone's id and the changes that took effect in it.
        any_zone: a zone that another tool asks for.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        parameters: Parameters,
        fake: FakeRoute53,
        changed: Changed,
        any_zone: str,
    ) -> None:
        self.fake = fake
        self.refusals: Counter[str] = Counter()
        self.records_changed = 0
        self._scheduler = scheduler
        self._parameters = parameters
        self._changed = changed
        self._busy: dict[str, float] = {}
        self._any_zone = any_zone
        if parameters.other_tool:
            self._other_tool()

    def change_resource_record_sets(
        self, *, HostedZoneId: str, ChangeBatch: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """ChangeResourceRecordSets."""
        changes = ChangeBatch["Changes"]
        work = self._parameters.processor(self._parameters.record_write_processor * len(changes))
        self._scheduler.sleep(work)
        if self._scheduler.now < self._busy.get(HostedZoneId, 0.0) - _MOMENT:
            self.fake.fail_next(_CHANGE, "PriorRequestNotComplete")
        try:
            answer = self.fake.change_resource_record_sets(
                HostedZoneId=HostedZoneId, ChangeBatch=ChangeBatch
            )
        except ClientError as err:
            self._refused(err)
            raise
        finally:
            self.fake.fail_no_more()
        self._busy[HostedZoneId] = self._scheduler.now + self._parameters.change_records
        self.records_changed += len(changes)
        self._changed(HostedZoneId, changes)
        self._scheduler.sleep(self._parameters.change_records)
        return answer

    def list_resource_record_sets(self, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401
        """ListResourceRecordSets."""
        try:
            answer = self.fake.list_resource_record_sets(**arguments)
        except ClientError as err:
            self._refused(err)
            raise
        count = len(answer["ResourceRecordSets"])
        work = self._parameters.processor(self._parameters.record_read_processor * count)
        self._scheduler.sleep(self._parameters.list_records + work)
        return answer

    def get_hosted_zone(self, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - boto3's
        """GetHostedZone."""
        try:
            answer = self.fake.get_hosted_zone(**arguments)
        except ClientError as err:
            self._refused(err)
            raise
        self._scheduler.sleep(self._parameters.zones)
        return answer

    def _refused(self, err: ClientError) -> None:
        self.refusals[err.response["Error"]["Code"]] += 1
        self._scheduler.sleep(self._parameters.refusal)

    def _other_tool(self) -> None:
        """Spend tokens of the account as another tool does, whatever it gets for them."""
        try:
            self.fake.get_hosted_zone(Id=self._any_zone)
        except ClientError:
            self.refusals["of the other tool"] += 1
        self._scheduler.after(1 / self._parameters.other_tool, self._other_tool)
