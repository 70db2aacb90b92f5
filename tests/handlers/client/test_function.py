"""ClientDdns from the outside: its settings, its start, its queue batches, what it logs."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest

from ddns.client.settings import ClientSettings
from ddns.core.client.requests import Answer, HostResult, Result, UpdateRequest
from ddns.core.errors import BadSettingsError
from tests.handlers.client.events import NOW, http_event
from tests.handlers.client.function import (
    SETTINGS,
    TABLE,
    ClientFunction,
    Items,
    handler_module,
    put_records,
)
from tests.handlers.instance.function import Context, event, records

if TYPE_CHECKING:
    from collections.abc import Callable

HOME, OFFICE = "home.example.com", "office.example.com"
OLD, NEW = "52.95.110.1", "176.32.100.36"
TOKEN = "k7mq2x9wt4hz8rnv3pcy6jbdfa"  # noqa: S105 - of nobody
LOGIN = "Authorization: Basic " + base64.b64encode(f"home:{TOKEN}".encode()).decode()


class Table(Items):
    """Items that take any state, and keep none of it."""

    def update_item(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's
        assert parameters["TableName"] == TABLE
        return {}


def item(name: str, *, pending: bool = False) -> dict[str, Any]:
    stamp = {"N": str(int(NOW - 60) * 1000)}
    kept = {"M": {"value": {"S": OLD}, "ttl": {"N": "60"}, "stamp": stamp}}
    return {
        "hostname": {"S": name},
        "zone_id": {"S": "Z1EXAMPLE"},
        "tokens": {"L": [{"S": sha256(TOKEN.encode()).hexdigest()}]},
        "address_policy": {"S": "public"},
        "state": {"M": {"A": kept}},
        "revision": {"N": "1"},
        "verified": stamp,
        **({"pending": {"BOOL": True}} if pending else {}),
    }


def deployed(*items: dict[str, Any], **settings: str) -> ClientFunction:
    function = ClientFunction(Table(*items), **settings)
    put_records(function.route53, {f"{each['hostname']['S']}. A": f"60 {OLD}" for each in items})
    return function


def update(*names: str, address: str = NEW) -> Any:  # noqa: ANN401 - JSON
    query = f"hostname={','.join(names)}&myip={address}"
    return http_event(f"GET /nic/update?{query} HTTP/1.1", [LOGIN])


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Return the lines logged since the last look; each has to be JSON."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


# ---------------------------------------------------------------- settings


def test_the_settings_are_read_from_the_environment() -> None:
    found = ClientSettings.from_environment(
        {
            **SETTINGS,
            "DDNS_ALLOWED_NAMES": '["*.dyn.example.com"]',
            "DDNS_WATCHED_HOSTS": '["Home.Example.com."]',
            "DDNS_BAD_AUTH_STATUS": "200",
            "DDNS_ALLOWED_CIDRS": '["10.0.0.0/8", "2600::/32"]',
            "DDNS_ORIGIN_DIGESTS": json.dumps(["AB" * 32]),
            "DDNS_ZONES": '[{"id": "Z1", "name": "Example.com.", "private": false}]',
        }
    )
    assert (found.table, found.ttl, found.verify) == (TABLE, 60, 3600)
    assert [(zone.id, zone.name) for zone in found.rules.zones] == [("Z1", "example.com")]
    assert found.rules.names == ("*.dyn.example.com",)
    assert found.terms.bad_auth_status == 200
    assert found.terms.watched == {HOME}
    assert [str(each) for each in found.terms.allowed_cidrs] == ["10.0.0.0/8", "2600::/32"]
    assert found.terms.origins == ("ab" * 32,)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_missing_setting_is_told_by_its_name(name: str) -> None:
    without = {key: value for key, value in SETTINGS.items() if key != name}
    with pytest.raises(BadSettingsError, match=f"{name}: it is missing"):
        ClientSettings.from_environment(without)


def test_all_wrong_settings_are_told_together() -> None:
    wrong = {
        "DDNS_TTL": "soon",
        "DDNS_ZONES": "{}",
        "DDNS_OFFLINE": "yes",
        "DDNS_ADDRESS_POLICY": "all",
        "DDNS_PROTOCOLS": "dyndns2",
        "DDNS_ALLOWED_CIDRS": '["10.0.0.1/8"]',
        "DDNS_ORIGIN_DIGESTS": '["the header itself"]',
    }
    with pytest.raises(BadSettingsError) as caught:
        ClientSettings.from_environment({**SETTINGS, **wrong})
    output = str(caught.value)
    # No zones at all is for the construct to refuse.
    assert [name for name in wrong if name not in output] in ([], ["DDNS_ZONES"])


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("types", "reason"),
    (
        ('["A"]', "this service writes no TXT records"),
        ('["A", "TXT"]', "TXT is none of the host's types"),
    ),
)
def test_it_is_told_whether_the_service_or_the_host_is_without_a_type(
    types: str, reason: str
) -> None:
    host = {**item(HOME), "types": {"SS": ["A"]}}
    function = deployed(host, DDNS_RECORD_TYPES=types)
    request = http_event(f"GET /nic/update?hostname={HOME}&txt=abc HTTP/1.1", [LOGIN])
    answer = function(request)
    assert (answer["body"], answer["headers"]["X-Ddns-Reason"]) == ("abuse", reason)


# ---------------------------------------------------------------- start and events


def test_the_handler_answers_requests_and_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    function = deployed(item(HOME))
    module = handler_module()
    monkeypatch.setattr(module, "_parts", function.parts)
    answer = module.handler(update(HOME, address=OLD), Context(30))
    assert answer["body"] == f"nochg {OLD}"
    batch = {"Records": records(["{"])}
    assert module.handler(batch, Context(30)) == {"batchItemFailures": []}
    assert len(function.sqs.sent[SETTINGS["DDNS_DEAD_LETTER_QUEUE_URL"]]) == 1


def test_an_http_api_is_answered_like_a_function_url() -> None:
    function = deployed(item(HOME))
    answer = function(event("http_api"))
    assert (answer["statusCode"], answer["body"]) == (200, f"good {NEW}")
    assert function.route53.log == [[f"UPSERT {HOME}. 60 A {NEW}"]]


def test_a_body_that_looks_like_a_batch_is_a_request() -> None:
    sent = http_event("POST / HTTP/1.1", (), json.dumps({"Records": records(["{"])}))
    function = deployed()
    assert function(sent | {"Records": records(["{"])})["statusCode"] == 400
    assert not any(function.sqs.sent.values())


def test_a_warm_request_makes_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    function = deployed(item(HOME))
    monkeypatch.setattr(botocore.session, "get_session", None)
    monkeypatch.setattr(botocore.session.Session, "create_client", None)
    for address in (OLD, NEW):
        assert function(update(HOME, address=address))["statusCode"] == 200


def test_a_message_is_handled_and_one_that_fails_comes_again() -> None:
    function = deployed(item(HOME, pending=True))
    order = json.dumps({"action": "apply", "hostname": HOME, "order": 99})
    assert function({"Records": records([order])}) == {"batchItemFailures": []}
    assert function.route53.log == [[f"UPSERT {HOME}. 60 A {OLD}"]]
    function.fail("route53 change_resource_record_sets Throttling")
    failed = function({"Records": records([order])})
    assert failed == {"batchItemFailures": [{"itemIdentifier": "m-0"}]}
    assert function.sqs.shown_after.keys() == {"receipt-m-0"}


# ---------------------------------------------------------------- logs and metrics


def embedded(line: dict[str, Any]) -> dict[str, Any]:
    """Check a line in the embedded metric format; return its metrics with their dimensions."""
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert 0 <= line["_aws"]["Timestamp"] - int(NOW * 1000) < 30_000
    assert directive["Namespace"] == "DdnsConstructs"
    (dimensions,) = directive["Dimensions"]
    named = {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}
    assert all(metric["Unit"] == "Count" for metric in directive["Metrics"])
    return {**named, "of": [line[each] for each in dimensions]}


def metrics(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the metrics of the lines that have some."""
    found = [embedded(line) for line in lines if "_aws" in line]
    return [each for each in found if len(each) > 1]


