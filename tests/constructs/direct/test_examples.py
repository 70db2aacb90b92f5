"""Logical ids and outputs of the two examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.constructs.conftest import Example

# Changing a logical id replaces the resource in every user's stack: a major release. That of the
# deployment ends in a digest of what is deployed.
_COMMON_IDS = {
    "DirectAccessLog6B96C50C": "AWS::Logs::LogGroup",
    "DirectApi1145967B": "AWS::ApiGateway::RestApi",
    "DirectApiAccessDenied2A15BACA": "AWS::ApiGateway::GatewayResponse",
    "DirectApiBadApiKey48E93149": "AWS::ApiGateway::GatewayResponse",
    "DirectApiBadMediaType022BC637": "AWS::ApiGateway::GatewayResponse",
    "DirectApiBadSignature2064E8EB": "AWS::ApiGateway::GatewayResponse",
    "DirectApiBadToken2A5BBE9B": "AWS::ApiGateway::GatewayResponse",
    "DirectApiDeploymentAF4B8B6E": "AWS::ApiGateway::Deployment",
    "DirectApiDeploymentStageddnsE4F42A1F": "AWS::ApiGateway::Stage",
    "DirectApiExpiredToken08D01C0D": "AWS::ApiGateway::GatewayResponse",
    "DirectApiFilteredFBBF6AFF": "AWS::ApiGateway::GatewayResponse",
    "DirectApiNoSuchMethod3FCBA7FC": "AWS::ApiGateway::GatewayResponse",
    "DirectApiNoSuchResourceC8130EE3": "AWS::ApiGateway::GatewayResponse",
    "DirectApiOtherClientErrorsB8065C51": "AWS::ApiGateway::GatewayResponse",
    "DirectApiOtherServerErrorsB75943C1": "AWS::ApiGateway::GatewayResponse",
    "DirectApiQuotaExceededDB90681D": "AWS::ApiGateway::GatewayResponse",
    "DirectApiRequestValidator501E109B": "AWS::ApiGateway::RequestValidator",
    "DirectApiThrottled8A6940D2": "AWS::ApiGateway::GatewayResponse",
    "DirectApiUsagePlan05945B40": "AWS::ApiGateway::UsagePlan",
    "DirectExecutionLogE405AA5F": "AWS::Logs::LogGroup",
    "DirectRole5756AF4B": "AWS::IAM::Role",
    "DirectRoleDefaultPolicy7432B767": "AWS::IAM::Policy",
}
_IDS = {
    "api_gateway_direct": {
        "DirectApiGETCE247C74": "AWS::ApiGateway::Method",
        "DirectApiKeyscabinexampletest9F590238": "AWS::ApiGateway::ApiKey",
        "DirectApiKeyshomeexampletestAC5CFBEA": "AWS::ApiGateway::ApiKey",
        "DirectApiPOST44F7CC76": "AWS::ApiGateway::Method",
        "DirectApiKeyscabinexampletestUsagePlanKey83FA9059": "AWS::ApiGateway::UsagePlanKey",
        "DirectApiKeyshomeexampletestUsagePlanKey874D7AB7": "AWS::ApiGateway::UsagePlanKey",
        "DirectApiupdate50E395CD": "AWS::ApiGateway::Resource",
        "DirectApiupdateGETC5E54E9C": "AWS::ApiGateway::Method",
        "DirectApiupdatePOSTFABE281E": "AWS::ApiGateway::Method",
    },
    "api_gateway_direct_seed": {
        "DirectApiKeysmyddnsexampletest5D9AD39C": "AWS::ApiGateway::ApiKey",
        "DirectApiKeysmyddnsexampletestUsagePlanKeyB35E2AA1": "AWS::ApiGateway::UsagePlanKey",
        "DirectApizoneid28D11355": "AWS::ApiGateway::Resource",
        "DirectApizoneidGET370BB8F4": "AWS::ApiGateway::Method",
    },
}
_DIGEST = 32


@pytest.mark.parametrize("name", _IDS)
def test_logical_ids_are_public(example: Callable[[str], Example], name: str) -> None:
    resources = example(name).template["Resources"]
    found = {id_: each["Type"] for id_, each in resources.items() if id_.startswith("Direct")}
    (deployment,) = [id_ for id_, kind in found.items() if kind == "AWS::ApiGateway::Deployment"]
    found[deployment[:-_DIGEST]] = found.pop(deployment)
    assert found == {**_COMMON_IDS, **_IDS[name]}


@pytest.mark.parametrize(
    ("name", "keys"),
    (("api_gateway_direct", {"Home", "Cabin"}), ("api_gateway_direct_seed", {"Myddns"})),
)
def test_outputs_are_what_a_caller_needs(
    example: Callable[[str], Example], name: str, keys: set[str]
) -> None:
    assert set(example(name).template["Outputs"]) == {
        "ApiId",
        "HostedZoneId",
        "Url",
        *(f"KeyId{key}" for key in keys),
    }
