"""ApiGatewayDirectDdns at work, step by step: no function anywhere, answers over the wire."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ddns_constructs.cli.local.demo.http_stage import (
    HERE,
    MOVED,
    HttpStage,
    Reply,
    can_bind,
    check_curl,
)
from ddns_constructs.cli.local.demo.stage import StepFailedError, play_steps
from ddns_constructs.local.dns.answers import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns_constructs.cli.report import Report
    from ddns_constructs.local import LocalAws

__all__ = ["STEPS", "DirectStage", "play"]

_HOME, _CABIN = "home.example.test", "cabin.example.test"
_NOT_THEIRS = "www.example.test"
_HOSTILE = (
    "</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change><Change><Action>UPSERT"
    f"</Action><ResourceRecordSet><Name>{_NOT_THEIRS}</Name><Type>A</Type>"
)


@dataclass
class DirectStage(HttpStage):
    """The account, the stack of the example, its REST API, and the two keys."""

    def __post_init__(self) -> None:
        self.api = self.aws.rest_api(self.outputs["Url"])
        self.keys = {
            name: self._key(self.outputs[output])
            for name, output in ((_HOME, "KeyIdHome"), (_CABIN, "KeyIdCabin"))
        }
        self.moved = MOVED if can_bind(MOVED) else HERE

    def _key(self, key_id: str) -> str:
        found = self.aws.client("apigateway").get_api_key(apiKey=key_id, includeValue=True)
        return str(found["value"])

    @property
    def base(self) -> str:
        """The stage of the API."""
        return self.api.https

    def answers(self, name: str, rdtype: str, *values: str, status: str = "") -> None:
        """Ask the name server, as the internet does, until it answers this."""
        self.expect(name, rdtype, *values, view=View.PUBLIC, status=status)

    def update(self, name: str, *options: str, path: str = "update", base: str = "") -> Reply:
        """Send an update with the key of a name."""
        return self.curl(path, "--header", f"x-api-key: {self.keys[name]}", *options, base=base)

    def refused_by_iam(self, name: str, rdtype: str, action: str) -> None:
        """Ask Route 53 for a change as the role of the integration, and see that IAM refuses."""
        route53 = self.aws.client_as(self._role(), "route53")
        record = {"Name": name, "Type": rdtype, "TTL": 60, "ResourceRecords": [{"Value": HERE}]}
        self.act()
        try:
            route53.change_resource_record_sets(
                HostedZoneId=self.outputs["HostedZoneId"],
                ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
            )
        except ClientError as err:
            if (code := err.response["Error"]["Code"]) == "AccessDenied":
                seen = f"{action} {name} {rdtype}: {code}"
                self.report.seen(seen, time.monotonic() - self.acted)
                return
            raise
        raise StepFailedError(f"expected: IAM refuses {action} {name} {rdtype}\nseen: it is done")

    def _role(self) -> str:
        api_gateway = self.aws.client("apigateway")
        found = api_gateway.get_resources(restApiId=self.api.api_id, embed=["methods"])["items"]
        methods = [method for each in found for method in each["resourceMethods"].values()]
        return str(methods[0]["methodIntegration"]["credentials"])

    def complaints(self) -> list[str]:
        """Return nothing: there is no function to complain."""
        return []


def _update(stage: DirectStage) -> None:
    stage.act()
    stage.answers(_HOME, "A", status="NXDOMAIN")
    stage.expect_reply("update", stage.update(_HOME), 200, f"good {HERE}")
    stage.answers(_HOME, "A", HERE)


def _move(stage: DirectStage) -> None:
    reply = stage.update(_HOME, "--interface", stage.moved)
    stage.expect_reply(f"from {stage.moved}", reply, 200, f"good {stage.moved}")
    stage.answers(_HOME, "A", stage.moved)


def _ipv6(stage: DirectStage) -> None:
    if not stage.api.https_ipv6:
        stage.report.seen("this machine has no IPv6")
        return
    stage.expect_reply("over IPv6", stage.update(_HOME, base=stage.api.https_ipv6), 200, "good ::1")
    stage.answers(_HOME, "AAAA", "::1")
    stage.answers(_HOME, "A", stage.moved)


def _other_key(stage: DirectStage) -> None:
    what = f"the key of {_CABIN}, asking for {_HOME}"
    reply = stage.update(_CABIN, path=f"update?hostname={_HOME}&name={_HOME}")
    stage.expect_reply(what, reply, 200, f"good {HERE}")
    stage.answers(_CABIN, "A", HERE)
    stage.answers(_HOME, "A", stage.moved)


def _strangers(stage: DirectStage) -> None:
    stage.expect_reply("no key", stage.curl("update"), 403, "badauth")
    wrong = f"x-api-key: {stage.keys[_HOME][::-1]}"
    stage.expect_reply("a wrong key", stage.curl("update", "--header", wrong), 403, "badauth")
    stage.expect_reply("another path", stage.update(_HOME, path="nic/update"), 404, "notfound")
    stage.expect_reply(
        "another method", stage.update(_HOME, "--request", "DELETE"), 404, "notfound"
    )
    stage.answers(_HOME, "A", stage.moved)


def _hostile(stage: DirectStage) -> None:
    body = ("--data-binary", _HOSTILE, "--interface", stage.moved)
    stage.expect_reply("a body", stage.update(_HOME, *body), 200, f"good {stage.moved}")
    forged = ("--header", f"X-Forwarded-For: {_HOSTILE}", "--interface", stage.moved)
    stage.expect_reply("a forged address", stage.update(_HOME, *forged), 200, f"good {stage.moved}")
    xml = stage.update(_HOME, *body, "--header", "Content-Type: application/xml")
    stage.expect_reply("as XML of its own", xml, 415, "badrequest")
    stage.answers(_HOME, "A", stage.moved)
    stage.answers(_NOT_THEIRS, "A", status="NXDOMAIN")


def _iam(stage: DirectStage) -> None:
    stage.refused_by_iam(_NOT_THEIRS, "A", "UPSERT")
    stage.refused_by_iam(_HOME, "MX", "UPSERT")
    stage.refused_by_iam(_HOME, "A", "DELETE")
    stage.answers(_HOME, "A", stage.moved)


STEPS: Mapping[str, Callable[[DirectStage], None]] = {
    "a key, a request: a record": _update,
    "from another address the record moves": _move,
    "a caller by IPv6 gets an AAAA record": _ipv6,
    "the other key moves its own name, whatever it asks for": _other_key,
    "refused: no key, a wrong key, another path": _strangers,
    "what a caller sends changes nothing": _hostile,
    "IAM refuses the role of the API every other change": _iam,
}


def play(aws: LocalAws, outputs: Mapping[str, str], report: Report) -> bool:
    """Play every step; stop at the first that does not hold.

    Args:
        aws: A local AWS into which the example `api_gateway_direct` has been deployed.
        outputs: The outputs of its stack.
        report: Hears of steps and answers.

    Returns:
        Whether every step held.

    Raises:
        LocalAwsError: There is no curl.
    """
    check_curl()
    return play_steps(DirectStage(aws, outputs, report), STEPS)
