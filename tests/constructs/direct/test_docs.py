"""docs/api_gateway_direct.md says what is so."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ddns_constructs import ApiGatewayDirectDdns, DirectAccess, DirectResponse
from tests.constructs.direct.bench import Direct

_ROOT = Path(__file__).resolve().parents[3]
_PAGE = (_ROOT / "docs" / "api_gateway_direct.md").read_text()
_EXAMPLES = _ROOT / "examples"


_ARGUMENTS = set(inspect.signature(ApiGatewayDirectDdns.__init__).parameters) - {
    "self",
    "scope",
    "id",
}


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, its own heading left out."""
    return _table(_PAGE.partition(f"\n{heading}\n")[2])


def _rows_after(text: str) -> list[list[str]]:
    """Return those of the first table after a text."""
    return _table(_PAGE.partition(text)[2])


def _table(section: str) -> list[list[str]]:
    (table,) = re.findall(r"\A[^|]*((?:\|.*\n)+)", section)
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")[2:-1]
    ]


def test_its_app_synthesises() -> None:
    code = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(code, "page", "exec"), names)  # noqa: S102 - the page's own code
    cdk.assertions.Template.from_stack(names["stack"]).resource_count_is(
        "AWS::ApiGateway::RestApi", 1
    )


def test_no_key_is_shown_to_those_who_list_processes() -> None:
    texts = [_PAGE, *(each.read_text() for each in _EXAMPLES.glob("api_gateway_direct*/README.md"))]
    assert len(texts) == 3
    sent = [value for text in texts for value in re.findall(r"curl .*--header (\S+)", text)]
    assert len(sent) == 4
    assert all(value.startswith("@") for value in sent)


def test_its_way_to_another_key_is_one() -> None:
    (call,) = re.findall(r"^access = (DirectAccess\.api_keys\(.+\))$", _PAGE, re.MULTILINE)
    access = eval(call, {"DirectAccess": DirectAccess})  # noqa: S307 - the page's own code
    assert Direct(access=access).keys() != Direct().keys()


def test_it_names_every_argument() -> None:
    named = {name for row in _rows("## Choices") for name in re.findall(r"`(\w+)`", row[0])}
    assert named == _ARGUMENTS


def test_it_names_every_access() -> None:
    named = {re.findall(r"`(\w+)\(", row[0])[0] for row in _rows("### Who may call")}
    assert named == {
        name for name, value in vars(DirectAccess).items() if isinstance(value, staticmethod)
    }


def test_it_names_every_log() -> None:
    rows = _rows_after("There are two logs")
    assert {row[0].strip("`") for row in rows} == {"access_log", "execution_log"}
    assert len(Direct().find("AWS::Logs::LogGroup")) == len(rows)


def test_its_numbers_of_methods_are_those_of_the_template() -> None:
    assert "four with keys and users, two with `iam()` and\n  `none()`" in _PAGE
    names = [f"host-{number}" for number in range(50)]
    assert len(Direct(record_names=names).methods()) == 4
    assert len(Direct(record_names=names, access=DirectAccess.iam()).methods()) == 2


def test_what_it_says_to_cost_while_nobody_calls_is_what_there_is() -> None:
    direct = Direct()
    topic = cdk.aws_sns.Topic(direct.stack, "Topic")
    direct.ddns.add_alarms(topic)
    assert len(direct.find("AWS::CloudWatch::Alarm")) == 3
    assert len(direct.find("AWS::Logs::MetricFilter")) == 1
    kinds = {each["Type"].split("::")[1] for each in direct.resources.values()}
    assert kinds == {"ApiGateway", "CloudWatch", "IAM", "Logs", "SNS"}
    _, _, section = _PAGE.partition("While nobody calls:\n")
    (row,) = [row for row in _table(section) if row[0].startswith("each alarm")]
    assert row[1].startswith("$0.10: $0.30, or $0.20")


@pytest.mark.parametrize(
    ("column", "response"), ((2, DirectResponse.dyndns2()), (3, DirectResponse.json()))
)
def test_its_answers_are_those_of_the_templates(column: int, response: DirectResponse) -> None:
    rows = _rows("### What callers are answered")
    page = {row[1]: row[column].strip("`") for row in rows}
    answers = [row[column].strip("`") for row in rows if row[1] == "502"]
    direct = Direct(response=response)
    refused = {
        type_: each["ResponseTemplates"]["application/json"]
        for type_, each in direct.gateway_responses().items()
    }
    method = direct.method("/update")
    assert page == {
        "200": method.answer("200").template.replace("$context.identity.sourceIp", "203.0.113.9"),
        "429": refused["THROTTLED"],
        "403": refused["INVALID_API_KEY"],
        "401": refused["UNAUTHORIZED"],
        "404": refused["MISSING_AUTHENTICATION_TOKEN"],
        "415": refused["UNSUPPORTED_MEDIA_TYPE"],
        "502": page["502"],
        "500, 504": refused["DEFAULT_5XX"],
    }
    failed = method.answer("500").template
    assert f"\n{page['502']}##\n" in failed
    assert f"\n{page['429']}##\n" in failed
    denied = method.answer("403").template
    assert re.findall(r"^([^#\n]+)##$", denied, re.MULTILINE) == [
        answers[1],
        answers[0],
        page["403"],
    ]
