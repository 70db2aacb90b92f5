"""What the function of ClientDdns may do, and whoever manages its hosts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from hypothesis import given
from hypothesis import strategies as st

from ddns_constructs import ClientDdns, ClientEndpoint
from ddns_constructs._client.names import challenge_patterns, matching_pattern, record_patterns
from ddns_constructs._common.route53_policy import normalise_record_name
from ddns_constructs._common.zones import Zone

if TYPE_CHECKING:
    from tests.constructs.conftest import Bench

_PREFIX = "route53:ChangeResourceRecordSets"
_A, _AAAA, _TXT = route53.RecordType.A, route53.RecordType.AAAA, route53.RecordType.TXT
_TOKEN = cdk.Token.as_string({"Ref": "Parameter"})
_SPLIT = {"Fn::Split": [".|", {"Fn::Join": ["", [{"Ref": "Parameter"}, "|"]]}]}


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's own "one or many"
    return value if isinstance(value, list) else [value]


def _statements(bench: Bench, action: str, *, role: str = "DdnsPolicy") -> list[dict[str, Any]]:
    policies = bench.template.find_resources("AWS::IAM::Policy")
    return [
        statement
        for id_, policy in policies.items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if id_.startswith(role) and action in _list(statement["Action"])
    ]


def _changes(bench: Bench, *, role: str = "DdnsPolicy") -> list[tuple[list[str], ...]]:
    """Return actions, types and names of the statements that allow changes."""
    found: list[tuple[list[str], ...]] = []
    for statement in _statements(bench, _PREFIX, role=role):
        equal = statement["Condition"]["ForAllValues:StringEquals"]
        like = statement["Condition"].get("ForAllValues:StringLike", {})
        names = like.get(f"{_PREFIX}NormalizedRecordNames", [])
        found.append((equal[f"{_PREFIX}Actions"], equal[f"{_PREFIX}RecordTypes"], _list(names)))
    return found


# ---------------------------------------------------------------- the shape of it


def test_nothing_is_a_wildcard(client_bench: Bench) -> None:
    ddns = client_bench.client(
        allow_offline=True,
        encryption_key=kms.Key(client_bench.stack, "Key"),
        record_types=[_A, _AAAA, _TXT],
    )
    ddns.grant_manage_hosts(_administrator(client_bench))
    for statement in client_bench.statements():
        assert statement["Effect"] == "Allow"
        assert not [action for action in _list(statement["Action"]) if "*" in action]
        assert "*" not in json.dumps(statement["Resource"])


def test_no_managed_policy_is_attached(client_default: Bench) -> None:
    assert "ManagedPolicyArns" not in client_default.only("AWS::IAM::Role")


def test_the_function_cannot_make_or_remove_a_host_or_list_them(client_default: Bench) -> None:
    actions = {
        action
        for statement in client_default.statements()
        for action in _list(statement["Action"])
        if action.startswith("dynamodb:")
    }
    assert actions == {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"}


def test_the_function_writes_the_state_of_a_host_and_not_who_may_update_it(
    client_default: Bench,
) -> None:
    (statement,) = _statements(client_default, "dynamodb:UpdateItem")
    assert statement["Action"] == "dynamodb:UpdateItem"
    ((key, names),) = statement["Condition"]["ForAllValues:StringEquals"].items()
    assert key == "dynamodb:Attributes"
    assert {"hostname", "state", "revision"} <= set(names)
    assert not {"tokens", "secrets", "zone_id", "types", "address_policy", "disabled"} & set(names)


# ---------------------------------------------------------------- records


def test_addresses_are_written_below_the_apex_and_never_deleted(client_default: Bench) -> None:
    assert _changes(client_default) == [(["UPSERT"], ["A", "AAAA"], ["*.example.com"])]


def test_deleting_is_allowed_where_offline_is_on(client_bench: Bench) -> None:
    client_bench.client(allow_offline=True)
    assert _changes(client_bench) == [(["DELETE", "UPSERT"], ["A", "AAAA"], ["*.example.com"])]


def test_record_types_are_those_asked_for(client_bench: Bench) -> None:
    client_bench.client(record_types=[_AAAA])
    assert _changes(client_bench) == [(["UPSERT"], ["AAAA"], ["*.example.com"])]


def test_allowed_names_become_conditions_wildcards_below_them_too(client_bench: Bench) -> None:
    client_bench.client(allowed_names=["home.example.com", "*.dyn.example.com"])
    names = ["*.dyn.example.com", r"\052.home.example.com", "home.example.com"]
    assert _changes(client_bench) == [(["UPSERT"], ["A", "AAAA"], names)]


def test_texts_are_written_where_certificates_are_asked_for_and_nowhere_else(
    client_bench: Bench,
) -> None:
    client_bench.client(record_types=[_A, _TXT])
    assert _changes(client_bench) == [
        (["UPSERT"], ["A"], ["*.example.com"]),
        (["UPSERT"], ["TXT"], ["_acme-challenge.*.example.com"]),
    ]


def test_texts_follow_the_allowed_names(client_bench: Bench) -> None:
    client_bench.client(
        allowed_names=["home.example.com", "*.dyn.example.com"], record_types=[_TXT]
    )
    names = ["_acme-challenge.*.dyn.example.com", "_acme-challenge.home.example.com"]
    assert _changes(client_bench) == [(["UPSERT"], ["TXT"], names)]


def test_each_zone_gets_the_names_that_end_in_it(client_bench: Bench) -> None:
    inner = client_bench.zone("dyn.example.com")
    client_bench.client(
        hosted_zones=[*client_bench.zones, inner],
        allowed_names=["vpn-?.example.com", "*.dyn.example.com"],
    )
    resources = [each["Resource"] for each in _statements(client_bench, _PREFIX)]
    assert ["Z0000000000000000000" in json.dumps(each) for each in resources] == [False, True]
    assert [names for *_, names in _changes(client_bench)] == [
        [r"\052.vpn-?.example.com", "vpn-?.example.com"],
        ["*.dyn.example.com"],
    ]


def test_the_apex_may_be_a_host_where_it_is_named(client_bench: Bench) -> None:
    client_bench.client(allowed_names=["example.com"], record_types=[_A, _TXT])
    assert [names for *_, names in _changes(client_bench)] == [
        [r"\052.example.com", "example.com"],
        ["_acme-challenge.example.com"],
    ]


def test_two_zones_of_one_name_get_the_same(client_bench: Bench) -> None:
    client_bench.client(
        hosted_zones=[*client_bench.zones, client_bench.zone("example.com")],
        allowed_names=["*.dyn.example.com"],
    )
    (statement,) = _statements(client_bench, _PREFIX)
    assert len(statement["Resource"]) == 2
    assert [names for *_, names in _changes(client_bench)] == [["*.dyn.example.com"]]


def test_what_is_allowed_in_an_outer_zone_opens_no_zone_within_it(client_bench: Bench) -> None:
    inner = client_bench.zone("dyn.example.com", "ZINNER")
    other = client_bench.zone("example.org", "ZOTHER")
    client_bench.client(
        hosted_zones=[*client_bench.zones, inner, other],
        allowed_names=["*.example.com", "home.dyn.example.com", "*.example.org"],
    )
    (outer, inside) = _statements(client_bench, _PREFIX)
    assert "ZINNER" in json.dumps(inside["Resource"])
    assert "ZOTHER" in json.dumps(outer["Resource"])
    assert [names for *_, names in _changes(client_bench)] == [
        ["*.example.com", "*.example.org"],
        [r"\052.home.dyn.example.com", "home.dyn.example.com"],
    ]


_DOTLESS = {"Fn::Select": [0, {"Fn::Split": ["|", {"Fn::Select": [0, _SPLIT]}]}]}


def test_of_a_zone_whose_name_is_a_token_names_below_it_are_written(client_bench: Bench) -> None:
    client_bench.client(hosted_zones=[client_bench.zone(_TOKEN)], record_types=[_A, _TXT])
    below = {"Fn::Join": ["", ["*.", _DOTLESS]]}
    assert _changes(client_bench) == [
        (["UPSERT"], ["A"], [below]),
        (["UPSERT"], ["TXT"], [{"Fn::Join": ["", ["_acme-challenge.*.", _DOTLESS]]}]),
    ]


def test_of_several_zones_with_tokens_for_names_no_apex_is_written(client_bench: Bench) -> None:
    zones = [client_bench.zone(_TOKEN, f"Z{n}") for n in range(2)]
    client_bench.client(hosted_zones=zones)
    assert _excepted(client_bench) == [[_DOTLESS]]


def test_every_for_all_values_has_its_null_guard(client_bench: Bench) -> None:
    client_bench.client(record_types=[_A, _TXT], endpoint=_endpoint(client_bench))
    for statement in _statements(client_bench, _PREFIX):
        condition = statement["Condition"]
        guarded = {
            key
            for operator, keys in condition.items()
            if operator.startswith("ForAllValues")
            for key in keys
        }
        assert condition["Null"] == dict.fromkeys(guarded, "false")


_LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(st.lists(_LABELS, min_size=1, max_size=4))
def test_what_a_pattern_matches_lies_below_the_apex_of_its_zone(labels: list[str]) -> None:
    zone = Zone(None, "example.com")  # type: ignore[arg-type]  # only its name is looked at
    patterns = ["*.dyn.example.com", "vpn-?.example.com", "home.example.com"]
    name = ".".join(labels)
    for each in (name, f"{name}.com", f"{name}.example.com", f"*.{name}.example.com"):
        if matching_pattern(each, record_patterns(patterns, zone, [zone])):
            assert each.endswith(".example.com")


@given(st.sampled_from(["a.dyn", "home", "vpn-1"]))
def test_what_a_host_and_its_wildcard_write_is_matched(host: str) -> None:
    zone = Zone(None, "example.com")  # type: ignore[arg-type]  # only its name is looked at
    allowed = ["*.dyn.example.com", "vpn-?.example.com", "home.example.com"]
    patterns = record_patterns(allowed, zone, [zone])
    for name in (f"{host}.example.com", f"*.{host}.example.com"):
        assert matching_pattern(name, patterns), normalise_record_name(name)


_PATTERNS = ("*", "**", "?", "????", "*?", "a*", r"\052", r"\052.a", "home", "*.?.a", "*2")


@given(
    st.lists(st.sampled_from(_PATTERNS), min_size=1, max_size=3),
    st.sampled_from(["", "a.", "2.", "b.a."]),
)
def test_a_text_is_allowed_where_its_host_is_one_and_nowhere_else(
    allowed: list[str], start: str
) -> None:
    zone = Zone(None, "example.com")  # type: ignore[arg-type]  # only its name is looked at
    patterns = [f"{each}.example.com" for each in allowed]
    host = f"{start}example.com"
    is_host = matching_pattern(host, patterns) is not None
    texts = challenge_patterns(patterns, zone, [zone])
    assert (matching_pattern(f"_acme-challenge.{host}", texts) is not None) is is_host


# ---------------------------------------------------------------- the endpoint's own names


def _endpoint(bench: Bench, name: str = "ddns.example.com") -> ClientEndpoint:
    certificate = cdk.aws_certificatemanager.Certificate.from_certificate_arn(
        bench.stack, "Certificate", "arn:aws:acm:us-east-1:111122223333:certificate/0"
    )
    return ClientEndpoint.custom_domain(domain_name=name, certificate=certificate)


def _excepted(bench: Bench, *, role: str = "DdnsPolicy") -> list[list[str]]:
    conditions = [each["Condition"] for each in _statements(bench, _PREFIX, role=role)]
    return [
        _list(each["ForAllValues:StringNotEquals"][f"{_PREFIX}NormalizedRecordNames"])
        for each in conditions
    ]


def test_no_host_may_be_named_as_the_endpoint_or_get_a_certificate_for_it(
    client_bench: Bench,
) -> None:
    endpoint = _endpoint(client_bench, "ddns.in.home.example.com")
    client_bench.client(endpoint=endpoint, record_types=[_A, _TXT])
    assert _excepted(client_bench) == [
        ["ddns.in.home.example.com"],
        [
            "_acme-challenge.ddns.in.home.example.com",
            "_acme-challenge.example.com",
            "_acme-challenge.home.example.com",
            "_acme-challenge.in.home.example.com",
        ],
    ]


def test_a_host_above_the_endpoint_gets_no_text_and_a_warning(client_bench: Bench) -> None:
    client_bench.client(
        allowed_names=["home.example.com", "*.dyn.example.com"],
        endpoint=_endpoint(client_bench, "ddns.home.example.com"),
        record_types=[_A, _TXT],
    )
    (text,) = (each for each in _statements(client_bench, _PREFIX) if "TXT" in json.dumps(each))
    excepted = text["Condition"]["ForAllValues:StringNotEquals"]
    assert list(excepted.values()) == [["_acme-challenge.home.example.com"]]
    (warning,) = client_bench.warnings()
    assert "'allowed_names' holds home.example.com above a name of 'endpoint'" in warning
    assert "[ack: ddns-constructs:challengeAboveEndpoint]" in warning


def test_a_host_above_the_endpoint_is_no_matter_without_texts(client_bench: Bench) -> None:
    endpoint = _endpoint(client_bench, "ddns.home.example.com")
    client_bench.client(allowed_names=["home.example.com"], endpoint=endpoint)
    assert not client_bench.warnings()


@pytest.mark.parametrize("pattern", ("ddns.example.com", "*.example.com", "dd??.example.com"))
def test_an_allowed_name_that_is_the_endpoints_is_refused(
    client_bench: Bench, pattern: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        client_bench.client(endpoint=_endpoint(client_bench), allowed_names=[pattern])
    assert str(caught.value) == (
        f"'allowed_names' must not match a name of 'endpoint', got '{pattern}', which matches "
        "'ddns.example.com': a host of that name could take the endpoint over"
    )


def test_names_of_its_own_beside_the_allowed_ones_need_no_exception(client_bench: Bench) -> None:
    client_bench.client(endpoint=_endpoint(client_bench), allowed_names=["*.dyn.example.com"])
    (statement,) = _statements(client_bench, _PREFIX)
    assert "ForAllValues:StringNotEquals" not in statement["Condition"]


def test_no_host_gets_a_certificate_for_the_endpoint_as_a_wildcard_below_it(
    client_bench: Bench,
) -> None:
    client_bench.client(
        endpoint=_endpoint(client_bench),
        allowed_names=["*.ddns.example.com"],
        record_types=[_TXT],
    )
    ((*_, names),) = _changes(client_bench)
    assert matching_pattern("_acme-challenge.a.ddns.example.com", names)
    assert not matching_pattern("_acme-challenge.ddns.example.com", names)


def test_an_endpoint_at_the_apex_needs_no_exception_for_addresses(client_bench: Bench) -> None:
    client_bench.client(endpoint=_endpoint(client_bench, "example.com"), record_types=[_A, _TXT])
    addresses, texts = (each["Condition"] for each in _statements(client_bench, _PREFIX))
    assert "ForAllValues:StringNotEquals" not in addresses
    assert list(texts["ForAllValues:StringNotEquals"].values()) == [["_acme-challenge.example.com"]]


# ---------------------------------------------------------------- keys


def test_keys_are_used_through_dynamodb_and_sqs_only(client_bench: Bench) -> None:
    table = dynamodb.Table(
        client_bench.stack,
        "Own",
        encryption_key=kms.Key(client_bench.stack, "TableKey"),
        partition_key=dynamodb.Attribute(name="hostname", type=dynamodb.AttributeType.STRING),
    )
    client_bench.client(table=table, encryption_key=kms.Key(client_bench.stack, "Key"))
    (statement,) = _statements(client_bench, "kms:Decrypt")
    assert len(statement["Resource"]) == 2
    services = json.dumps(statement["Condition"]["StringEquals"]["kms:ViaService"])
    assert "dynamodb." in services
    assert "sqs." in services


def test_without_a_key_there_is_no_permission_on_keys(client_default: Bench) -> None:
    assert not [each for each in client_default.statements() if "kms:" in json.dumps(each)]


# ---------------------------------------------------------------- managing hosts


def _administrator(bench: Bench) -> iam.Role:
    return iam.Role(bench.stack, "Administrator", assumed_by=iam.AccountRootPrincipal())


def test_an_administrator_writes_hosts_and_removes_their_records(client_bench: Bench) -> None:
    ddns = client_bench.client(allowed_names=["home.example.com"])
    ddns.grant_manage_hosts(_administrator(client_bench)).assert_success()
    role = "Administrator"
    (hosts,) = _statements(client_bench, "dynamodb:PutItem", role=role)
    assert hosts["Action"] == [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
    ]
    (zones,) = _statements(client_bench, "route53:GetHostedZone", role=role)
    assert zones["Action"] == ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
    names = [
        r"\052.home.example.com",
        "_acme-challenge.home.example.com",
        "home.example.com",
    ]
    assert _changes(client_bench, role=role) == [(["DELETE"], ["A", "AAAA", "TXT"], names)]


def test_an_administrator_uses_the_tables_key_through_dynamodb_only(client_bench: Bench) -> None:
    ddns = client_bench.client(encryption_key=kms.Key(client_bench.stack, "Key"))
    ddns.grant_manage_hosts(_administrator(client_bench))
    (statement,) = _statements(client_bench, "kms:Decrypt", role="Administrator")
    services = json.dumps(statement["Condition"]["StringEquals"]["kms:ViaService"])
    assert "dynamodb." in services
    assert "sqs." not in services


def test_an_administrator_may_not_delete_the_endpoint(client_bench: Bench) -> None:
    ddns = client_bench.client(endpoint=_endpoint(client_bench))
    ddns.grant_manage_hosts(_administrator(client_bench))
    (statement,) = _statements(client_bench, _PREFIX, role="Administrator")
    excepted = statement["Condition"]["ForAllValues:StringNotEquals"]
    assert "ddns.example.com" in excepted[f"{_PREFIX}NormalizedRecordNames"]


# What IAM takes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
_MANAGED, _INLINE_OF_USER, _INLINE_OF_GROUP, _INLINE_OF_ROLE = 6_144, 2_048, 5_120, 10_240
_ATTACHED = 10
# As many as the function's own policy has room for, short and long.
_MANY = [f"host-{n:02}.dyn.example.com" for n in range(90)]
_LONG = [f"{'x' * 60}.{'y' * 60}.{'z' * 60}.{n:02}{'w' * 50}.example.com" for n in range(8)]
_INLINE = {
    "AWS::IAM::User": ("Users", _INLINE_OF_USER),
    "AWS::IAM::Group": ("Groups", _INLINE_OF_GROUP),
    "AWS::IAM::Role": ("Roles", _INLINE_OF_ROLE),
}


def _written_out(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a policy as IAM gets it, in GovCloud, with a table's name of the greatest length."""
    match value:
        case list():
            return [_written_out(each) for each in value]
        case {"Fn::Join": [delimiter, parts]}:
            return delimiter.join(_written_out(each) for each in parts)
        case {"Ref": name}:
            return "aws-us-gov" if name == "AWS::Partition" else "Z" * 32
        case {"Fn::GetAtt": [_, "Arn"]}:
            return "arn:aws-us-gov:dynamodb:us-gov-west-1:111122223333:table/" + "T" * 255
        case dict():
            return {key: _written_out(each) for key, each in value.items()}
    return value


