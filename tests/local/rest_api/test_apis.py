"""REST APIs on loopback: both examples, deployed, with the emulator's own IAM and Route 53."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from ddns_constructs.local import LocalAws, LocalAwsError
from ddns_constructs.local.examples import example_folder
from tests.local.processes import PATIENCE, is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddns_constructs.local.rest_api import RestApiUrl


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: str
    headers: Mapping[str, str]


class Api(NamedTuple):
    """An example that is deployed."""

    aws: LocalAws
    outputs: Mapping[str, str]

    @property
    def url(self) -> RestApiUrl:
        return self.aws.rest_api(self.outputs["Url"])

    def key(self, name: str) -> dict[str, str]:
        """The header that a client sends."""
        found = self.aws.client("apigateway").get_api_key(
            apiKey=self.outputs[f"KeyId{name}"], includeValue=True
        )
        return {"x-api-key": found["value"]}

    def call(
        self,
        path: str,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        body: bytes | None = None,
        base: str = "",
        source: str = "127.0.0.1",
    ) -> Answer:
        """Send a request."""
        url = urlsplit(f"{base or self.url.http}{path}")
        assert url.hostname
        bound = None if ":" in url.hostname else (source, 0)
        if url.scheme == "https":
            trusting = ssl.create_default_context(cafile=str(self.aws.certificate))
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                url.hostname, url.port, timeout=PATIENCE, source_address=bound, context=trusting
            )
        else:
            connection = http.client.HTTPConnection(
                url.hostname, url.port, timeout=PATIENCE, source_address=bound
            )
        try:
            connection.request(method, url.path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.read().decode(), dict(response.headers))
        finally:
            connection.close()

    def record(self, name: str, rdtype: str = "A") -> tuple[str, ...]:
        """What the zone says; by name, two zones of this account are one."""
        for each in self.records():
            if (each["Name"], each["Type"]) == (f"{name}.example.test.", rdtype):
                return tuple(value["Value"] for value in each["ResourceRecords"])
        return ()

    def records(self) -> list[dict[str, Any]]:
        """All that clients have written."""
        found = self.aws.client("route53").list_resource_record_sets(
            HostedZoneId=self.outputs["HostedZoneId"]
        )
        return [each for each in found["ResourceRecordSets"] if each["Type"] in {"A", "AAAA"}]


@pytest.fixture(scope="module")
def keys(aws: LocalAws) -> Api:
    """The example with keys."""
    return Api(aws, aws.deploy(example_folder("api_gateway_direct"))["ApiGatewayDirect"])


@pytest.fixture(scope="module")
def seed(aws: LocalAws) -> Api:
    """The AWS blog sample's own API."""
    return Api(aws, aws.deploy(example_folder("api_gateway_direct_seed"))["ApiGatewayDirectSeed"])


@pytest.fixture
def home(keys: Api) -> Iterator[dict[str, str]]:
    """The key of home, with no records of it before and after."""
    yield keys.key("Home")
    route53, zone = keys.aws.client("route53"), keys.outputs["HostedZoneId"]
    changes = [{"Action": "DELETE", "ResourceRecordSet": each} for each in keys.records()]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def test_a_key_makes_a_record_of_the_caller_s_address(keys: Api, home: dict[str, str]) -> None:
    answer = keys.call("update", home)
    assert (answer.status, answer.body) == (200, "good 127.0.0.1")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"
    assert keys.record("home") == ("127.0.0.1",)


@pytest.mark.parametrize(("path", "method"), (("", "GET"), ("", "POST"), ("update", "POST")))
def test_every_path_and_method_does_it(
    keys: Api, home: dict[str, str], path: str, method: str
) -> None:
    assert keys.call(path, home, method=method).body == "good 127.0.0.1"


def test_https_and_another_address(keys: Api, home: dict[str, str]) -> None:
    assert keys.call("update", home, base=keys.url.https).status == 200
    try:
        answer = keys.call("update", home, source="127.0.0.2")
    except OSError:
        pytest.skip("this machine has one loopback address")
    assert answer.body == "good 127.0.0.2"
    assert keys.record("home") == ("127.0.0.2",)


def test_a_caller_by_ipv6_gets_an_aaaa_record(keys: Api, home: dict[str, str]) -> None:
    if not keys.url.https_ipv6:
        pytest.skip("this machine has no IPv6")
    for base in (keys.url.http_ipv6, keys.url.https_ipv6):
        assert keys.call("update", home, base=base).body == "good ::1"
    assert keys.record("home", "AAAA") == ("::1",)
    assert keys.record("home") == ()


@pytest.mark.usefixtures("home")
def test_a_key_moves_its_own_name_whatever_is_asked(keys: Api) -> None:
    asked = {**keys.key("Cabin"), "Content-Type": "application/json", "Host": "home.example.test"}
    body = json.dumps({"hostname": "home.example.test", "name": "home"}).encode()
    answer = keys.call("update?hostname=home.example.test", asked, method="POST", body=body)
    assert answer.status == 200
    assert (keys.record("home"), keys.record("cabin")) == ((), ("127.0.0.1",))