@pytest.mark.parametrize(
    ("names", "address", "counted"),
    (
        ([HOME], OLD, {"Unchanged": 1}),
        ([HOME], NEW, {"Changed": 1}),
        ([HOME, OFFICE], NEW, {"Changed": 2}),
        ([HOME, OFFICE], OLD, {"Unchanged": 2}),
        ([HOME, "gone.example.com"], OLD, {"Unchanged": 1, "Refused": 1}),
        (["gone.example.com"], OLD, {"BadAuth": 1}),
        ([HOME], "10.0.0.1", {"Refused": 1}),
    ),
)
def test_what_became_of_a_request_is_counted(
    names: list[str],
    address: str,
    counted: dict[str, int],
    logs: Callable[[], list[dict[str, Any]]],
) -> None:
    function = deployed(item(HOME), item(OFFICE))
    function(update(*names, address=address))
    lines = logs()
    assert metrics(lines) == [{**counted, "of": ["ddns"]}]
    (line,) = [each for each in lines if each.get("message") == "request"]
    assert line["protocol"] == "dyndns2"
    assert [each["host"] for each in line["hosts"]] == names
    assert line.get("named", len(names)) == len(names)
    success = counted.keys() <= {"Unchanged", "Changed"}
    assert line["level"] == ("INFO" if success else "WARN")