def _refused_by_iam(bench: Bench) -> list[str]:
    """Return what IAM would refuse of the stack's policies, each of which is a rollback."""
    refused = []
    attached: dict[str, int] = {}
    for id_, policy in bench.template.find_resources("AWS::IAM::ManagedPolicy").items():
        text = json.dumps(_written_out(policy["Properties"]["PolicyDocument"]))
        if len(text.replace(" ", "")) > _MANAGED:
            refused.append(f"{id_}: {len(text)}")
        for field in ("Users", "Groups", "Roles"):
            for whose in policy["Properties"].get(field, ()):
                key = f"{field} {json.dumps(whose)}"
                attached[key] = attached.get(key, 0) + 1
    refused += [f"{whose}: {n} policies" for whose, n in attached.items() if n > _ATTACHED]
    inline: dict[str, int] = {}
    for policy in bench.template.find_resources("AWS::IAM::Policy").values():
        text = json.dumps(_written_out(policy["Properties"]["PolicyDocument"]))
        for field, most in _INLINE.values():
            for whose in policy["Properties"].get(field, ()):
                key = json.dumps(whose)
                inline[key] = inline.get(key, 0) + len(text.replace(" ", ""))
                if inline[key] > most:
                    refused.append(f"{key}: {inline[key]} inline")
    return refused