@pytest.mark.parametrize("headers", ({}, {"x-api-key": "nobody's"}, {"x-api-key": ""}))
def test_without_a_key_nothing_happens(keys: Api, headers: dict[str, str]) -> None:
    answer = keys.call("update", headers)
    assert (answer.status, answer.body) == (403, "badauth")
    assert keys.record("home") == ()


def test_a_key_that_is_disabled_or_of_no_plan_opens_nothing(
    keys: Api, home: dict[str, str]
) -> None:
    api_gateway, key = keys.aws.client("apigateway"), keys.outputs["KeyIdHome"]

    def enable(value: str) -> None:
        patch = [{"op": "replace", "path": "/enabled", "value": value}]
        api_gateway.update_api_key(apiKey=key, patchOperations=patch)

    enable("false")
    assert keys.call("update", home).status == 403
    enable("true")
    (plan,) = [
        plan["id"]
        for plan in api_gateway.get_usage_plans()["items"]
        if keys.outputs["ApiId"] in {stage["apiId"] for stage in plan["apiStages"]}
    ]
    api_gateway.delete_usage_plan_key(usagePlanId=plan, keyId=key)
    assert keys.call("update", home).status == 403
    api_gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    assert keys.call("update", home).status == 200


def test_a_key_of_another_api_opens_nothing(keys: Api, seed: Api) -> None:
    assert keys.call("update", seed.key("Myddns")).status == 403


@pytest.mark.parametrize(("path", "method"), (("nic/update", "GET"), ("update", "DELETE")))
def test_what_is_not_there_is_404(keys: Api, home: dict[str, str], path: str, method: str) -> None:
    answer = keys.call(path, home, method=method)
    assert (answer.status, answer.body) == (404, "notfound")


@pytest.mark.parametrize(
    ("content_type", "status"),
    (
        ("text/plain", 200),
        ("application/x-www-form-urlencoded", 200),
        ("application/json; charset=utf-8", 200),
        ("application/xml", 415),
        ("text/xml", 415),
        ("application/json/../xml", 415),
    ),
)
def test_a_body_changes_nothing(
    keys: Api, home: dict[str, str], content_type: str, status: int
) -> None:
    body = b"<Change><Action>UPSERT</Action></Change>#set($name = 'cabin.example.test')"
    headers = {**home, "Content-Type": content_type, "X-Forwarded-For": "192.0.2.1"}
    assert keys.call("update", headers, method="POST", body=body).status == status
    assert keys.record("home") == (("127.0.0.1",) if status == 200 else ())
    assert keys.record("cabin") == ()


def role_of(api: Api) -> str:
    found = api.aws.client("apigateway").get_resources(
        restApiId=api.outputs["ApiId"], embed=["methods"]
    )
    methods = [each["resourceMethods"] for each in found["items"] if "resourceMethods" in each]
    return str(methods[0]["GET"]["methodIntegration"]["credentials"])


@pytest.mark.parametrize(
    ("name", "rdtype", "action", "allowed"),
    (
        ("home.example.test", "A", "UPSERT", True),
        ("HOME.Example.test.", "A", "UPSERT", True),
        ("www.example.test", "A", "UPSERT", False),
        ("example.test", "A", "UPSERT", False),
        ("denied.invalid", "A", "UPSERT", False),
        ("home.example.test", "MX", "UPSERT", False),
        ("home.example.test", "A", "DELETE", False),
    ),
)
@pytest.mark.usefixtures("home")
def test_iam_lets_the_role_do_no_more(
    keys: Api, name: str, rdtype: str, action: str, allowed: object
) -> None:
    route53 = keys.aws.client_as(role_of(keys), "route53")
    record = {"Name": name, "Type": rdtype, "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    code = ""
    try:
        route53.change_resource_record_sets(
            HostedZoneId=keys.outputs["HostedZoneId"], ChangeBatch=batch
        )
    except ClientError as err:
        code = err.response["Error"]["Code"]
    assert code == ("" if allowed else "AccessDenied")


def test_a_role_without_its_policy_is_tried_again(keys: Api, home: dict[str, str]) -> None:
    iam, role = keys.aws.client("iam"), role_of(keys).rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName=name)
    answer = keys.call("update", home)
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    assert (answer.status, answer.body) == (502, "911")
    assert keys.call("update", home).status == 200


def test_a_role_that_does_not_trust_api_gateway_is_500(keys: Api, home: dict[str, str]) -> None:
    iam, role = keys.aws.client("iam"), role_of(keys).rpartition("/")[2]
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    for other in ("lambda.amazonaws.com", "apigateway.amazonaws.com"):
        changed = json.dumps(trust).replace("apigateway.amazonaws.com", other)
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=changed)
        answer = keys.call("update", home)
        trusted = other.startswith("apigateway")
        expected = (200, "good 127.0.0.1") if trusted else (500, "911")
        assert (answer.status, answer.body) == expected


# ---------------------------------------------------------------- the AWS blog sample's


