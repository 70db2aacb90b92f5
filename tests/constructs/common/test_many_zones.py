"""Fifty zones, of each kind and with all that makes policies long, are no more than AWS takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53

from ddns.environment import zones as read_zones
from ddns_constructs import Adopt, InstanceDdns, ReverseZones
from ddns_constructs._common import role_policies
from ddns_constructs._common.arguments import Problems
from ddns_constructs._common.zones import read_zones as read_listed
from tests.constructs.common.kinds import CLIENT, INSTANCE, WITH_FUNCTION, Kind
from tests.constructs.quotas import exceeded, inline_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ddns_constructs._common.zones import Zone

_EACH = pytest.mark.parametrize("kind", WITH_FUNCTION, ids=str)
_MANY = 50
# GovCloud has the longest name of a partition; without an environment it is a token.
_LITERALS = {"@aws-cdk/core:enablePartitionLiterals": True}
_GOVERNMENT = cdk.Environment(account="111122223333", region="us-gov-west-1")


def _stack(*, literals: bool = False) -> cdk.Stack:
    if literals:
        return cdk.Stack(cdk.App(context=_LITERALS), "Stack", env=_GOVERNMENT)
    return cdk.Stack(cdk.App(), "Stack")


def _imported(stack: cdk.Stack, number: int) -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(
        stack,
        f"Zone{number}",
        hosted_zone_id=f"Z{number:020}",
        zone_name=f"team-{number}.eu-west-1.prod.example.com",
    )


def _defined(stack: cdk.Stack, number: int) -> route53.IHostedZone:
    return route53.PublicHostedZone(
        stack, f"Zone{number}", zone_name=f"team-{number}.eu-west-1.prod.example.com"
    )


def _nested(stack: cdk.Stack, number: int) -> route53.IHostedZone:
    labels = ("a.", "b.")[: number % 3]
    return route53.HostedZone.from_hosted_zone_attributes(
        stack,
        f"Zone{number}",
        hosted_zone_id=f"Z{number:020}",
        zone_name=f"{''.join(labels)}team-{number // 3}.example.com",
    )


def _everything(kind: Kind, stack: cdk.Stack) -> dict[str, Any]:
    """Return the arguments that make policies longest."""
    table_key, key = kms.Key(stack, "TableKey"), kms.Key(stack, "Key")
    string = dynamodb.AttributeType.STRING
    partition = dynamodb.Attribute(name="pk" if kind is INSTANCE else "hostname", type=string)
    table = dynamodb.Table(stack, "Own", encryption_key=table_key, partition_key=partition)
    own = {"table": table, "encryption_key": key}
    if kind is CLIENT:
        types = [route53.RecordType.A, route53.RecordType.AAAA, route53.RecordType.TXT]
        return {**own, "record_types": types, "allow_offline": True}
    return {**own, "associate_vpcs": True, "reverse_zones": ReverseZones.CREATE_AS_NEEDED}


def _template(stack: cdk.Stack) -> dict[str, Any]:
    return dict(cdk.assertions.Template.from_stack(stack).to_json())


@_EACH
@pytest.mark.parametrize(
    ("zone_of", "literals"), ((_imported, True), (_defined, False), (_nested, False))
)
def test_fifty_zones_are_no_more_than_iam_and_lambda_take(
    kind: Kind,
    zone_of: Callable[[cdk.Stack, int], route53.IHostedZone],
    literals: bool,  # noqa: FBT001 - a column of the table
) -> None:
    stack = _stack(literals=literals)
    zones = [zone_of(stack, number) for number in range(_MANY)]
    kind.construct(stack, "Ddns", hosted_zones=zones, **_everything(kind, stack))
    template = _template(stack)
    assert exceeded(template) == []
    assert "AWS::IAM::ManagedPolicy" in {each["Type"] for each in template["Resources"].values()}


@_EACH
def test_every_one_of_fifty_zones_may_be_changed_and_reaches_the_function(kind: Kind) -> None:
    stack = _stack()
    kind.construct(stack, "Ddns", hosted_zones=[_imported(stack, n) for n in range(_MANY)])
    template = _template(stack)
    changes = [
        json.dumps(statement)
        for each in template["Resources"].values()
        if each["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "route53:ChangeResourceRecordSets"
    ]
    for number in range(_MANY):
        name = f'"*.team-{number}.eu-west-1.prod.example.com"'
        assert [f"Z{number:020}" in each and name in each for each in changes].count(True) == 1
    (function,) = [
        each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"
    ]
    listed = read_zones(function["Properties"]["Environment"]["Variables"]["DDNS_ZONES"])
    assert [(zone.id, zone.name) for zone in listed] == [
        (f"Z{n:020}", f"team-{n}.eu-west-1.prod.example.com") for n in range(_MANY)
    ]


@_EACH
def test_a_few_zones_are_in_the_one_policy_of_the_role(kind: Kind) -> None:
    stack = _stack()
    kind.construct(stack, "Ddns", hosted_zones=[_imported(stack, n) for n in range(5)])
    template = _template(stack)
    assert exceeded(template) == []
    assert "AWS::IAM::ManagedPolicy" not in {e["Type"] for e in template["Resources"].values()}


@_EACH
def test_what_has_nothing_to_do_with_zones_leaves_them_their_share(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(role_policies, "INLINE_FOR_ZONES", 0)
    stack = _stack()
    arguments = _everything(kind, stack)
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=1)
    kind.construct(stack, "Ddns", hosted_zones=[_imported(stack, 0)], vpc=vpc, **arguments)
    (size,) = (n for role, n in inline_sizes(_template(stack)).items() if role.startswith("Ddns"))
    monkeypatch.undo()
    assert size <= role_policies.INLINE_LIMIT - role_policies.INLINE_FOR_ZONES


def test_a_hundred_adopted_names_fit_beside_fifty_zones() -> None:
    stack = _stack()
    names = [
        f"ip-10-{n}-{n * 37 % 256}-7.team-{n % _MANY}.eu-west-1.prod.example.com"
        for n in range(110)
    ]
    zones = [_imported(stack, n) for n in range(_MANY)]
    InstanceDdns(stack, "Ddns", hosted_zones=zones, adopt=Adopt.names(*names))
    assert exceeded(_template(stack)) == []


def test_zones_that_need_more_policies_than_a_role_may_have_are_refused() -> None:
    def statements_of(zones: Sequence[Zone]) -> list[iam.PolicyStatement]:
        resources = ["x" * 2_000 + zone.id for zone in zones]
        return [iam.PolicyStatement(actions=["route53:GetHostedZone"], resources=resources)]

    stack = _stack()
    problems = Problems()
    zones = read_listed([_imported(stack, n) for n in range(_MANY)], problems)
    role_policies.check_policies(stack, zones, statements_of, problems)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        problems.raise_any("InstanceDdns")
    assert str(caught.value) == (
        "'hosted_zones' and 'allowed_names' need 32 managed policies, and a role may have 10: "
        "divide the zones among several constructs, or allow names by fewer patterns"
    )