@pytest.mark.parametrize("allowed", ((), _MANY, _LONG), ids=("zone", "many", "long"))
@pytest.mark.parametrize("kind", (iam.User, iam.Group, iam.Role))
def test_iam_takes_what_an_administrator_is_granted(
    client_bench: Bench, kind: type[Any], allowed: list[str]
) -> None:
    ddns = client_bench.client(
        allowed_names=allowed, encryption_key=kms.Key(client_bench.stack, "Key")
    )
    other = {"assumed_by": iam.AccountRootPrincipal()} if kind is iam.Role else {}
    for _ in range(2):  # the second time there is nothing to add
        id_ = "Operator"
        operator = client_bench.stack.node.try_find_child(id_) or kind(
            client_bench.stack, id_, **other
        )
        ddns.grant_manage_hosts(operator).assert_success()
    assert _refused_by_iam(client_bench) == []


def test_an_imported_user_manages_hosts_too(client_bench: Bench) -> None:
    ddns = client_bench.client(allowed_names=_MANY)
    user = iam.User.from_user_name(client_bench.stack, "Operator", "alice")
    ddns.grant_manage_hosts(user).assert_success()
    policies = client_bench.template.find_resources("AWS::IAM::ManagedPolicy").values()
    users = [each["Properties"].get("Users") for each in policies]
    assert users.count(["alice"]) > 1
    assert _refused_by_iam(client_bench) == []


