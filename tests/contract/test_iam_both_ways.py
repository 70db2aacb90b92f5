"""Least privilege both ways: every call is allowed, and every action that is allowed is called.

The construct is synthesised into an account on moto, the handler runs there with the synthesised
environment, and every call of its clients is judged by the role's synthesised statements.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from ddns.adapters import cloudformation
from ddns.core.instance.allowed import AllowedNames
from ddns_constructs import ReverseZones
from ddns_constructs._common.route53_policy import RecordAction, change_conditions
from ddns_constructs._common.zones import Zone
from ddns_constructs._instance import names
from tests.contract.deployment import Deployment
from tests.contract.iam import CHANGE, LAMBDAS_OWN, VPCS, Proof, Request, allows, many, requests
from tests.handlers.account import REGION, Account, Call, Wire, prepare_moto, shared_session
from tests.handlers.instance.function import (
    Function,
    event,
    received,
    record,
    records,
    state_change,
    tag_change,
    unload,
)

_LABELS = ("web", "wpad", "isatap", "_acme-challenge", "_tcp", "lab", "*", "w*", "?")
# Actions that nothing but these options brings.
OPTIONAL = {
    "associate_vpcs": {"route53:AssociateVPCWithHostedZone"},
    "reverse_zones": {
        "ec2:DescribeSubnets",
        "route53:CreateHostedZone",
        "route53:ListHostedZonesByName",
    },
    "use_dhcp_domain": {"ec2:DescribeDhcpOptions"},
}
# What the life below needs, and two labels that have to be written out.
ALLOWED = [
    "ip-*.example.internal",
    "db.example.internal",
    "wpad.lab.example.internal",
    "w*.example.com",
    "_acme-challenge.*.example.com",
]
OPTIONS: dict[str, dict[str, Any]] = {
    "the least": {"use_dhcp_domain": False},
    "the defaults": {},
    "allowed_names": {"use_dhcp_domain": False, "allowed_names": ALLOWED},
    "associate_vpcs": {"use_dhcp_domain": False, "associate_vpcs": True},
    "reverse_zones": {
        "use_dhcp_domain": False,
        "reverse_zones": ReverseZones.CREATE_AS_NEEDED,
    },
    "all": {"associate_vpcs": True, "reverse_zones": ReverseZones.CREATE_AS_NEEDED},
}


# ---------------------------------------------------------------- what the handler does


class Life:
    """All that a deployment may live to see, told by the calls that the function made."""

    def __init__(self, account: Account, wire: Wire, function: Function) -> None:
        self._account = account
        self._wire = wire
        self._function = function
        self.calls: list[Call] = []

    def live(self) -> list[Call]:
        """Run every scenario and return the function's calls."""
        for scenario in (
            self._launch_and_stop,
            self._other_vpc,
            self._dhcp_domain,
            self._crash_after_the_zone_was_made,
            self._sweep,
            self._deployment,
            self._garbage,
            self._retry,
            self._foreign_record,
            self._names_that_may_be_refused,
        ):
            scenario()
        return self.calls

    def _invoke(self, asked: Any) -> Any:  # noqa: ANN401 - JSON
        before = len(self._wire.calls)
        answer = self._function(asked)
        self.calls += self._wire.calls[before:]
        return answer

    def _handle(self, *bodies: str) -> list[Any]:
        answer = self._invoke({"Records": records(bodies)})
        failed: list[Any] = answer["batchItemFailures"]
        return failed

    def _deliver(self) -> None:
        """Deliver what is in the queue, and what comes in meanwhile."""
        while messages := self._account.receive():
            assert not self._invoke({"Records": received(messages)})["batchItemFailures"]
            for each in messages:
                self._account.delete(each)

    def _launch_and_stop(self) -> None:
        private = self._account.launch("10.0.1.5", ZONE="example.internal", CNAME="www.example.com")
        public = self._account.launch("10.0.1.6", ZONE="example.com", HOSTNAME="web")
        assert not self._handle(*map(state_change, (private, public)))
        self._account.tag(private, HOSTNAME="db")
        assert not self._handle(tag_change(private))
        self._account.stop(private)
        assert not self._handle(state_change(private, "stopped"))
        assert ("web.example.com", "A") in self._account.records(self._account.public)

    def _other_vpc(self) -> None:
        """Launch where a listed zone is not associated and no reverse zone covers the address."""
        _, subnet = self._account.add_vpc("172.16.0.0/16", "172.16.1.0/24")
        instance = self._account.launch("172.16.1.5", subnet_id=subnet, ZONE="example.internal")
        assert not self._handle(state_change(instance))

    def _dhcp_domain(self) -> None:
        vpc_id, subnet = self._account.add_vpc("10.9.0.0/16", "10.9.1.0/24")
        options = self._account.ec2.create_dhcp_options(
            DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.internal"]}]
        )["DhcpOptions"]["DhcpOptionsId"]
        self._account.ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc_id)
        assert not self._handle(state_change(self._account.launch("10.9.1.5", subnet_id=subnet)))

    def _crash_after_the_zone_was_made(self) -> None:
        """Find by its reference a reverse zone that was created and then forgotten."""
        _, subnet = self._account.add_vpc("192.168.0.0/16", "192.168.1.0/24")
        instance = self._account.launch("192.168.1.5", subnet_id=subnet, ZONE="example.internal")
        self._wire.fail_next("UpdateItem", "AccessDeniedException", 403)
        assert not self._handle(state_change(instance))
        self._function.start()
        # moto would create it once more: the service knows the reference.
        self._wire.fail_next("CreateHostedZone", "HostedZoneAlreadyExists", 409)
        assert not self._handle(state_change(instance))
        self._wire.reset_failures()

    def _sweep(self) -> None:
        self._account.launch("10.0.1.8", ZONE="example.internal")
        assert self._invoke({"verify": True}) == {"sweep": "begun"}
        self._deliver()
        assert not self._invoke({"dry_run": True})["done"]
        assert self._invoke({"instances": ["i-0123456789abcdef0"]})["done"]

    def _deployment(self) -> None:
        self._invoke(event("cloudformation_create"))
        self._deliver()

    def _garbage(self) -> None:
        assert not self._handle("{")

    def _retry(self) -> None:
        assert self._invoke({"Records": [record(state_change("i-0123456789abcdef0"))]})[
            "batchItemFailures"
        ]

    def _foreign_record(self) -> None:
        """Have a change refused, which costs a look at the zone."""
        instance = self._account.launch("10.0.1.9", ZONE="example.internal")
        name = "ip-10-0-1-9.example.internal"
        self._account.put_foreign(self._account.private, name, "A", "192.0.2.1")
        self._wire.fail_next("ChangeResourceRecordSets", "InvalidChangeBatch")
        assert not self._handle(state_change(instance))

    def _names_that_may_be_refused(self) -> None:
        """Ask for names that only some deployments allow; what is refused is not even tried."""
        instance = self._account.launch("10.0.1.12", ZONE="example.internal", HOSTNAME="other")
        assert not self._handle(state_change(instance))
        tags = {"HOSTNAME": "wpad.lab", "CNAME": "_acme-challenge.www.example.com"}
        instance = self._account.launch("10.0.1.10", ZONE="example.internal", **tags)
        assert not self._handle(state_change(instance))
        instance = self._account.launch("10.0.1.11", ZONE="example.internal", HOSTNAME="wpad")
        assert not self._handle(state_change(instance))
        assert ("wpad.example.internal", "A") not in self._account.records(self._account.private)