def test_the_blog_sample_s_path_is_the_zone_and_its_answer_is_empty(seed: Api) -> None:
    answer = seed.call(seed.outputs["HostedZoneId"], seed.key("Myddns"))
    assert (answer.status, answer.body) == (200, "")
    (record,) = seed.records()
    assert (record["Name"], record["TTL"], record["ResourceRecords"]) == (
        "myddns.example.test.",
        60,
        [{"Value": "127.0.0.1"}],
    )


@pytest.mark.parametrize("zone", ("keys", "ZNOTHING", "..%2F..%2Fx"))
def test_another_zone_is_403(seed: Api, keys: Api, zone: str) -> None:
    asked = keys.outputs["HostedZoneId"] if zone == "keys" else zone
    answer = seed.call(asked, seed.key("Myddns"))
    assert (answer.status, answer.body) == (403, "")
    assert keys.record("myddns") == ()


def test_the_blog_sample_s_api_takes_get_only_and_wants_its_key(seed: Api, keys: Api) -> None:
    path = seed.outputs["HostedZoneId"]
    assert seed.call(path, seed.key("Myddns"), method="POST").status == 404
    assert seed.call(path, {}).status == 403
    assert seed.call(path, keys.key("Home")).status == 403


# ---------------------------------------------------------------- where they are


def test_an_api_is_found_by_url_id_and_name_and_served_once(keys: Api) -> None:
    url = keys.url
    for wanted in (keys.outputs["Url"], keys.outputs["Url"].rstrip("/"), url.api_id, url.name):
        assert keys.aws.rest_api(wanted) == url
    assert url.http.endswith("/ddns/")
    assert url in keys.aws.rest_apis()


def test_two_stages_have_one_server_and_two_urls(keys: Api) -> None:
    api_gateway, api_id = keys.aws.client("apigateway"), keys.outputs["ApiId"]
    deployment = api_gateway.get_stage(restApiId=api_id, stageName="ddns")["deploymentId"]
    api_gateway.create_stage(restApiId=api_id, stageName="other", deploymentId=deployment)
    try:
        first, second = (
            keys.aws.rest_api(keys.outputs["Url"].replace("/ddns/", f"/{stage}/"))
            for stage in ("ddns", "other")
        )
        assert second.https == first.https.replace("/ddns/", "/other/")
        with pytest.raises(LocalAwsError, match=f"several stages of the REST API '{api_id}'"):
            keys.aws.rest_api(api_id)
    finally:
        api_gateway.delete_stage(restApiId=api_id, stageName="other")


@pytest.mark.parametrize(
    "wanted", ("nobody", "https://nobody.execute-api.us-east-1.amazonaws.com/ddns/")
)
def test_an_unknown_one_is_an_error_that_names_the_known(keys: Api, wanted: str) -> None:
    with pytest.raises(LocalAwsError, match=f"no REST API '{wanted}'.*{keys.outputs['ApiId']}"):
        keys.aws.rest_api(wanted)


# ---------------------------------------------------------------- others


def test_an_api_of_signed_requests_opens_to_the_administrator_only(keys: Api) -> None:
    api_gateway = keys.aws.client("apigateway")
    api_id = api_gateway.create_rest_api(name="signed")["id"]
    (root,) = api_gateway.get_resources(restApiId=api_id)["items"]
    where = {"restApiId": api_id, "resourceId": root["id"], "httpMethod": "POST"}
    api_gateway.put_method(**where, authorizationType="AWS_IAM")
    zone = keys.outputs["HostedZoneId"]
    api_gateway.put_integration(
        **where,
        type="AWS",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:us-east-1:route53:path/2013-04-01/hostedzone/{zone}/rrset",
        credentials=role_of(keys),
        requestTemplates={"application/json": "<what/>"},
    )
    api_gateway.put_method_response(**where, statusCode="418")
    api_gateway.put_integration_response(
        **where, statusCode="418", responseTemplates={"application/json": "no"}
    )
    api_gateway.create_deployment(restApiId=api_id, stageName="live")
    url = keys.aws.rest_api("signed").https
    made = AWSRequest("POST", url, {"Host": urlsplit(url).netloc})
    administrator = keys.aws.exports()
    secret = administrator["AWS_SECRET_ACCESS_KEY"]
    credentials = Credentials(administrator["AWS_ACCESS_KEY_ID"], secret)
    SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(made)
    assert keys.call("", dict(made.headers.items()), method="POST", base=url)[:2] == (418, "no")
    unsigned = keys.call("", {}, method="POST", base=url)
    assert unsigned[:2] == (403, '{"message":"Missing Authentication Token"}')
    api_gateway.delete_rest_api(restApiId=api_id)
    gone = keys.call("", {}, method="POST", base=url)
    assert gone[:2] == (500, '{"message": "Internal server error"}')


def test_leaving_ends_the_servers_and_the_jvm() -> None:
    with LocalAws.start() as aws:
        api_gateway = aws.client("apigateway")
        api_id = api_gateway.create_rest_api(name="short")["id"]
        api_gateway.create_deployment(restApiId=api_id, stageName="live")
        url = urlsplit(aws.rest_api("short").http)
        process = getattr(aws._rest_apis._engine, "_process", None)
    assert url.port
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", url.port), timeout=1)
    assert process is None or not is_alive(process.pid)