def test_one_user_manages_the_hosts_of_two(client_bench: Bench) -> None:
    user = iam.User(client_bench.stack, "Operator")
    client_bench.client().grant_manage_hosts(user)
    other = ClientDdns(client_bench.stack, "Other", hosted_zones=client_bench.zones)
    other.grant_manage_hosts(user)
    assert len(client_bench.template.find_resources("AWS::IAM::ManagedPolicy")) == 2


@pytest.mark.parametrize("name", _MANY[::37])
def test_each_record_set_of_a_host_can_be_deleted_by_one_of_the_statements(
    client_bench: Bench, name: str
) -> None:
    ddns = client_bench.client(allowed_names=_MANY)
    ddns.grant_manage_hosts(iam.User(client_bench.stack, "Operator"))
    policies = client_bench.template.find_resources("AWS::IAM::ManagedPolicy").values()
    changes = [
        statement["Condition"]["ForAllValues:StringLike"][f"{_PREFIX}NormalizedRecordNames"]
        for policy in policies
        if "Users" in policy["Properties"]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == _PREFIX
    ]
    assert len(changes) > 1
    for record in (name, f"*.{name}", f"_acme-challenge.{name}"):
        assert [each for each in changes if matching_pattern(record, each)]


def test_a_policy_without_room_is_refused_with_the_limit(client_bench: Bench) -> None:
    ddns = client_bench.client(allowed_names=_MANY)
    with pytest.raises(ValueError, match=r"IAM takes 6,144 of a managed policy: pass an iam\.User"):
        ddns.grant_manage_hosts(iam.ManagedPolicy(client_bench.stack, "Operators"))
    role = iam.Role.from_role_name(client_bench.stack, "Operator", "operator")
    with pytest.raises(ValueError, match=r"IAM takes 10,240 of the inline policies of a role"):
        ddns.grant_manage_hosts(role)


def test_a_policy_with_room_is_granted_to(client_bench: Bench) -> None:
    ddns = client_bench.client()
    policy = iam.ManagedPolicy(client_bench.stack, "Operators")
    ddns.grant_manage_hosts(policy).assert_success()
    assert _refused_by_iam(client_bench) == []