@lru_cache
def _proof(option: str) -> Proof:
    _, wire = shared_session()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        prepare_moto(patch)
        # Nobody waits at the URL; the answer is a signed PUT and no matter of IAM.
        patch.setattr(cloudformation, "answer", lambda *_: None)
        wire.reset()
        account = Account()
        deployment = Deployment(account, **OPTIONS[option])
        calls = Life(account, wire, Function(patch, deployment.environment())).live()
        unload()
        wire.reset()
    return Proof(deployment.statements(), calls)


@pytest.fixture(params=OPTIONS)
def proof(request: pytest.FixtureRequest) -> Proof:
    """The life of a deployment with some of the options; for reading only."""
    return _proof(request.param)


# ---------------------------------------------------------------- both ways


def test_every_call_is_allowed_by_a_statement(proof: Proof) -> None:
    assert proof.denied == []


def test_every_action_that_is_allowed_is_called(proof: Proof) -> None:
    called = {request.action for request in proof.requests}
    assert proof.allowed - called == set(LAMBDAS_OWN)


def test_every_statement_allows_a_call_that_was_made(proof: Proof) -> None:
    assert proof.needless == []


@pytest.mark.parametrize("option", OPTIONAL)
def test_without_an_option_its_actions_are_neither_allowed_nor_called(option: str) -> None:
    proof = _proof("the least")
    assert not OPTIONAL[option] & proof.allowed
    assert not OPTIONAL[option] & {request.action for request in proof.requests}
    assert OPTIONAL[option] <= _proof("all").allowed


