"""The call to Route 53, as the role of the integration: IAM decides about it, not we."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from ddns_constructs.local.rest_api.integration import ServiceAnswer
from ddns_constructs.local.rest_api.refusals import Refusal

if TYPE_CHECKING:
    from ddns_constructs.local.emulator import Emulator
    from ddns_constructs.local.rest_api.integration import ServiceRequest

__all__ = ["Route53Call"]

_SERVICE = "apigateway.amazonaws.com"
_ACTIONS = {"*", "sts:*", "sts:assumerole"}
_TIMEOUT = 29  # seconds that API Gateway waits
_SESSION = "BackplaneAssumeRoleSession"  # what API Gateway calls it


class Route53Call:
    """Calls the emulator's Route 53.

    Args:
        emulator: The running emulator.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._endpoint_url = emulator.endpoint_url
        self._iam = emulator.client("iam")
        self._sts = emulator.client("sts")
        self._http = URLLib3Session(
            verify=str(emulator.certificate),  # type: ignore[arg-type] # a file: the stubs forget it
            proxies={},
            timeout=_TIMEOUT,
        )

    def __call__(self, role: str | None, request: ServiceRequest, region: str) -> ServiceAnswer:
        """Call it.

        Args:
            role: ARN of the integration's role.
            request: What to send.
            region: That of the integration, which the signature is for.

        Raises:
            Refusal: API Gateway may not act as that role, or there is none.
            HTTPClientError: Of botocore: the emulator did not answer.
        """
        made = AWSRequest(
            method=request.method,
            url=f"{self._endpoint_url}{request.path}",
            headers=dict(request.headers),
            data=request.body.encode(),
        )
        SigV4Auth(self._credentials(role), "route53", region).add_auth(made)
        answered = self._http.send(made.prepare())
        text = answered.content.decode(errors="replace")
        return ServiceAnswer(answered.status_code, dict(answered.headers), text)

    def _credentials(self, role: str | None) -> Credentials:
        if role is None:
            raise Refusal("API_CONFIGURATION_ERROR")
        try:
            found = self._iam.get_role(RoleName=role.rpartition("/")[2])["Role"]
            # The emulator lets its administrator be any role that trusts any service.
            if not trusts_api_gateway(found["AssumeRolePolicyDocument"]):
                raise Refusal("API_CONFIGURATION_ERROR")
            given = self._sts.assume_role(RoleArn=role, RoleSessionName=_SESSION)["Credentials"]
        except ClientError as err:
            raise Refusal("API_CONFIGURATION_ERROR") from err
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def trusts_api_gateway(policy: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether a trust policy names API Gateway; its conditions are not asked."""
    for statement in _listed(policy["Statement"]):
        principal = statement.get("Principal", {})
        services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else []
        actions = {action.lower() for action in _listed(statement.get("Action", []))}
        if statement["Effect"] == "Allow" and _SERVICE in services and actions & _ACTIONS:
            return True
    return False


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    return value if isinstance(value, list) else [value]