@pytest.mark.parametrize(
    ("failure", "name"),
    (
        ("dynamodb get_item InternalServerError", "Failed"),
        ("dynamodb update_item InternalServerError", "Failed"),
        ("route53 change_resource_record_sets AccessDenied", "Refused"),
        ("route53 change_resource_record_sets ReadTimeoutError", "Deferred"),
    ),
)
def test_trouble_is_counted_and_its_reason_told(
    failure: str, name: str, logs: Callable[[], list[dict[str, Any]]]
) -> None:
    function = deployed(item(HOME))
    function.fail(failure)
    function(update(HOME))
    lines = logs()
    assert [each.get(name) for each in metrics(lines)] == [1]
    code = failure.split(" ")[2].removesuffix("Error")
    assert name == "Deferred" or any(code in str(line.get("reason")) for line in lines)


def test_throttles_are_counted(logs: Callable[[], list[dict[str, Any]]]) -> None:
    function = deployed(item(HOME))
    function.fail("route53 change_resource_record_sets Throttling 1")
    function(update(HOME))
    assert metrics(logs()) == [{"Changed": 1, "Route53Throttles": 1, "of": ["ddns"]}]


def test_watched_hosts_are_counted_each_when_they_succeed(
    logs: Callable[[], list[dict[str, Any]]],
) -> None:
    watched = json.dumps([HOME, "gone.example.com", "silent.example.com"])
    function = deployed(item(HOME), item(OFFICE), DDNS_WATCHED_HOSTS=watched)
    function(update(HOME, OFFICE, "gone.example.com", address=OLD))
    seen = [each for each in metrics(logs()) if "HostSeen" in each]
    assert seen == [{"HostSeen": 1, "of": ["ddns", HOME]}]
    function(update(HOME, address="10.0.0.1"))
    function(update("gone.example.com"))
    assert not [each for each in metrics(logs()) if "HostSeen" in each]


ORIGIN = {"DDNS_ORIGIN_DIGESTS": json.dumps([sha256(b"o").hexdigest()])}
WILD = '\x00\U0001f600"\\' * 3000


