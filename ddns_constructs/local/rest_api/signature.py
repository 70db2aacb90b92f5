"""Signature Version 4 of callers, for methods that ask for AWS_IAM.

The administrator's only: the secrets of other principals are the emulator's, and it does not tell.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ddns_constructs.local.rest_api.integration import header
from ddns_constructs.local.rest_api.refusals import Refusal

if TYPE_CHECKING:
    from ddns_constructs.local.http.url_event import HttpRequest

__all__ = ["check_signature"]

_FORM = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,]+)/(?P<date>\d{8})/(?P<region>[^/,]+)/execute-api"
    r"/aws4_request,\s*SignedHeaders=(?P<headers>[^,]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_TIME = "%Y%m%dT%H%M%SZ"
_LONGEST = dt.timedelta(minutes=5)


def check_signature(request: HttpRequest, key: str, secret: str, now: dt.datetime) -> None:
    """Check that a request is signed, by whom, and when.

    Args:
        request: As it came.
        key: The access key that may sign.
        secret: Its secret.
        now: The time, in UTC.

    Raises:
        Refusal: It is not signed, by another key, at another time, or not correctly.
    """
    said = header(request, "authorization")
    if not said:
        raise Refusal("MISSING_AUTHENTICATION_TOKEN")
    found = _FORM.fullmatch(said)
    if found is None or found["key"] != key:
        raise Refusal("DEFAULT_4XX")
    time = header(request, "x-amz-date")
    try:
        signed = dt.datetime.strptime(time, _TIME).replace(tzinfo=dt.timezone.utc)
    except ValueError as err:
        raise Refusal("INVALID_SIGNATURE") from err
    names = found["headers"].split(";")
    expected = _signature(request, names, time, Credentials(key, secret), found["region"])
    recent = abs(now - signed) <= _LONGEST and time.startswith(found["date"])
    if not recent or "host" not in names or not hmac.compare_digest(expected, found["signature"]):
        raise Refusal("INVALID_SIGNATURE")


def _signature(
    request: HttpRequest, names: list[str], time: str, credentials: Credentials, region: str
) -> str:
    signer = SigV4Auth(credentials, "execute-api", region)
    made = AWSRequest(
        method=request.method,
        url=f"http://{header(request, 'host')}{request.target}",
        headers={name: header(request, name) for name in names},
        data=request.body,
    )
    made.context["timestamp"] = time
    text = signer.string_to_sign(made, signer.canonical_request(made))
    return str(signer.signature(text, made))
