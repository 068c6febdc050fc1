"""deploy/nginx-tls.conf as it is, with a certificate made for the moment, before the real uWSGI at https://example.org/microblog."""

import grp
import http.client
import http.cookies
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from microblog import demo
from microblog.config import ROOT

from ..conftest import program
from .installation import Installation, free_port
from .visitor import PATIENCE, Answer, Visitor
from .wire import exchange, seen_by

NAME = "example.org"
CONF = (ROOT / "deploy" / "nginx-tls.conf").read_text("utf-8")
PLAIN = (ROOT / "nginx.conf").read_text("utf-8")


class SecureVisitor(Visitor):
    """A browser that comes with TLS and trusts one certificate."""

    context: ssl.SSLContext

    def request(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> Answer:
        sent = {"Connection": "close", "Host": NAME} | dict(headers or {})
        if own := self.cookie_header(target):
            sent["Cookie"] = own
        line = socket.create_connection(("127.0.0.1", self.port), PATIENCE, source_address=(self.address, 0))
        connection = http.client.HTTPConnection(NAME)
        try:
            connection.sock = self.context.wrap_socket(line, server_hostname=NAME)
            connection.request(method, target, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(), target)
        finally:
            connection.close()
            line.close()
        for header in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(header).items():
                self.given.append(morsel)
                self.cookies[name] = morsel
        return answer


class SecureInstallation(Installation):
    """uWSGI behind nginx with TLS on `port`; `plain_port` is what port 80 would be."""

    days = 1  # for which the certificate is good

    def start(self) -> None:
        self.plain_port = free_port()
        for name in ("var/run", "var/log", "certs"):
            (self.folder / name).mkdir(parents=True)
        (self.run / "reload").touch()
        (self.folder / "static").symlink_to(ROOT / "static")
        self.make_certificate()
        (self.folder / "microblog.conf").write_text(self.adapted())
        (self.folder / "nginx.conf").write_text(self.surroundings())
        self.start_uwsgi()
        words = [self.nginx_program, "-p", f"{self.folder}/", "-c", "nginx.conf", "-e", "stderr", "-g"]
        words += ["daemon off;" + (" user root;" if os.getuid() == 0 else "")]
        self.nginx = self._spawn(words, "nginx.log", cwd=self.folder)
        self.wait_until_ready()

    def make_certificate(self) -> None:
        """Such a one as docs/operations.md makes, but with a shorter key and for fewer days."""
        words = [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}"]
        words += [
            "-days",
            str(self.days),
            "-addext",
            f"subjectAltName=DNS:{NAME}",
            "-keyout",
            "certs/key.pem",
            "-out",
            "certs/cert.pem",
        ]
        subprocess.run(words, cwd=self.folder, check=True, capture_output=True)
        self.context = ssl.create_default_context(cafile=self.folder / "certs" / "cert.pem")

    def adapted(self) -> str:
        """The file with our ports and folders. Every place must be there as often as expected."""
        conf = CONF
        for old, new, times in (
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};", 1),
            ("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;", 1),
            ("unix:/run/microblog/app.sock", "unix:var/run/app.sock", 2),
            (" /var/log/microblog_", f" {self.folder}/var/log/microblog_", 4),
            (" /srv/microblog/certs/", f" {self.folder}/certs/", 2),
            (" /srv/microblog/static/", f" {self.folder}/static/", 1),
        ):
            assert conf.count(old) == times, f"nginx-tls.conf has {old!r} {conf.count(old)} times instead of {times}"
            conf = conf.replace(old, new)
        return conf

    @staticmethod
    def surroundings() -> str:
        """The nginx.conf of a host, as short as one can be."""
        types = re.search(r"types \{.*?\}", PLAIN, re.DOTALL)
        paths = "".join(re.findall(r"\w+_temp_path [^;]+;", PLAIN))
        assert types
        return (
            "pid var/run/nginx.pid; error_log var/log/nginx-error.log warn; events {}\n"
            f"http {{ {types[0]} {paths} access_log off; include microblog.conf; }}\n"
        )

    def visitor(self, number: int = 1) -> SecureVisitor:
        visitor = SecureVisitor(self.port, self.mount, address=f"127.0.0.{number}")
        visitor.context = self.context
        return visitor

    def log_of(self, name: str) -> str:
        return (self.folder / "var" / "log" / name).read_text()


@contextmanager
def installed(database_url: str, nginx: str, **options: Any) -> Iterator[SecureInstallation]:
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))
    site = SecureInstallation(folder, database_url, nginx, PUBLIC_URL=f"https://{NAME}/microblog", PROCESSES="1", **options)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        complaints = site.complaints()
        shutil.rmtree(folder, ignore_errors=True)
    assert not complaints, "\n".join(complaints[:3])