# ---------------------------------------------------------------- the evaluator itself


def _change(
    name: str,
    *,
    kind: str = "A",
    action: str = "CREATE",
    zone: str = "",
    beside: str = "ok.example.internal.",
) -> Request:
    """Return a request for one change, and one that is in order beside it."""
    call = Call(
        "route53",
        "ChangeResourceRecordSets",
        {
            "HostedZoneId": zone,
            "ChangeBatch": {
                "Changes": [
                    {"Action": action, "ResourceRecordSet": {"Name": name, "Type": kind}},
                    {
                        "Action": "CREATE",
                        "ResourceRecordSet": {"Name": beside, "Type": "A"},
                    },
                ]
            },
        },
    )
    (request,) = requests(call)
    return request


def _allows_change(option: str, **change: str) -> bool:
    """Tell whether the role of a deployment allows a change in the zone example.internal."""
    proof = _proof(option)
    (zone,) = {
        many(each["Resource"])[0].rpartition("/")[2]  # the first that is listed
        for each in proof.statements
        if CHANGE in many(each["Action"])
        and ".example.internal" in json.dumps(each.get("Condition", {}))
    }
    request = _change(**{"zone": zone, **change})
    return any(allows(each, request) for each in proof.statements)


@pytest.mark.parametrize(
    ("change", "is_allowed"),
    (
        ({"name": "a.example.internal."}, True),
        ({"name": "A.B.Example.Internal"}, True),
        ({"name": "a.wpad.example.internal."}, True),
        ({"name": "wpad-1.example.internal."}, True),
        ({"name": "*.example.internal."}, False),
        ({"name": "*.dev.example.internal."}, False),
        ({"name": "WPAD.Example.internal."}, False),
        ({"name": "isatap.dev.example.internal."}, False),
        ({"name": "_acme-challenge.example.internal."}, False),
        ({"name": "_sip._tcp.example.internal."}, False),
        ({"name": "a._tcp.example.internal."}, False),
        ({"name": "a.example.internal.", "kind": "CNAME", "action": "DELETE"}, True),
        ({"name": "example.internal."}, False),
        ({"name": "badexample.internal."}, False),
        # Another zone of the statement: Route 53 takes no such name into this one.
        ({"name": "a.example.com."}, True),
        ({"name": "a.example.org."}, False),
        ({"name": "a.example.internal.", "kind": "PTR"}, False),
        ({"name": "a.example.internal.", "kind": "TXT"}, False),
        ({"name": "a.example.internal.", "action": "UPSERT"}, False),
        ({"name": "a.example.internal.", "zone": "Z0OTHER"}, False),
    ),
)
def test_what_the_evaluator_allows_is_what_the_conditions_say(
    change: dict[str, str],
    is_allowed: bool,  # noqa: FBT001 - the table's second column
) -> None:
    assert _allows_change("the defaults", **change) is is_allowed


@pytest.mark.parametrize(
    ("name", "is_allowed"),
    (
        ("ip-10-0-1-5", True),
        ("ip-10.dev", True),
        ("db", True),
        ("wpad.lab", True),
        ("ok", False),
        ("dbs", False),
        ("wpad", False),
        ("ip-._tcp", False),
    ),
)
def test_with_allowed_names_the_role_allows_these_and_no_others(
    name: str,
    is_allowed: bool,  # noqa: FBT001 - the table's second column
) -> None:
    change = {"name": f"{name}.example.internal.", "beside": "ip-1.example.internal."}
    assert _allows_change("allowed_names", **change) is is_allowed


