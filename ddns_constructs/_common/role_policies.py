"""The policies of a function's role: of its own, waited for, and no longer than IAM takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs import Construct, IDependable

    from ddns_constructs._common.arguments import Problems
    from ddns_constructs._common.zones import Zone

    StatementsOf = Callable[[Sequence[Zone]], list[iam.PolicyStatement]]

# "IAM and AWS STS quotas": white space is not counted. All inline policies of a role together may
# have 10,240 characters; half of them is for what has nothing to do with the number of zones.
INLINE_LIMIT = 10_240
INLINE_FOR_ZONES = 5_120
MANAGED_LIMIT = 6_144
MANAGED_POLICIES = 10

# As long as CloudFormation may fill them in: `aws-us-gov`, `ap-southeast-1`, `amazonaws.com.cn`.
_PSEUDO = {
    "AWS::AccountId": 12,
    "AWS::NoValue": 0,
    "AWS::Partition": 10,
    "AWS::Region": 14,
    "AWS::URLSuffix": 16,
}
# The ARN of a table with a name of 255 characters, the longest of what has one here.
_ARN = 320
# The id of a zone has 32 characters at most. Its name, as a parameter, may have 253: most have few.
_REFERENCE = 64


def check_policies(
    scope: Construct, zones: Sequence[Zone], statements_of: StatementsOf, problems: Problems
) -> None:
    """Note zones that need more, or longer, policies than a role may have."""
    slices = _slices(scope, zones, statements_of)
    longest = max((characters(scope, statements_of(each)) for each in slices), default=0)
    if longest > MANAGED_LIMIT:
        problems.add(
            f"'hosted_zones' and 'allowed_names' make a policy of {longest:,} characters for one "
            f"zone, and IAM takes {MANAGED_LIMIT:,}: allow names by fewer patterns"
        )
    elif len(slices) > MANAGED_POLICIES:
        problems.add(
            f"'hosted_zones' and 'allowed_names' need {len(slices)} managed policies, and a role "
            f"may have {MANAGED_POLICIES}: divide the zones among several constructs, or allow "
            "names by fewer patterns"
        )


def define_policies(
    scope: Construct,
    role: iam.IRole,
    statements: Sequence[iam.PolicyStatement],
    zones: Sequence[Zone],
    statements_of: StatementsOf,
) -> list[IDependable]:
    """Define `Policy`, and `ZonePolicy1` and so on where zones are too many for it.

    They are not the role's default policy: with a feature flag that new apps had in early 2025,
    CDK makes one policy of each statement there, and nothing waits for them. The caller lets the
    function wait for what is returned, and with it all that invokes the function.
    """
    slices = _slices(scope, zones, statements_of)
    if len(slices) == 1 and characters(scope, statements_of(zones)) <= INLINE_FOR_ZONES:
        statements, slices = [*statements, *statements_of(zones)], []
    return [
        iam.Policy(scope, "Policy", roles=[role], statements=list(statements)),
        *(
            iam.ManagedPolicy(
                scope,
                f"ZonePolicy{number}",
                roles=[role],
                statements=statements_of(each),
            )
            for number, each in enumerate(slices, start=1)
        ),
    ]


def _slices(
    scope: Construct, zones: Sequence[Zone], statements_of: StatementsOf
) -> list[Sequence[Zone]]:
    """Return the zones in parts, each of which fits into a managed policy if it can be divided."""
    if len(zones) < 2 or characters(scope, statements_of(zones)) <= MANAGED_LIMIT:  # noqa: PLR2004
        return [zones]
    half = len(zones) // 2
    parts = (zones[:half], zones[half:])
    return [each for part in parts for each in _slices(scope, part, statements_of)]


def characters(scope: Construct, statements: Sequence[iam.PolicyStatement]) -> int:
    """Return how long a policy with some statements may become, as IAM counts."""
    document = {
        "Statement": [each.to_statement_json() for each in statements],
        "Version": "2012-10-17",
    }
    filled_in = _filled_in(Stack.of(scope).resolve(document))
    return len(json.dumps(filled_in, separators=(",", ":")))


def _filled_in(value: Any) -> Any:  # noqa: ANN401 - CloudFormation's own shapes
    """Return a value with every intrinsic function as long as its result may be."""
    if isinstance(value, list):
        return [_filled_in(each) for each in value]
    if not isinstance(value, dict):
        return value
    name = next(iter(value), "")
    if name == "Fn::Join":
        separator, parts = value[name]
        return str(separator).join(map(str, _filled_in(parts)))
    if name == "Ref":
        return "x" * _PSEUDO.get(value[name], _REFERENCE)
    if name.startswith("Fn::"):
        return "x" * (_ARN if name == "Fn::GetAtt" else _REFERENCE)
    return {key: _filled_in(each) for key, each in value.items()}