@pytest.fixture(scope="module")
def mirror(nginx: str) -> Iterator[SecureInstallation]:
    """Before an application that says what reached it."""
    with installed("postgresql://nobody@/nothing", nginx, application=Path(__file__).parent / "mirror.py") as site:
        yield site


@pytest.fixture(scope="module")
def site(nginx: str, new_database: Callable[[], str]) -> Iterator[SecureInstallation]:
    """Before Microblog with its demo people."""
    with installed(new_database(), nginx) as site:
        with site.database.writing() as db:
            demo.plant(db)
            db.commit()
        yield site


@pytest.mark.row("MT-17.1")
def test_nobody_reaches_the_application_server_but_by_nginx(mirror: SecureInstallation):
    assert mirror.uwsgi
    held = {os.readlink(path) for pid in (mirror.uwsgi.pid, *mirror.workers()) for path in Path(f"/proc/{pid}/fd").iterdir()}
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    listening = {f"socket:[{words[9]}]" for words in lines if words[3] == "0A"}
    assert listening, "nginx does listen"
    assert not held & listening
    assert (mirror.run / "app.sock").stat().st_mode & 0o777 == 0o660


@pytest.mark.row("MT-17.3")
@pytest.mark.parametrize("target", ["/x?y=1", "/microblog/user/%ED%95%98?a=%2F&b", "/microblog//post/1", "/"])
def test_whoever_comes_without_tls_is_sent_to_the_same_address_with_it(mirror: SecureInstallation, target: str):
    for host in (NAME, "evil.test"):
        request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        answer = exchange(mirror.plain_port, request.encode())
        assert answer.status == 301
        assert answer.header("Location") == f"https://{NAME}{target}", "never a host that the client named"


@pytest.mark.row("MT-17.4")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_certificate_is_the_one_in_certs(mirror: SecureInstallation, version: ssl.TLSVersion):
    client = ssl.create_default_context(cafile=mirror.folder / "certs" / "cert.pem")
    client.minimum_version = client.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", mirror.port), 10) as line,
        client.wrap_socket(line, server_hostname=NAME) as secured,
    ):
        assert secured.version() == version.name.replace("_", ".")
    # OpenSSL itself refuses older ones here, so that only the file can be asked.
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in CONF


@pytest.mark.row("MT-17.5", "MT-D18")
def test_the_application_is_told_of_tls_and_of_the_address_and_of_nothing_forged(mirror: SecureInstallation):
    forged = {
        "X-Forwarded-For": "203.0.113.66",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.test",
        "Script-Name": "/e",
    }
    seen = seen_by(mirror.visitor(7).get("/microblog/x?a=%2F", forged))
    assert seen["wsgi.url_scheme"] == "https"
    assert seen["HTTPS"] == "on"
    assert seen["HTTP_X_FORWARDED_PROTO"] == "https"
    assert seen["HTTP_X_FORWARDED_FOR"] == seen["REMOTE_ADDR"] == "127.0.0.7"
    assert seen["HTTP_HOST"] == NAME
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"], seen["QUERY_STRING"]) == ("/microblog", "/x", "a=%2F")
    assert not any("evil" in value for value in seen.values())


@pytest.mark.row("MT-17.5")
def test_both_files_tell_uwsgi_the_same():
    def told(conf: str) -> list[str]:
        return re.findall(r"^ *(uwsgi_\w+ (?!var/)[^;\n]+;)$", conf, re.MULTILINE)

    assert told(CONF) == [line for line in told(PLAIN) if "temp_path" not in line]
    for line in ("large_client_header_buffers 4 8k;", "client_max_body_size 256k;", "client_header_timeout 10s;", "expires max;"):
        assert line in CONF, line
        assert line in PLAIN, line


def test_both_files_have_the_same_walls():
    def walls(conf: str) -> list[str]:
        lines = [line.strip() for line in conf.replace("microblog_", "").splitlines()]
        found = [
            line
            for line in lines
            if re.match(r"(# )?(limit_|set_real_ip|real_ip|error_page|return 429|add_header Retry|location /)", line)
        ]
        return sorted(found)

    assert walls(CONF) == walls(PLAIN)
    assert len(walls(CONF)) > 15


@pytest.mark.row("MT-17.3", "MT-17.4", "MT-D18", "MT-D39")
def test_somebody_logs_in_with_cookies_that_only_tls_carries(site: SecureInstallation):
    visitor = site.member("marta")
    assert visitor.given
    for cookie in visitor.given:
        assert cookie.key.startswith("__Secure-mb_")
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["path"] == "/microblog/"
    assert "marta" in visitor.open("/user/marta").words
    assert visitor.get("/microblog").headers["Location"] == "/microblog/"