def test_allowed_names_do_not_limit_pointers() -> None:
    proof = _proof("allowed_names")
    pointers = [
        request
        for request in proof.requests
        if "PTR" in request.keys.get(f"{CHANGE}RecordTypes", ())
    ]
    assert pointers
    assert not [request for request in pointers if request in proof.denied]


@settings(max_examples=300)
@given(
    st.lists(st.lists(st.sampled_from(_LABELS), min_size=1, max_size=3).map(".".join), max_size=3),
    st.lists(st.sampled_from(_LABELS[:-3]), min_size=1, max_size=3).map(".".join),
)
def test_role_and_function_agree_on_every_name(patterns: list[str], name: str) -> None:
    """But for one case: IAM knows no exception of an exception."""
    zone = Zone(None, "lab.internal")  # type: ignore[arg-type]  # only its name matters
    full = f"{name}.lab.internal"
    written = [f"{each}.{end}" for each in patterns for end in ("lab.internal", "internal")]
    of_zone = names.record_patterns(written, zone)
    condition = change_conditions(
        actions=[RecordAction.CREATE],
        types=["A"],
        patterns=of_zone,
        except_names=names.matched_apex(of_zone, zone),
        except_patterns=names.hijacking_patterns(of_zone, zone),
    )
    statement = {"Effect": "Allow", "Action": CHANGE, "Resource": "*", "Condition": condition}
    request = _change(full, beside=full)
    by_role = bool(of_zone) and allows(statement, request)
    objection = AllowedNames.of(written, ["lab.internal"]).objection(full)
    if objection is None:
        assert by_role
    elif by_role:
        assert "has to spell it out" in objection
        assert set(names.hijacking_patterns(of_zone, zone)) < set(
            names.hijacking_patterns([], zone)
        )


def _zone_call(operation: str, *, vpc: dict[str, str] | None) -> Request:
    parameters: dict[str, Any] = {"Name": "1.10.in-addr.arpa", "CallerReference": "1"}
    if operation != "CreateHostedZone":
        (zone,) = {
            each["Resource"][0].rpartition("/")[2]
            for each in _proof("all").statements
            if f"route53:{operation}" in many(each["Action"])
        }
        parameters = {"HostedZoneId": zone}
    if vpc:
        parameters["VPC"] = vpc
    return next(requests(Call("route53", operation, parameters)))


@pytest.mark.parametrize("operation", ("CreateHostedZone", "AssociateVPCWithHostedZone"))
@pytest.mark.parametrize(
    ("vpc", "is_allowed"),
    (
        ({"VPCId": "vpc-0a", "VPCRegion": REGION}, True),
        ({"VPCId": "vpc-0a", "VPCRegion": "eu-west-1"}, False),
        (None, False),
    ),
    ids=("this Region", "another Region", "none, so a public zone"),
)
def test_a_zone_is_made_for_and_associated_with_vpcs_of_this_region_only(
    operation: str,
    vpc: dict[str, str] | None,
    is_allowed: bool,  # noqa: FBT001 - the table's last column
) -> None:
    request = _zone_call(operation, vpc=vpc)
    assert (VPCS in request.keys) is (vpc is not None)
    assert any(allows(each, request) for each in _proof("all").statements) is is_allowed


def test_a_change_that_tells_no_names_is_not_allowed() -> None:
    proof = _proof("the defaults")
    zones = {
        zone
        for each in proof.statements
        if CHANGE in many(each["Action"])
        for zone in many(each["Resource"])
    }
    assert len(zones) == 3
    for zone in zones:
        request = Request(CHANGE, zone, {f"{CHANGE}Actions": ("CREATE",)})
        assert not any(allows(each, request) for each in proof.statements)


def test_what_the_evaluator_does_not_know_is_an_error_and_no_yes() -> None:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "a:B", "Resource": "*"}
    request = Request("a:B", "x", {})
    assert allows(statement, request)
    for change in ({"Effect": "Deny"}, {"NotAction": "a:C"}, {"Condition": {"Bool": {"k": "v"}}}):
        with pytest.raises(NotImplementedError):
            allows({**statement, **change}, request)
