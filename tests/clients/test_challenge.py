"""Clients that send a password only when asked: a function URL hides that they are asked."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from ddns_constructs.local.certificate import Certificate
from ddns_constructs.local.http.url_event import HttpAnswer, HttpRequest, answer, event
from ddns_constructs.local.http.url_server import UrlServer
from tests.clients.answers import HOST, ITEM, TOKEN
from tests.clients.conftest import Programs, needs
from tests.handlers.client.function import ClientFunction
from tests.handlers.client.test_function import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Ask = Callable[..., str]

QUERY = f"nic/update?hostname={HOST}&myip=176.32.100.36"
JAVA = """
import java.io.*;
import java.net.*;
public class Ask {
    public static void main(String[] words) throws Exception {
        Authenticator.setDefault(new Authenticator() {
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication("home", words[1].toCharArray());
            }
        });
        HttpURLConnection asked = (HttpURLConnection) new URL(words[0]).openConnection();
        InputStream body = asked.getResponseCode() < 400 ? asked.getInputStream()
            : asked.getErrorStream();
        System.out.print(new String(body.readAllBytes()));
    }
}
"""


def of_function_url(returned: dict[str, Any]) -> HttpAnswer:
    return answer(json.dumps(returned).encode())


def of_http_api(returned: dict[str, Any]) -> HttpAnswer:
    return answer(json.dumps(returned).encode(), renames=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.write(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def endpoint(request: pytest.FixtureRequest, certificate: Certificate) -> Iterator[str]:
    """Serve a host by the real handler; return where it answers over plain HTTP."""
    function = ClientFunction(Table(dict(ITEM)), DDNS_ADDRESS_POLICY="public")
    translated = request.param

    def respond(asked: HttpRequest) -> HttpAnswer:
        now = dt.datetime.now(dt.timezone.utc)
        made = event(asked, "ddns.example.com", str(uuid.uuid4()), now)
        return translated(function(made))  # type: ignore[no-any-return]  # one of the two above

    served = UrlServer(respond, certificate)
    yield served.urls()[0]
    served.close()


@pytest.fixture
def ask(endpoint: str, certificate: Certificate, tmp_path: Path) -> Ask:
    """Run a client against it; return what it shows."""
    programs = Programs(endpoint, certificate.certificate)

    def run(*command: str) -> str:
        words = [each.replace("URL", endpoint + QUERY) for each in command]
        words[0] = needs(words[0])
        return programs.run(*words, folder=tmp_path).stdout

    (tmp_path / "Ask.java").write_text(JAVA)
    return run


WAITING = {
    "wget": ("wget", "-q", "-O", "-", "--content-on-error", "--user=home", f"--password={TOKEN}"),
    "curl --anyauth": ("curl", "-s", "--anyauth", "--user", f"home:{TOKEN}"),
}
AT_ONCE = {
    "wget": (*WAITING["wget"], "--auth-no-challenge"),
    "curl": ("curl", "-s", "--user", f"home:{TOKEN}"),
}


@pytest.mark.parametrize("endpoint", (of_function_url,), indirect=True)
@pytest.mark.parametrize("client", WAITING)
def test_behind_a_function_url_a_client_that_waits_to_be_asked_is_never_in(
    ask: Ask, client: str
) -> None:
    assert "good" not in ask(*WAITING[client], "URL")


@pytest.mark.parametrize("endpoint", (of_http_api,), indirect=True)
@pytest.mark.parametrize("client", WAITING)
def test_an_http_api_asks_it(ask: Ask, client: str) -> None:
    assert ask(*WAITING[client], "URL").endswith("good 176.32.100.36")


@pytest.mark.parametrize("endpoint", (of_function_url, of_http_api), indirect=True)
@pytest.mark.parametrize("client", AT_ONCE)
def test_the_remedy_works_with_both(ask: Ask, client: str) -> None:
    assert ask(*AT_ONCE[client], "URL") == "good 176.32.100.36"


@pytest.mark.parametrize(
    ("endpoint", "end"),
    ((of_function_url, "badauth"), (of_http_api, "good 176.32.100.36")),
    indirect=["endpoint"],
)
def test_java_waits_to_be_asked(ask: Ask, end: str) -> None:
    shown = ask("java", "Ask.java", "URL", TOKEN)
    if "compiler" in shown:
        pytest.skip("java is here without its compiler")
    assert shown.endswith(end)
