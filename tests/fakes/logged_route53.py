"""`FakeRoute53` that remembers what it was asked, in a line for each change."""

# ruff: noqa: N803 - the keyword names are boto3's own

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.route53 import FakeRoute53

if TYPE_CHECKING:
    from collections.abc import Mapping


class LoggedRoute53(FakeRoute53):
    """The fake, with a log: a list of sorted lines for each request to read or to change."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - the fake's
        super().__init__(**options)
        self.log: list[list[str]] = []

    def change_resource_record_sets(
        self, *, HostedZoneId: str, ChangeBatch: Mapping[str, Any]
    ) -> dict[str, Any]:
        self.log.append(sorted(map(_line, ChangeBatch["Changes"])))
        return super().change_resource_record_sets(
            HostedZoneId=HostedZoneId, ChangeBatch=ChangeBatch
        )

    def list_resource_record_sets(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - the fake's
        self.log.append([f"LIST {parameters.get('StartRecordName', '')}"])
        return super().list_resource_record_sets(**parameters)


def _line(change: Mapping[str, Any]) -> str:
    shape = change["ResourceRecordSet"]
    values = " ".join(each["Value"] for each in shape["ResourceRecords"])
    return f"{change['Action']} {shape['Name']} {shape['TTL']} {shape['Type']} {values}"
