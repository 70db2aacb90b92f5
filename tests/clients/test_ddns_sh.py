"""clients/ddns.sh in itself: what it sends, what it says, what it keeps to itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local.certificate import Certificate
from ddns_constructs.local.examples import client_script
from ddns_constructs.local.http.url_event import HttpAnswer, HttpRequest
from ddns_constructs.local.http.url_server import UrlServer
from tests.local.processes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "home.dyn.example.test"
SECRET = "5ecret6with6sixes"  # noqa: S105 - a six and the inner pad make a zero byte
SHELLS = [shell for shell in ("sh", "dash", "bash", "ksh93", "busybox") if shutil.which(shell)]
TOOLS = ("cat", "curl", "cut", "date", "find", "id", "od", "sed", "tr")
DIGESTS = ("sha256sum", "shasum", "openssl")

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")


def reply(status: int, **body: object) -> HttpAnswer:
    return HttpAnswer(status, (("Content-Type", "application/json"),), json.dumps(body).encode())


class Service:
    """Stands for the service: checks nothing, remembers everything."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []
        self.update = reply(200, host=HOST, result="changed", addresses=["203.0.113.7", "::1"])
        self.set = reply(201, return_message=f"Your record {HOST}.", return_status="success")
        self.get: HttpAnswer | None = None

    def respond(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request)
        if request.target.endswith("/v1/update"):
            return self.update
        if json.loads(request.body)["execution_mode"] == "set":
            return self.set
        return self.get or reply(200, return_message=request.peer, return_status="success")


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.write(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(service: Service, certificate: Certificate) -> Iterator[UrlServer]:
    running = UrlServer(service.respond, certificate)
    yield running
    running.close()


class Script:
    """Runs the script against a server, with the secret in the environment."""

    def __init__(self, server: UrlServer, folder: Path) -> None:
        self.url = server.urls()[0]
        self._folder = folder

    def __call__(
        self, *options: str, shell: str = "sh", user: int | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = [shell, "sh"] if shell == "busybox" else [shell]
        url = [] if "-u" in options or "-c" in options else ["-u", self.url]
        return subprocess.run(
            [*command, str(client_script()), *url, *options],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], "DDNS_SECRET": SECRET, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            user=user,
            group=user,
        )


@pytest.fixture
def run(server: UrlServer, tmp_path: Path) -> Script:
    return Script(server, tmp_path)


def header(request: HttpRequest, name: str) -> str:
    (found,) = [value for each, value in request.headers if each.lower() == name.lower()]
    return found


def signature(request: HttpRequest, secret: str) -> str:
    """Return what the signature must be, computed by somebody else."""
    body = json.loads(request.body)
    lines = [
        *("ddns1", "POST", request.target, body["host"], ",".join(body["addresses"])),
        *(header(request, "X-Ddns-Time"), header(request, "X-Ddns-Nonce")),
        hashlib.sha256(request.body).hexdigest(),
    ]
    digest = hmac.digest(secret.encode(), "\n".join(lines).encode(), "sha256").hex()
    return f"v1={digest}"


# ------------------------------------------------------------------------ what it sends


@pytest.mark.parametrize("shell", SHELLS)
def test_a_signed_request_is_signed_right_in_every_shell(
    run: Script,
    service: Service,
    shell: str,
) -> None:
    done = run("-n", HOST, shell=shell)
    assert (done.returncode, done.stderr) == (0, "")
    (request,) = service.requests
    assert header(request, "X-Ddns-Signature") == signature(request, SECRET)
    assert abs(int(header(request, "X-Ddns-Time")) - time.time()) < 60
    assert json.loads(request.body) == {"host": HOST, "addresses": ["auto"]}
    assert header(request, "Content-Type") == "application/json"


@pytest.mark.parametrize(
    "secret",
    (
        "6",
        "\\",
        "%s%d\\n'\"$HOME`x`",
        "x" * 63,
        "6" * 64,
        "x" * 65,
        "\\6" * 100,
        "a secret with blanks",
        "schlüssel",
    ),
)
def test_any_secret_can_sign(run: Script, service: Service, secret: str) -> None:
    done = run("-n", HOST, DDNS_SECRET=secret)
    assert (done.returncode, done.stderr) == (0, "")
    (request,) = service.requests
    assert header(request, "X-Ddns-Signature") == signature(request, secret)


def test_no_two_requests_have_the_same_nonce(run: Script, service: Service) -> None:
    for _ in range(3):
        run("-n", HOST)
    assert len({header(request, "X-Ddns-Nonce") for request in service.requests}) == 3


@pytest.mark.parametrize("shell", SHELLS)
def test_the_blog_sample_s_digest_is_right_in_every_shell(
    run: Script,
    service: Service,
    shell: str,
) -> None:
    done = run("-n", HOST, "-m", "seed", shell=shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{HOST}: Your record {HOST}.\n"
    get, put = (json.loads(request.body) for request in service.requests)
    assert get == {"execution_mode": "get"}
    digest = hashlib.sha256(f"127.0.0.1{HOST}{SECRET}".encode()).hexdigest()
    assert put == {"execution_mode": "set", "ddns_hostname": HOST, "validation_hash": digest}


@pytest.mark.parametrize("mode", ("signed", "seed"))
def test_each_family_has_its_request(
    run: Script,
    service: Service,
    server: UrlServer,
    mode: str,
) -> None:
    if not server.urls()[2]:
        pytest.skip("this machine has no IPv6")
    url = server.urls()[0].replace("127.0.0.1", "localhost")
    done = run("-n", HOST, "-m", mode, "-4", "-6", "-u", url)
    assert done.returncode == 0, done.stderr
    assert list(dict.fromkeys(request.peer for request in service.requests)) == ["127.0.0.1", "::1"]


def test_a_url_with_a_path_is_signed_with_it(
    run: Script, service: Service, server: UrlServer
) -> None:
    assert run("-n", HOST, "-u", f"{server.urls()[0]}base/").returncode == 0
    (request,) = service.requests
    assert request.target == "/base/v1/update"
    assert header(request, "X-Ddns-Signature") == signature(request, SECRET)


def test_https_is_checked(
    run: Script,
    service: Service,
    server: UrlServer,
    certificate: Certificate,
    tmp_path: Path,
) -> None:
    done = run("-n", HOST, "-u", server.urls()[1])
    assert done.returncode == 3
    assert "certificate" in done.stderr
    assert not service.requests
    config = tmp_path / "ddns.conf"
    config.write_text(f"url={server.urls()[1]}\nhost={HOST}\ncacert={certificate.certificate}\n")
    config.chmod(0o600)
    assert run("-c", str(config)).returncode == 0


@pytest.mark.parametrize("digest", DIGESTS)
def test_one_digest_tool_is_enough(
    run: Script,
    service: Service,
    tmp_path: Path,
    digest: str,
) -> None:
    tools = bare_tools(tmp_path / "bin", digest)
    done = run("-n", HOST, shell=shutil.which("sh"), PATH=str(tools))
    assert (done.returncode, done.stderr) == (0, "")
    (request,) = service.requests
    assert header(request, "X-Ddns-Signature") == signature(request, SECRET)


@pytest.mark.parametrize("tool", ("curl", "find", "id", "od", "sed"))
def test_a_tool_that_is_missing_is_named(
    run: Script, service: Service, tmp_path: Path, tool: str
) -> None:
    tools = bare_tools(tmp_path / "bin", "sha256sum")
    (tools / tool).unlink()
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    shell = shutil.which("sh") or ""
    # The script adds the system's own folders: not here.
    script = tmp_path / "ddns.sh"
    text = client_script().read_text()
    script.write_text(text.replace(":/usr/sbin:/sbin", "", 1))
    done = subprocess.run(
        [shell, str(script), "-u", run.url, "-n", HOST, "-s", str(file)],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"ddns.sh: needs {tool}\n")
    assert not service.requests


def test_a_find_that_fails_lets_nothing_through(
    run: Script, service: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "find").write_text("#!/bin/sh\nexit 1\n")
    (folder / "find").chmod(0o755)
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    done = run("-n", HOST, "-s", str(file), PATH=f"{folder}:{os.environ['PATH']}")
    assert (done.returncode, done.stderr) == (
        1,
        f"ddns.sh: cannot find out whose {file} is\n",
    )
    assert not service.requests


def test_the_url_is_a_url_and_nobody_s_curlrc_counts(
    run: Script, service: Service, tmp_path: Path
) -> None:
    (tmp_path / ".curlrc").write_text('verbose\nuser-agent = "somebody"\nheader = "X-More: 1"\n')
    done = run("-n", HOST, HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    (request,) = service.requests
    assert header(request, "User-Agent") == "ddns.sh/1"
    assert "x-more" not in {name.lower() for name, _ in request.headers}
    assert run("-n", HOST, "-u", f"-o{tmp_path}/written").returncode == 1
    assert not list(tmp_path.glob("written*"))
    assert run("-n", HOST, "-u", run.url.replace("127.0.0.1", "127.0.0.{1,1}")).returncode == 1
    assert len(service.requests) == 1


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "authority",
    (
        *("ddns.example.com", "127.0.0.1.example.com", "127.example.com", "localhost.example.com"),
        *("198.51.100.7", "127.0.0.1@198.51.100.7", "127.0.0.1:80@198.51.100.7", "[::2]", "::1"),
        *(
            "[::1].example.com",
            "127.0.0.1.7",
            "127..0.1",
            "127.1",
            "127.0.0.1\\@example.com",
            "[::1",
        ),
        *(
            "localhost:x",
            "127.0.0.1:8080:1",
            "127.0.0.1\\@x",
            "127.0.0.1?.example.com",
            "127.0.0.1#.example.com",
        ),
    ),
)
def test_plain_http_stays_on_this_machine(
    run: Script, tmp_path: Path, authority: str, shell: str
) -> None:
    curl = tmp_path / "bin" / "curl"
    curl.parent.mkdir()
    curl.write_text(f"#!/bin/sh\ntouch '{tmp_path}/called'\nexit 7\n")
    curl.chmod(0o755)
    path = f"{curl.parent}:{os.environ['PATH']}"
    done = run("-n", HOST, "-u", f"http://{authority}/base", shell=shell, PATH=path)
    assert done.returncode == 1
    assert ("url must begin with https://" in done.stderr) != ("no base URL" in done.stderr)
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_plain_http_to_this_machine_is_taken_and_no_proxy_sees_it(
    run: Script, server: UrlServer, shell: str
) -> None:
    proxy = {"http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    for host in ("127.0.0.1", "localhost"):
        url = run.url.replace("127.0.0.1", host)
        done = run("-n", HOST, "-u", url, shell=shell, **proxy)
        assert (done.returncode, done.stderr) == (0, ""), host
    done = run("-n", HOST, "-u", "http://127.255.255.254:9", shell=shell)
    assert (done.returncode, "no answer over IPv4" in done.stderr) == (3, True), "it was tried"
    if server.urls()[2]:
        done = run("-n", HOST, "-6", "-u", run.url.replace("127.0.0.1", "[::1]"), **proxy)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "url", ("ftp://127.0.0.1/", "file:///etc/passwd", "ddns.example.com", "//x")
)
def test_any_other_scheme_is_refused(run: Script, url: str) -> None:
    done = run("-n", HOST, "-u", url)
    assert (done.returncode, done.stderr) == (1, "ddns.sh: url must begin with https://\n")


@pytest.mark.parametrize("mode", ("signed", "seed"))
@pytest.mark.parametrize("status", (301, 302, 307, 308))
def test_no_redirect_is_followed(
    run: Script, service: Service, certificate: Certificate, mode: str, status: int
) -> None:
    other = Service()
    elsewhere = UrlServer(other.respond, certificate)
    try:
        location = (("Location", f"{elsewhere.urls()[0]}v1/update"),)
        service.update = service.get = HttpAnswer(status, location, b"elsewhere")
        assert run("-n", HOST, "-m", mode).returncode == 3
        assert not other.requests
    finally:
        elsewhere.close()


def bare_tools(folder: Path, *more: str) -> Path:
    """Return a folder with the tools that the script may use and no others."""
    folder.mkdir()
    for name in (*TOOLS, *more):
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed here")
        (folder / name).symlink_to(found)
    return folder


# ------------------------------------------------------------- what it keeps to itself


@pytest.mark.parametrize("mode", ("signed", "seed"))
@pytest.mark.parametrize("secret", (SECRET, SECRET * 5))
def test_no_program_sees_the_secret_in_its_arguments_or_its_environment(
    run: Script, tmp_path: Path, mode: str, secret: str
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "seen"
    for name in (*TOOLS, "sha256sum", "printf"):
        script = (
            f'#!/bin/sh\n{{ echo "{name} $*"; env; }} >>"{log}"\nexec {shutil.which(name)} "$@"\n'
        )
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    settings = tmp_path / "ddns.conf"
    settings.write_text(f"secret = {secret}\nhost = {HOST}\nurl = {run.url}\n")
    settings.chmod(0o600)
    for options, environment in (
        (["-n", HOST], {"DDNS_SECRET": secret}),
        (["-c", str(settings)], {"DDNS_SECRET": ""}),
    ):
        done = run(*options, "-m", mode, PATH=path, **environment)
        assert done.returncode == 0, done.stderr
    seen = log.read_text()
    assert "curl " in seen
    assert "sha256sum" in seen
    assert secret not in seen


def written(option: str, folder: Path, url: str) -> Path:
    """Write what the script takes with this option, the settings or the secret, for us alone."""
    file = folder / "file"
    file.write_text(f"url = {url}\nsecret = {SECRET}\n" if option == "-c" else f"{SECRET}\n")
    file.chmod(0o600)
    return file


BOTH = pytest.mark.parametrize("option", ("-c", "-s"))


@BOTH
@pytest.mark.parametrize("shell", SHELLS)
def test_of_a_file_that_others_may_read_it_warns(
    run: Script, service: Service, tmp_path: Path, option: str, shell: str
) -> None:
    file = written(option, tmp_path, run.url)
    os.chown(file, -1, some_group())
    for mode in (0o644, 0o604, 0o640):
        file.chmod(mode)
        done = run("-n", HOST, option, str(file), shell=shell, DDNS_SECRET="")
        warning = f"ddns.sh: others may read {file}: chmod 600\n"
        assert (done.returncode, done.stderr) == (0, warning)
        request = service.requests[-1]
        assert header(request, "X-Ddns-Signature") == signature(request, SECRET)


@BOTH
@pytest.mark.parametrize("shell", SHELLS)
def test_a_file_that_others_may_write_is_refused(
    run: Script, service: Service, tmp_path: Path, option: str, shell: str
) -> None:
    file = written(option, tmp_path, run.url)
    for mode in (0o602, 0o620, 0o666):
        file.chmod(mode)
        done = run("-n", HOST, option, str(file), shell=shell, DDNS_SECRET="")
        complaint = f"ddns.sh: others may write {file}: chmod 600\n"
        assert (done.returncode, done.stderr) == (1, complaint)
    assert not service.requests


@BOTH
@pytest.mark.parametrize("mode", (0o702, 0o720, 0o777))
def test_a_file_that_others_may_replace_is_refused(
    run: Script, service: Service, tmp_path: Path, option: str, mode: int
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = written(option, folder, run.url)
    folder.chmod(mode)
    for name in (str(file), "folder/file", "./folder//file"):
        done = run("-n", HOST, option, name, DDNS_SECRET="")
        assert done.returncode == 1
        assert f"ddns.sh: others may replace {name}: they may write its folder" in done.stderr
    assert not service.requests
    folder.chmod(0o1000 | mode)
    done = run("-n", HOST, option, str(file), DDNS_SECRET="")
    assert (done.returncode, done.stderr) == (0, ""), "in a sticky folder each keeps their own"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@BOTH
def test_a_file_that_belongs_to_somebody_else_is_refused(
    run: Script, service: Service, tmp_path: Path, option: str
) -> None:
    file = written(option, tmp_path, run.url)
    os.chown(file, 4711, -1)
    done = run("-n", HOST, option, str(file), DDNS_SECRET="")
    assert done.returncode == 1
    assert f"ddns.sh: {file} belongs to somebody else: chown it to root" in done.stderr
    os.chown(file, 0, -1)
    os.chown(tmp_path, 4711, -1)
    assert "others may replace" in run("-n", HOST, option, str(file), DDNS_SECRET="").stderr
    assert not service.requests


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_root_s_file_and_one_s_own_are_taken(run: Script, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o011)
    file = written("-c", tmp_path, run.url)
    for owner in (0, 4711):
        os.chown(file, owner, 4711)
        file.chmod(0o440)
        done = run("-n", HOST, "-c", str(file), user=4711)
        assert (done.returncode, done.stderr) == (
            0,
            f"ddns.sh: others may read {file}: chmod 600\n",
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_of_a_credential_of_systemd_it_does_not_warn(run: Script, tmp_path: Path) -> None:
    file = written("-c", tmp_path, run.url)
    os.chown(file, 0, 0)
    file.chmod(0o440)  # what an ACL for the one user of the unit looks like
    done = run("-n", HOST, "-c", str(file), DDNS_SECRET="")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_link_leads_to_counts(run: Script, service: Service, tmp_path: Path) -> None:
    file = written("-c", tmp_path, run.url)
    link = tmp_path / "link"
    link.symlink_to(file)
    assert (run("-n", HOST, "-c", str(link)).stderr, len(service.requests)) == ("", 1)
    file.chmod(0o620)
    assert "others may write" in run("-n", HOST, "-c", str(link)).stderr


def some_group() -> int:
    """Return a group that is not root's own: of that nobody else is a member."""
    return os.getegid() or 4711


def test_a_line_that_cannot_be_read_is_not_shown(run: Script, tmp_path: Path) -> None:
    config = tmp_path / "ddns.conf"
    for content in (f"\n# why\n{SECRET}\n", f"\n\nsecrte = {SECRET}"):
        config.write_text(content)
        config.chmod(0o600)
        done = run("-c", str(config))
        assert done.returncode == 1
        assert "line 3" in done.stderr
        assert SECRET not in done.stderr


# ------------------------------------------------------------------------ its settings


def test_settings_come_from_a_file_and_options_count_more(
    run: Script,
    service: Service,
    server: UrlServer,
    tmp_path: Path,
) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    (tmp_path / "secret").chmod(0o600)
    config = tmp_path / "ddns.conf"
    config.write_text(
        f"# a comment\n\n  url = {server.urls()[0]}  \nhost=other.example.com\n"
        f"mode = seed\nfamily = 4\nsecret_file = {tmp_path}/secret"
    )
    config.chmod(0o600)
    assert run("-c", str(config), "-n", HOST, "-m", "signed", DDNS_SECRET="").returncode == 0
    (request,) = service.requests
    assert json.loads(request.body)["host"] == HOST
    assert header(request, "X-Ddns-Signature") == signature(request, SECRET)


@pytest.mark.parametrize("written", (f"{SECRET}\r\n", f" \t{SECRET} \n", f"{SECRET}\r"))
@pytest.mark.parametrize("shell", SHELLS)
def test_what_an_editor_leaves_around_a_secret_is_not_part_of_it(
    run: Script, service: Service, tmp_path: Path, shell: str, written: str
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(written.encode())
    file.chmod(0o600)
    assert run("-n", HOST, "-s", str(file), shell=shell, DDNS_SECRET="").returncode == 0
    (request,) = service.requests
    assert header(request, "X-Ddns-Signature") == signature(request, SECRET)


@pytest.mark.parametrize("written", ("", "\n", " \r\n"))
def test_a_file_without_a_secret_is_named(run: Script, tmp_path: Path, written: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(written.encode())
    file.chmod(0o600)
    done = run("-n", HOST, "-s", str(file))
    assert (done.returncode, done.stderr) == (1, f"ddns.sh: no secret in {file}\n")


@pytest.mark.parametrize(
    ("options", "complaint"),
    (
        ([], "no host"),
        (["-n", HOST, "-m", "dyndns2"], "mode must be signed or seed, not dyndns2"),
        (["-n", 'a"b'], 'no host name: a"b'),
        (["-n", HOST, "-c", "/nowhere/ddns.conf"], "cannot read /nowhere/ddns.conf"),
        (["-n", HOST, "extra"], "Usage:"),
        (["-x"], "Usage:"),
    ),
)
def test_wrong_usage_is_1(run: Script, options: list[str], complaint: str) -> None:
    done = run(*options)
    assert done.returncode == 1
    assert complaint in done.stderr


def test_no_secret_and_no_url_are_wrong_usage(run: Script) -> None:
    assert "no secret" in run("-n", HOST, DDNS_SECRET="").stderr
    assert "no url" in run("-n", HOST, "-u", "").stderr


def test_help_is_no_error(run: Script) -> None:
    done = run("-h")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ddns.sh")


# ------------------------------------------------------------------------ what it says


def test_it_is_quiet_where_nothing_changed(run: Script, service: Service) -> None:
    service.update = reply(200, host=HOST, result="unchanged", addresses=["203.0.113.7"])
    service.set = reply(200, return_message="matches", return_status="success")
    for mode in ("signed", "seed"):
        done = run("-n", HOST, "-m", mode)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert run("-n", HOST, "-m", mode, "-v").stdout == f"{HOST}: unchanged over IPv4\n"


def test_it_tells_a_change(run: Script) -> None:
    assert run("-n", HOST).stdout == f"{HOST}: changed: 203.0.113.7,::1\n"


@pytest.mark.parametrize(
    ("status", "code"), ((400, 2), (401, 2), (403, 2), (404, 2), (409, 2), (429, 3), (503, 3))
)
def test_a_refusal_is_2_and_trouble_is_3(
    run: Script,
    service: Service,
    status: int,
    code: int,
) -> None:
    service.update = reply(status, title="no", detail="because")
    service.set = reply(status, return_message="because", return_status="fail")
    for mode in ("signed", "seed"):
        done = run("-n", HOST, "-m", mode)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr == f"ddns.sh: {HOST}: refused over IPv4 with {status}: because\n"


def test_an_answer_that_says_nothing_is_shown_as_it_is(run: Script, service: Service) -> None:
    service.update = HttpAnswer(502, (), b"Internal Server Error")
    assert "with 502: Internal Server Error" in run("-n", HOST).stderr


@pytest.mark.parametrize(
    "told",
    ("", "<b>", "1.2.3.4; rm", "changed", "abc", "1234", "1.2.3", "a.b.c.d", "1" * 99 + "::"),
)
def test_what_is_no_address_is_not_hashed(run: Script, service: Service, told: str) -> None:
    service.get = reply(200, return_message=told)
    done = run("-n", HOST, "-m", "seed")
    assert done.returncode == 3
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "answer",
    (
        HttpAnswer(200, (), b"<html>Log in to the hotel's network</html>"),
        HttpAnswer(200, (), b""),
        HttpAnswer(302, (("Location", "https://login.example/"),), b"elsewhere"),
        reply(200, result="welcome"),
        reply(201, return_message="1.2.3.4", return_status="fail"),
        reply(200, return_message="1.2.3.4"),
    ),
)
@pytest.mark.parametrize("mode", ("signed", "seed"))
def test_an_answer_of_somebody_else_is_no_success(
    run: Script, service: Service, mode: str, answer: HttpAnswer
) -> None:
    service.update = service.set = answer
    done = run("-n", HOST, "-m", mode)
    assert (done.returncode, done.stdout) == (3, "")
    start = f"ddns.sh: {HOST}: no answer of the service over IPv4, but {answer.status}: "
    assert done.stderr.startswith(start)


@pytest.mark.parametrize("answer", (HttpAnswer(200, (), b"<html>"), HttpAnswer(302, (), b"")))
def test_nothing_is_told_to_somebody_else(
    run: Script, service: Service, answer: HttpAnswer
) -> None:
    service.get = answer
    assert run("-n", HOST, "-m", "seed").returncode == 3
    assert len(service.requests) == 1


@pytest.mark.parametrize("result", ("accepted", "removed"))
def test_every_result_of_the_service_is_a_success(
    run: Script, service: Service, result: str
) -> None:
    service.update = reply(200, host=HOST, result=result, addresses=["203.0.113.7"])
    done = run("-n", HOST)
    assert (done.returncode, done.stdout) == (0, f"{HOST}: {result}: 203.0.113.7\n")


NASTY = "\x1b]0;owned\x07\x1b[2J\r\x9b\n" + "x" * 1000


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("mode", ("signed", "seed"))
def test_what_the_service_says_does_nothing_to_a_terminal(
    run: Script, service: Service, mode: str, shell: str
) -> None:
    def raw(status: int, **fields: str) -> HttpAnswer:
        body = ", ".join(f'"{name}": "{value}"' for name, value in fields.items())
        return HttpAnswer(status, (), f'{{"addresses": ["{NASTY}"], {body}}}'.encode())

    answers = [
        raw(200, result="changed", return_status="success"),
        raw(201, return_message=NASTY, return_status="success"),
        raw(401, detail=NASTY, return_message=NASTY),
        raw(500),
    ]
    for answer in answers:
        service.update = service.set = answer
        done = run("-n", HOST, "-m", mode, shell=shell)
        for line in (done.stdout + done.stderr).splitlines():
            assert line.isascii()
            assert line.isprintable()
            assert len(line) < 400


def test_a_service_that_is_not_there_is_3(run: Script, server: UrlServer) -> None:
    server.close()
    done = run("-n", HOST, "-4")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"ddns.sh: {HOST}: no answer over IPv4: (7) " in done.stderr


def test_the_worst_of_several_families_counts(
    run: Script,
    service: Service,
    server: UrlServer,
) -> None:
    # 127.0.0.1 has no IPv6: that fails, and IPv4 is told all the same.
    done = run("-n", HOST, "-6", "-4", "-u", server.urls()[0])
    assert done.returncode == 3
    assert "no answer over IPv6" in done.stderr
    assert len(service.requests) == 1


# ------------------------------------------------------------------------ its makings


def test_shellcheck_finds_nothing() -> None:
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed here; .ci/run tries to install it")
    done = subprocess.run(
        [shellcheck, "--shell=sh", str(client_script())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_systemd_understands_its_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed here")
    for name in ("ddns.service", "ddns.timer"):
        text = (client_script().parent / name).read_text()
        (tmp_path / name).write_text(text.replace("/usr/local/bin/ddns.sh", str(client_script())))
    done = subprocess.run(
        [analyze, "verify", str(tmp_path / "ddns.service"), str(tmp_path / "ddns.timer")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_script_may_be_executed() -> None:
    assert os.access(client_script(), os.X_OK)