@pytest.mark.parametrize(
    ("sent", "settings", "status", "metric"),
    (
        (http_event("GET /wp-login.php HTTP/1.1"), {}, 404, "NoSuchPath"),
        (http_event(f"GET /{'x' * 1000} HTTP/1.1"), {}, 404, "NoSuchPath"),
        (http_event(f"GET /update/home/{TOKEN} HTTP/1.1"), {}, 404, "NoSuchPath"),
        (http_event("GET / HTTP/1.1") | {"rawPath": "/" + WILD[:900]}, {}, 404, "NoSuchPath"),
        (http_event("GET / HTTP/1.1") | {"rawPath": WILD}, {}, 400, "BadRequest"),
        (http_event("POST / HTTP/1.1", (), "x" * 9000), {}, 400, "BadRequest"),
        (http_event("POST / HTTP/1.1", (), "%", base64=True), {}, 400, "BadRequest"),
        (http_event("GET /checkip HTTP/1.1", source="\U0001f600" * 900), {}, 400, "BadRequest"),
        ({"rawPath": 3, "requestContext": {"http": WILD}}, {}, 400, "BadRequest"),
        ({"requestContext": WILD}, {}, 400, "BadRequest"),
        (http_event(f"{'P' * 5000} / HTTP/1.1"), {}, 405, "BadRequest"),
        (http_event("HEAD / HTTP/1.1"), {}, 405, "BadRequest"),
        (http_event("GET /v1/update HTTP/1.1"), {}, 405, "BadRequest"),
        (update(HOME, address="x"), {}, 400, "BadRequest"),
        (
            http_event(f"GET /update?hostname={HOME}&{'%01' * 50}=1.2.3.4 HTTP/1.1", [LOGIN]),
            {},
            400,
            "BadRequest",
        ),
        (
            http_event("GET /checkip HTTP/1.1"),
            {"DDNS_ALLOWED_CIDRS": '["10.0.0.0/8"]'},
            403,
            "Blocked",
        ),
        (http_event("GET / HTTP/1.1") | {"rawPath": WILD}, ORIGIN, 403, "Blocked"),
        (
            http_event(f"GET /update?hostname={HOME} HTTP/1.1", ["Sec-Fetch-Site: " + "x" * 5000]),
            {},
            403,
            "CrossSite",
        ),
        (update(*["home"] * 20), {}, 200, "BadNames"),
        (update(*["%00%F0%9F%98%80" * 2] * 12), {}, 200, "BadNames"),
        (update(*["%00%22%5C" * 20] * 2), {}, 200, "BadNames"),
        (update(*["a.b"] * 500), {}, 200, "BadNames"),
        (update(*[f"{'h' * 60}.{'i' * 60}{n}.example.com" for n in range(20)]), {}, 401, "BadAuth"),
        (update(*[f"{'%22' * 60}{n}" for n in range(2)], HOME), {}, 401, "BadAuth"),
    ),
)
def test_every_refusal_has_one_short_line_and_is_counted_by_its_kind(
    sent: Any,  # noqa: ANN401 - JSON
    settings: dict[str, str],
    status: int,
    metric: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    function = deployed(**settings)
    assert function(sent)["statusCode"] == status
    (text,) = capsys.readouterr().out.splitlines()
    assert len(text) < 1024
    assert TOKEN not in text
    line = json.loads(text)
    assert metrics([line]) == [{metric: 1, "of": ["ddns"]}]
    assert (line["level"], line["message"]) == ("WARN", "request")
    assert {"source", "path"} <= line.keys() or {"source", "hosts"} <= line.keys()
    for each in line.get("hosts", ()):
        assert len(each["host"]) <= 64
    assert len(line.get("hosts", ())) <= 3
    assert metric == "BadAuth" or not function.requests


def test_a_line_has_all_addresses_of_a_host_and_the_answer_those_that_were_stated(
    logs: Callable[[], list[dict[str, Any]]],
) -> None:
    function = deployed(item(HOME))
    assert function(update(HOME, address="2600:1f14:1:2::7"))["body"] == "good 2600:1f14:1:2::7"
    (line,) = [each for each in logs() if each.get("message") == "request"]
    assert line["hosts"][0]["addresses"] == [OLD, "2600:1f14:1:2::7"]


def test_a_line_says_how_many_names_there_were(logs: Callable[[], list[dict[str, Any]]]) -> None:
    function = deployed()
    names = [f"h{number}.example.com" for number in range(20)]
    function(update(*names))
    function(update(*["home"] * 21))
    function.fail("dynamodb get_item InternalServerError")
    function(update(*names))
    lines = [line for line in logs() if line.get("message") == "request"]
    assert [line["named"] for line in lines] == [20, 21, 20]
    assert [each["host"] for each in lines[0]["hosts"]] == names[:3]
    assert [{each.get("result") for each in line["hosts"]} for line in lines] == [
        {"bad credential"},
        {None},
        {"try later"},
    ]
    assert lines[2]["Failed"] == 20


def test_look_ups_and_options_leave_no_line(logs: Callable[[], list[dict[str, Any]]]) -> None:
    function = deployed()
    function(http_event("GET /checkip HTTP/1.1"))
    function(http_event("GET / HTTP/1.1"))
    function(http_event("OPTIONS /nic/update HTTP/1.1"))
    function(http_event("POST / HTTP/1.1", (), '{"execution_mode": "get"}'))
    assert logs() == []


def test_a_clock_that_is_wrong_is_a_bad_credential_in_the_log_too(
    logs: Callable[[], list[dict[str, Any]]],
) -> None:
    headers = ["X-Ddns-Time: 1", "X-Ddns-Nonce: nonce-01", "X-Ddns-Signature: v1=" + "0" * 64]
    function = deployed()
    sent = http_event("POST /v1/update HTTP/1.1", headers, json.dumps({"host": HOME}))
    assert function(sent)["statusCode"] == 401
    (line,) = logs()
    assert metrics([line]) == [{"BadAuth": 1, "of": ["ddns"]}]
    assert (line["protocol"], line["hosts"]) == ("signed", [{"host": HOME}])


class Noting:
    """A service that leaves something out of each success."""

    throttles = 0

    def update(self, request: UpdateRequest, _deadline: float) -> Answer:
        note = "100.64.7.9 is left out: it is not a public address" + "!" * 1000
        four = frozenset({"A"})
        return Answer(
            tuple(HostResult(each, Result.CHANGED, (NEW,), note, four) for each in request.targets)
        )


def test_a_success_that_leaves_something_out_says_so_and_is_counted_as_refused_besides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    function = deployed()
    web = function.parts.web
    web._service = Noting()  # type: ignore[assignment]  # what it answers counts
    names = [f"{'h' * 63}.{'i' * 63}.{n:02}.example.com" for n in range(20)]
    form = "Content-Type: application/x-www-form-urlencoded"
    sent = http_event("POST /update HTTP/1.1", [LOGIN, form], "hostname=" + ",".join(names))
    answer = function(sent)
    assert (answer["statusCode"], answer["body"]) == (200, "\n".join([f"good {NEW}"] * 20))
    assert answer["headers"]["X-Ddns-Reason"].startswith("100.64.7.9 is left out")
    (text,) = capsys.readouterr().out.splitlines()
    assert len(text) < 16 * 1024
    line = json.loads(text)
    assert metrics([line]) == [{"Changed": 20, "Refused": 20, "of": ["ddns"]}]
    assert line["level"] == "WARN"
    assert [each["host"] for each in line["hosts"]] == names


def test_a_thousand_hosts_of_a_batch_are_one_line_or_few(
    logs: Callable[[], list[dict[str, Any]]],
) -> None:
    names = [f"h{number:03}.example.com" for number in range(300)]
    function = deployed(*(item(name, pending=True) for name in names))
    orders = [json.dumps({"action": "apply", "hostname": name, "order": 99}) for name in names]
    assert function({"Records": records(orders)}) == {"batchItemFailures": []}
    lines = logs()
    assert len(lines) < 20
    assert [each["Changed"] for each in metrics(lines)] == [300]
    # CloudWatch Logs takes 256 KB in one event.
    assert all(len(json.dumps(line)) < 256 * 1024 for line in lines)
