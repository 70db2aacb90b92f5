"""What the function may do: nothing more than docs/permissions.md says, and nothing less."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53

from ddns_constructs import InstanceDdns, ReverseZones

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.constructs.conftest import Bench

_ROOT = Path(__file__).resolve().parents[3]
_PAGE = _ROOT / "docs" / "permissions.md"
_PREFIX = "route53:ChangeResourceRecordSets"


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's own "one or many"
    return value if isinstance(value, list) else [value]


def _statements(bench: Bench, action: str) -> list[dict[str, Any]]:
    return [each for each in bench.statements() if action in _list(each["Action"])]


# ---------------------------------------------------------------- the shape of it


def test_no_action_is_a_wildcard(bench: Bench) -> None:
    bench.ddns(
        associate_vpcs=True,
        encryption_key=kms.Key(bench.stack, "Key"),
        reverse_zones=ReverseZones.CREATE_AS_NEEDED,
    )
    for statement in bench.statements():
        assert statement["Effect"] == "Allow"
        assert not [action for action in _list(statement["Action"]) if "*" in action]


def test_only_ec2_reads_stand_on_every_resource_and_only_in_this_region(default: Bench) -> None:
    (statement,) = [each for each in default.statements() if each["Resource"] == "*"]
    assert {action.partition(":")[0] for action in statement["Action"]} == {"ec2"}
    assert statement["Condition"] == {"StringEquals": {"ec2:Region": {"Ref": "AWS::Region"}}}


def test_the_unavoidable_wildcards_stand_in_a_policy_of_their_own(default: Bench) -> None:
    policies = default.template.find_resources("AWS::IAM::Policy")
    wild = {
        id_
        for id_, policy in policies.items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "*" in json.dumps(statement["Resource"])
    }
    assert {id_.startswith("DdnsDescribePolicy") for id_ in wild} == {True}


def test_no_managed_policy_is_attached(default: Bench) -> None:
    assert "ManagedPolicyArns" not in default.only("AWS::IAM::Role")


# ---------------------------------------------------------------- Route 53


def _allowed_names(bench: Bench) -> list[tuple[list[str], list[str]]]:
    found = []
    for statement in _statements(bench, "route53:ChangeResourceRecordSets"):
        condition = statement["Condition"]
        names = condition["ForAllValues:StringLike"][f"{_PREFIX}NormalizedRecordNames"]
        types = condition["ForAllValues:StringEquals"][f"{_PREFIX}RecordTypes"]
        found.append((_list(names), _list(types)))
    return found


def test_records_may_be_changed_below_the_apex_of_listed_zones_by_type(default: Bench) -> None:
    assert _allowed_names(default) == [
        (["*.example.com", "*.example.internal"], ["A", "AAAA", "CNAME"]),
        (["*.0.10.in-addr.arpa"], ["PTR"]),
    ]


def _refused_names(bench: Bench) -> list[list[str]]:
    key = f"{_PREFIX}NormalizedRecordNames"
    conditions = [each["Condition"] for each in _statements(bench, _PREFIX)]
    return [each.get("ForAllValues:StringNotLike", {}).get(key, []) for each in conditions]


_HIJACKING = ["*._*", r"\052.*", "_*", "isatap.*", "wpad.*"]


def test_names_that_hijack_clients_are_no_instances_and_pointers_are_not_limited(
    default: Bench,
) -> None:
    assert _refused_names(default) == [_HIJACKING, []]


def test_allowed_names_become_conditions_of_their_zones_only(bench: Bench) -> None:
    bench.ddns(allowed_names=["*.Dev.example.internal.", "web-?.example.com"])
    assert _allowed_names(bench) == [
        (["*.dev.example.internal", "web-?.example.com"], ["A", "AAAA", "CNAME"]),
        (["*.0.10.in-addr.arpa"], ["PTR"]),
    ]


def test_a_label_that_a_pattern_writes_out_is_allowed_in_that_zone_and_no_other_kind(
    bench: Bench,
) -> None:
    bench.ddns(allowed_names=["*.example.internal", "wpad.example.internal", "_dmarc.example.com"])
    internal, _, public = _refused_names(bench)
    assert internal == ["*._*", r"\052.*", "_*", "isatap.*"]
    assert public == [r"\052.*", "isatap.*", "wpad.*"]


def test_a_pattern_for_an_outer_zone_reaches_into_a_nested_one_but_not_to_its_apex(
    bench: Bench,
) -> None:
    inner = bench.zone("dev.example.internal", "ZINNER")
    bench.ddns(
        hosted_zones=[bench.zones[0], inner],
        allowed_names=["*dev.example.internal.example.internal", "?ev*.example.internal"],
    )
    (_, inner_names) = (names for names, _ in _allowed_names(bench))
    assert inner_names == ["?ev*.example.internal"]
    bench = type(bench)(cdk.Stack(), [])
    zones = [bench.zone("internal", "ZOUTER"), bench.zone("dev.internal", "ZINNER")]
    bench.ddns(hosted_zones=zones, allowed_names=["*ev.internal", "*.dev.internal"])
    apexes = [
        each["Condition"].get("ForAllValues:StringNotEquals", {})
        for each in _statements(bench, _PREFIX)
    ]
    assert apexes == [{}, {f"{_PREFIX}NormalizedRecordNames": ["dev.internal"]}]


_SPLIT = {"Fn::Split": [".|", {"Fn::Join": ["", [{"Ref": "Parameter"}, "|"]]}]}
_DOTLESS = {"Fn::Select": [0, {"Fn::Split": ["|", {"Fn::Select": [0, _SPLIT]}]}]}


def test_of_a_zone_whose_name_is_a_token_names_below_the_apex_are_written(bench: Bench) -> None:
    bench.ddns(hosted_zones=[bench.zone(cdk.Token.as_string({"Ref": "Parameter"}))])
    ((patterns, _),) = _allowed_names(bench)
    assert patterns == [{"Fn::Join": ["", ["*.", _DOTLESS]]}]


def test_of_several_zones_with_tokens_for_names_no_apex_is_written(bench: Bench) -> None:
    token = cdk.Token.as_string({"Ref": "Parameter"})
    bench.ddns(hosted_zones=[bench.zone(token, "Z1"), bench.zone(token, "Z2")])
    (statement,) = _statements(bench, _PREFIX)
    apex = statement["Condition"]["ForAllValues:StringNotEquals"]
    assert apex == {f"{_PREFIX}NormalizedRecordNames": [_DOTLESS]}


def test_of_a_zone_whose_name_is_a_token_allowed_names_limit_all_but_pointers(
    bench: Bench,
) -> None:
    zone = bench.zone(cdk.Token.as_string({"Ref": "Parameter"}))
    bench.ddns(hosted_zones=[zone], allowed_names=["*.dev.example.org"])
    ((patterns, _),) = _allowed_names(bench)
    assert patterns == ["*.dev.example.org", "*.in-addr.arpa", "*.ip6.arpa"]
    (statement,) = _statements(bench, _PREFIX)
    apex = statement["Condition"]["ForAllValues:StringNotEquals"]
    assert apex == {f"{_PREFIX}NormalizedRecordNames": [_DOTLESS]}
    assert _refused_names(bench) == [_HIJACKING]


@pytest.mark.parametrize("action", ("CreateHostedZone", "AssociateVPCWithHostedZone"))
def test_zones_are_made_for_and_associated_with_vpcs_of_this_region_only(
    bench: Bench, action: str
) -> None:
    bench.ddns(associate_vpcs=True, reverse_zones=ReverseZones.CREATE_AS_NEEDED)
    (statement,) = _statements(bench, f"route53:{action}")
    assert statement["Action"] == f"route53:{action}"
    region = {"Fn::Join": ["", ["VPCId=vpc-*,VPCRegion=", {"Ref": "AWS::Region"}]]}
    assert statement["Condition"] == {
        "ForAllValues:StringLike": {"route53:VPCs": region},
        "Null": {"route53:VPCs": "false"},
    }


def test_a_change_creates_or_deletes_and_never_overwrites(default: Bench) -> None:
    for statement in _statements(default, "route53:ChangeResourceRecordSets"):
        actions = statement["Condition"]["ForAllValues:StringEquals"][f"{_PREFIX}Actions"]
        assert actions == ["CREATE", "DELETE"]


def test_every_for_all_values_has_its_null_guard(default: Bench) -> None:
    for statement in _statements(default, "route53:ChangeResourceRecordSets"):
        condition = statement["Condition"]
        guarded = {
            key
            for operator, keys in condition.items()
            if operator.startswith("ForAllValues")
            for key in keys
        }
        assert condition["Null"] == dict.fromkeys(guarded, "false")


def test_zones_share_a_statement_unless_one_lies_within_another(bench: Bench) -> None:
    inner = bench.zone("dev.example.internal", "ZINNER")
    bench.ddns(hosted_zones=[bench.zones[0], inner, bench.zones[2]])
    assert _allowed_names(bench) == [
        (["*.example.com", "*.example.internal"], ["A", "AAAA", "CNAME"]),
        (["*.dev.example.internal"], ["A", "AAAA", "CNAME"]),
    ]
    (_, inside) = _statements(bench, _PREFIX)
    assert "ZINNER" in str(inside["Resource"])


def test_a_zone_whose_name_is_a_token_may_take_every_type(bench: Bench) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(
        bench.stack,
        "Later",
        hosted_zone_id="Z0000000000000000000",
        zone_name=cdk.Token.as_string({"Ref": "Parameter"}),
    )
    bench.ddns(hosted_zones=[zone])
    (statement,) = _statements(bench, "route53:ChangeResourceRecordSets")
    types = statement["Condition"]["ForAllValues:StringEquals"][f"{_PREFIX}RecordTypes"]
    assert types == ["A", "AAAA", "CNAME", "PTR"]


def test_zones_are_neither_associated_nor_created_unless_asked_for(default: Bench) -> None:
    for action in ("AssociateVPCWithHostedZone", "CreateHostedZone", "ListHostedZonesByName"):
        assert not _statements(default, f"route53:{action}")


def test_created_reverse_zones_take_ptr_records_only(bench: Bench) -> None:
    bench.ddns(reverse_zones=ReverseZones.CREATE_AS_NEEDED)
    assert (["*.in-addr.arpa"], ["PTR"]) in _allowed_names(bench)


def test_the_policy_of_a_new_app_says_the_same_in_another_order(default: Bench) -> None:
    app = cdk.App(context={"@aws-cdk/aws-iam:minimizePolicies": True})
    stack = cdk.Stack(app, "Stack")
    zones = [
        route53.HostedZone.from_hosted_zone_attributes(
            stack, f"Zone{n}", hosted_zone_id=f"Z{n:013}", zone_name=f"z{n}.example.com"
        )
        for n in range(2)
    ]
    InstanceDdns(stack, "Ddns", hosted_zones=zones)
    bench = type(default)(stack, list(zones))
    assert _allowed_names(bench) == [
        (["*.z0.example.com", "*.z1.example.com"], ["A", "AAAA", "CNAME"]),
    ]


# ---------------------------------------------------------------- EC2


@pytest.mark.parametrize(
    ("arguments", "actions"),
    (
        ({}, ["DescribeDhcpOptions", "DescribeInstances", "DescribeVpcs"]),
        # One of the bench's zones is a reverse zone.
        ({"use_dhcp_domain": False}, ["DescribeInstances", "DescribeVpcs"]),
        (
            {"use_dhcp_domain": False, "associate_vpcs": True},
            ["DescribeInstances", "DescribeVpcs"],
        ),
        (
            {"use_dhcp_domain": False, "reverse_zones": ReverseZones.CREATE_AS_NEEDED},
            ["DescribeInstances", "DescribeSubnets", "DescribeVpcs"],
        ),
    ),
)
def test_ec2_is_read_only_as_far_as_the_settings_need(
    bench: Bench, arguments: dict[str, Any], actions: list[str] | str
) -> None:
    bench.ddns(**arguments)
    (statement,) = _statements(bench, "ec2:DescribeInstances")
    assert _list(statement["Action"]) == [f"ec2:{action}" for action in _list(actions)]


# ---------------------------------------------------------------- keys


def test_keys_are_used_through_dynamodb_and_sqs_only(bench: Bench) -> None:
    table_key = kms.Key(bench.stack, "TableKey")
    table = dynamodb.Table(
        bench.stack,
        "Own",
        encryption_key=table_key,
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
    )
    bench.ddns(table=table, encryption_key=kms.Key(bench.stack, "Key"))
    (statement,) = _statements(bench, "kms:Decrypt")
    assert len(statement["Resource"]) == 2
    services = json.dumps(statement["Condition"]["StringEquals"]["kms:ViaService"])
    assert "dynamodb." in services
    assert "sqs." in services


def test_without_a_key_there_is_no_permission_on_keys(default: Bench) -> None:
    assert not [each for each in default.statements() if "kms:" in json.dumps(each)]


# ---------------------------------------------------------------- the page

_RESOURCES = (
    (r'"DdnsLogs\w+"', "the log group"),
    (r'^"\*"$', "`*`"),
    (r":vpc/\*", "any VPC of the account"),
    (r"hostedzone/\*", "any hosted zone"),
    (r":hostedzone/", "the listed zones"),
    (r'"DdnsTable\w+"', "the table"),
    (r'"DdnsQueue\w+".*"DdnsDeadLetterQueue\w+"', "both queues"),
    (r'"DdnsQueue\w+"', "the queue"),
    (r'"Key\w+"', "the key"),
)
_CONDITIONS = (
    (r"DELETE.*AAAA.*TXT", "DELETE of A, AAAA and TXT at allowed names"),
    (r"UPSERT.*AAAA", "UPSERT of A and AAAA at allowed names"),
    (r"UPSERT.*TXT", "UPSERT of TXT at `_acme-challenge.` of allowed names"),
    ("ec2:Region", "this Region"),
    ("route53:VPCs", "a VPC of this Region"),
    ("dynamodb:Attributes", "only attributes of a host's state"),
    ("kms:ViaService", "through DynamoDB and SQS"),
    (r"\*\.in-addr\.arpa", "CREATE and DELETE of PTR below in-addr.arpa"),
    (f"{_PREFIX}Actions", "CREATE and DELETE of the zone's types at allowed names"),
)


def _word(words: tuple[tuple[str, str], ...], value: Any, default: str) -> str:  # noqa: ANN401
    text = json.dumps(value)
    return next((word for pattern, word in words if re.search(pattern, text)), default)


def _rows_of_template(bench: Bench, *, role: str = "Ddns") -> set[tuple[str, str, str]]:
    policies = bench.template.find_resources("AWS::IAM::Policy")
    statements = [
        statement
        for id_, policy in policies.items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if id_.startswith(role)
    ]
    return {
        (
            action,
            _word(_RESOURCES, statement["Resource"], "unknown"),
            _word(_CONDITIONS, statement.get("Condition", {}), "none"),
        )
        for statement in statements
        for action in _list(statement["Action"])
    }


def _rows_of_page(*headings: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows below a heading, and a heading within that, of the page; or all of them."""
    text = _PAGE.read_text()
    for level, heading in enumerate(headings, start=2):
        mark = "#" * level
        _, _, text = text.partition(f"\n{mark} {heading}\n")
        assert text, f"the page has no {heading}"
        text, _, _ = text.partition(f"\n{mark} ")
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4:
            action, resource, condition, needed_by = cells
            yield action.strip("`"), resource, condition, needed_by