@pytest.mark.row("MT-17.6", "MT-D40")
def test_static_files_come_from_nginx_and_may_be_kept(site: SecureInstallation):
    visitor = site.visitor()
    found = re.search(r'href="(/microblog/static/[^"]+\.css)"', visitor.open("/auth/login").text)
    assert found
    answer = visitor.get(found[1])
    assert answer.status == 200
    assert "public, immutable" in answer.headers.get_all("Cache-Control")
    assert "Expires" in answer.headers
    assert answer.headers.get_all("Content-Security-Policy") == ["default-src 'none'; frame-ancestors 'none'"]
    assert answer.headers["Content-Type"].startswith("text/css")
    assert visitor.get("/elsewhere").status == 404


@pytest.mark.row("MT-17.7")
def test_accesses_and_errors_are_written_down(site: SecureInstallation):
    answer = site.visitor(9).get("/microblog/explore?seen=here")
    end = monotonic() + 10
    while "seen=here" not in site.log_of("microblog_access.log") and monotonic() < end:
        sleep(0.02)  # nginx writes the line after the answer
    line = next(line for line in site.log_of("microblog_access.log").splitlines() if "seen=here" in line)
    assert line.startswith("127.0.0.9 - - ")
    assert '"GET /microblog/explore?seen=here HTTP/1.1" 302 ' in line
    request_id, *seconds = line.rpartition('" ')[2].split()
    assert request_id == answer.headers["X-Request-ID"], "Or nobody finds what the application has said of this request."
    assert [float(each) < 30 for each in seconds] == [True, True]
    errors = site.log_of("microblog_error.log").splitlines()
    assert [line for line in errors if "/microblog/readyz " not in line] == [], "Whoever starts it asks before it listens."
    assert "access_log /var/log/microblog_access.log microblog;" in CONF
    assert "error_log /var/log/microblog_error.log" in CONF


def test_no_token_of_an_address_is_written_down(site: SecureInstallation):
    visitor, mark = site.visitor(8), "marked-token"
    for path in (f"/auth/reset_password/{mark}", f"/auth/email/{mark}?x=1", f"/ballot/auth/token?token={mark}&more=1"):
        visitor.get(f"/microblog{path}", headers={"Referer": f"{site.origin}/microblog/auth/reset_password/{mark}"})
    end = monotonic() + 10
    while (text := site.log_of("microblog_access.log")).count("\n127.0.0.8 ") < 3 and monotonic() < end:
        sleep(0.02)
    lines = [line for line in text.splitlines() if line.startswith("127.0.0.8")]
    shown = [line.split('"')[1] for line in lines]
    assert shown == [
        f"GET /microblog{path} HTTP/1.1"
        for path in ("/auth/reset_password/***", "/auth/email/***", "/ballot/auth/token?token=***")
    ]
    assert mark not in text


@pytest.mark.row("MT-17.7")
def test_logs_are_rotated_and_nginx_goes_on_in_the_new_ones(site: SecureInstallation):
    rule = (ROOT / "deploy" / "logrotate").read_text("utf-8")
    me = f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    for old, new, times in (
        (" /var/log/microblog_", f" {site.folder}/var/log/microblog_", 1),
        ("\n/var/log/microblog_", f"\n{site.folder}/var/log/microblog_", 1),
        ("/run/nginx.pid", f"{site.folder}/var/run/nginx.pid", 2),
        ("create 0640 www-data adm", f"create 0640 {me}", 1),
    ):
        assert rule.count(old) == times, f"logrotate has {old!r} {rule.count(old)} times instead of {times}"
        rule = rule.replace(old, new)
    (site.folder / "logrotate").write_text(rule)
    (site.folder / "logrotate").chmod(0o600)
    site.visitor(9).get("/microblog/explore?seen=before")
    words = [program("logrotate"), "-f", "-s", site.folder / "state", site.folder / "logrotate"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    end = monotonic() + 10
    while "seen=after" not in site.log_of("microblog_access.log") and monotonic() < end:
        site.visitor(9).get("/microblog/explore?seen=after")  # each process opens its logs anew in its own time
        sleep(0.02)
    assert "seen=after" in site.log_of("microblog_access.log")
    assert "seen=before" in site.log_of("microblog_access.log.1")
    assert (site.folder / "var" / "log" / "microblog_access.log").stat().st_mode & 0o777 == 0o640