def _vpc(bench: Bench) -> ec2.IVpc:
    zones, subnets = ["us-east-1a"], ["subnet-1"]
    return ec2.Vpc.from_vpc_attributes(
        bench.stack, "Own", availability_zones=zones, private_subnet_ids=subnets, vpc_id="vpc-1"
    )


def test_the_page_lists_exactly_what_the_template_allows(bench: Bench) -> None:
    bench.ddns(
        associate_vpcs=True,
        encryption_key=kms.Key(bench.stack, "Key"),
        reverse_zones=ReverseZones.CREATE_AS_NEEDED,
        vpc=_vpc(bench),
    )
    page = {row[:3] for row in _rows_of_page("InstanceDdns")}
    assert page == _rows_of_template(bench)


def test_the_page_lists_exactly_what_client_ddns_allows(client_bench: Bench) -> None:
    types = [route53.RecordType.A, route53.RecordType.AAAA, route53.RecordType.TXT]
    ddns = client_bench.client(
        encryption_key=kms.Key(client_bench.stack, "Key"),
        record_types=types,
        vpc=_vpc(client_bench),
    )
    ddns.grant_manage_hosts(
        iam.Role(client_bench.stack, "Administrator", assumed_by=iam.AccountRootPrincipal())
    )
    managing = [row[:3] for row in _rows_of_page("ClientDdns", "Who manages hosts")]
    rows = [row[:3] for row in _rows_of_page("ClientDdns")]
    function = set(rows[: -len(managing)])  # the page's last table is for people
    assert function == _rows_of_template(client_bench)
    administrator = _rows_of_template(client_bench, role="Administrator")
    assert set(managing) == {row for row in administrator if not row[0].startswith("kms:")}


def test_every_method_that_the_page_names_is_there_and_makes_the_call() -> None:
    for action, _, _, needed_by in _rows_of_page():
        for module, cls, method in re.findall(r"`(adapters/\w+\.py)`: `(\w+)\.(\w+)`", needed_by):
            source = (_ROOT / "lambda_src" / "ddns" / module).read_text()
            assert f"class {cls}" in source, f"{action}: {module} has no {cls}"
            assert f"def {method}(" in source, f"{action}: {cls} has no {method}"


def test_every_row_of_the_page_says_who_needs_it() -> None:
    assert all(needed_by for *_, needed_by in _rows_of_page())


def test_a_zone_to_which_nothing_is_written_may_not_be_written_to(bench: Bench) -> None:
    bench.ddns(hosted_zones=[*bench.zones, bench.zone("0/25.2.0.192.in-addr.arpa", "ZCLASSLESS")])
    changes = [
        statement["Resource"]
        for statement in bench.statements()
        if statement["Action"] == "route53:ChangeResourceRecordSets"
    ]
    assert changes
    assert "ZCLASSLESS" not in str(changes)
