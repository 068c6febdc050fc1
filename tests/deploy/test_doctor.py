"""The doctor before real nginx and uWSGI: of a healthy installation it says that it is fine, and of each of these deliberately
spoiled ones what is wrong and what mends it.

Most are spoiled by changing one line of nginx.conf, as an operator would get it wrong, and letting nginx read it again.
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from microblog import migrations
from microblog.commands import translate
from microblog.config import ROOT
from microblog.doctor.examination import CHECKS
from microblog.doctor.verdicts import Finding, Level

from ..gateways import post_office
from .clinic import Clinic
from .installation import READY_WITHIN, Installation
from .spoiled import SPOILED, UWSGI_PASS
from .test_tls import NAME, SecureInstallation

# The cluster of the tests need not survive a crash, and here it may be root who runs them: both are true findings.
TRUE_OF_TESTS = {"postgres.durable"} | ({"server.user"} if os.geteuid() == 0 else set())


@pytest.fixture(scope="module")
def letters() -> Iterator[post_office.PostOffice]:
    with post_office.running() as office:
        yield office


@pytest.fixture(scope="module")
def database(new_database: Callable[[], str]) -> str:
    return new_database()


@contextmanager
def opened(site: Installation, **door: Any) -> Iterator[Clinic]:
    try:
        site.start()
        yield Clinic(site, **door)
    finally:
        site.stop()
        shutil.rmtree(site.folder, ignore_errors=True)


def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))


@pytest.fixture(scope="module")
def clinic(nginx: str, database: str, letters: post_office.PostOffice) -> Iterator[Clinic]:
    """The project's nginx.conf before Microblog, with a mail server."""
    translate.compile_stale()
    mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(letters.port), "ADMINS": "ann@example.org", "RATE_LIMITS": "on"}
    with opened(Installation(folder(), database, nginx, PROCESSES="1", THREADS="2", **mail)) as clinic:
        yield clinic


class Secured(SecureInstallation):
    """With a certificate that is good for a while."""

    days = 90


@pytest.fixture(scope="module")
def secured(nginx: str, database: str) -> Iterator[Clinic]:
    """deploy/nginx-tls.conf before Microblog."""
    public = {"PUBLIC_URL": f"https://{NAME}/microblog", "PROCESSES": "1", "THREADS": "2"}
    site = Secured(folder(), database, nginx, **public)
    with opened(site) as clinic:
        clinic.door = {"at": site.origin.replace("http:", "https:"), "plain_port": site.plain_port, "context": site_context(site)}
        yield clinic


def site_context(site: SecureInstallation) -> Callable[[], ssl.SSLContext]:
    """What a browser knows that trusts the certificate of the site."""
    return lambda: ssl.create_default_context(cafile=site.folder / "certs" / "cert.pem")


@contextmanager
def living_worker(site: Installation) -> Iterator[None]:
    """A real worker of the site."""
    words = [sys.executable, "-m", "microblog", "worker"]
    environment = site.environment | {"MICROBLOG_NO_VENV": "1"}
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        try:
            ends = time.monotonic() + READY_WITHIN
            while not site.one("SELECT count(*) FROM heartbeats") and time.monotonic() < ends:
                time.sleep(0.02)
            yield
        finally:
            worker.terminate()


def bad(found: dict[str, Finding]) -> dict[str, str]:
    return {name: f"{finding.level}: {finding.seen}" for name, finding in found.items() if finding.level is not Level.FINE}


# Healthy ones


def test_a_healthy_installation_is_fine(clinic: Clinic):
    with living_worker(clinic.site):
        found = clinic.examine()
    assert len(found) == len(CHECKS)
    assert bad(found).keys() == TRUE_OF_TESTS, bad(found)
    assert found["proxy.address"].seen == "We come from 127.0.0.77, and the application is told so."


def test_a_healthy_installation_with_tls_is_fine(secured: Clinic):
    found = secured.examine(
        *(check.name for check in CHECKS if check.name.startswith(("address.", "proxy.", "pages.", "static.")))
    )
    assert bad(found) == {}
    assert found["address.plain"].seen == "http:// leads to https://."
    assert "good for 89 days" in found["address.certificate"].seen


def test_the_command_tells_it_and_ends_with_its_verdict(clinic: Clinic):
    def command(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = clinic.site.environment | {"MICROBLOG_NO_VENV": "1"} | settings
        whole = [sys.executable, "-m", "microblog", "doctor", *words]
        return subprocess.run(whole, cwd=ROOT, env=environment, capture_output=True, text=True)

    done = command("--json", "--url", clinic.site.origin)
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr, told["is_fine"]) == (1, "", False)
    assert len(told["findings"]) == len(CHECKS)
    wrong = {each["name"] for each in told["findings"] if each["level"] == "wrong"}
    assert wrong == {"work.workers", "postgres.durable"}, "nobody works here at the moment"
    for secret in (clinic.site.environment["SECRET_KEY"], clinic.site.environment["DATABASE_URL"]):
        assert secret not in done.stdout


# Spoiled ones


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_proxy_is_found_and_its_mend_named(clinic: Clinic, case: str):
    changes, name, level, mend = SPOILED[case]
    with clinic.nginx(*changes):
        found = clinic.examine(name)[name]
    assert (found.level, mend in found.mend) == (level, True), found


def test_what_stands_behind_a_fault_is_told_to_be_unseen_and_not_to_be_wrong(clinic: Clinic):
    with clinic.nginx(("app.sock", "nobody.sock")):
        found = clinic.examine("address.answers", "address.ours", "proxy.host", "pages.security", "server.uwsgi", "postgres.same")
    assert {name for name, finding in found.items() if finding.level == "wrong"} == {"address.answers", "address.ours"}
    assert {found[name].level for name in ("proxy.host", "pages.security", "server.uwsgi", "postgres.same")} == {Level.UNSEEN}


def test_nothing_runs(clinic: Clinic):
    found = clinic.examine("address.answers", "address.ours", "machine.clock", public_url="http://127.0.0.1:9/microblog")
    assert found["address.answers"].level == "wrong"
    assert "Connection refused" in found["address.answers"].seen
    assert "systemctl status nginx" in found["address.answers"].mend
    assert {found[name].level for name in ("address.ours", "machine.clock")} == {Level.UNSEEN}


def test_another_secret_key(clinic: Clinic):
    found = clinic.examine("address.ours", "proxy.address", secret_keys=("another key that nobody has guessed",))
    assert found["address.ours"].level == "wrong"
    assert "compare SECRET_KEY" in found["address.ours"].mend
    assert found["proxy.address"].level == "unseen"


def test_another_site_at_that_address(clinic: Clinic, letters: post_office.PostOffice):
    """The mail server, say, which speaks no HTTP; and a site that does."""
    found = clinic.examine("address.answers", public_url=f"http://127.0.0.1:{letters.port}")
    assert found["address.answers"].level == "wrong"
    with clinic.nginx((UWSGI_PASS, 'location /microblog/ { return 200 "Welcome to nginx!"; }')):
        found = clinic.examine("address.ours")
    assert found["address.ours"].level == "wrong"
    assert "PUBLIC_URL" in found["address.ours"].mend


def test_settings_that_the_running_site_does_not_have(clinic: Clinic):
    found = clinic.examine("server.settings", post_length=17, hsts_seconds=5)["server.settings"]
    assert found.level == "warning"
    assert "HSTS_SECONDS, POST_LENGTH." in found.seen
    assert "restart" in found.mend


def test_another_database(clinic: Clinic, migrated_url: str):
    found = clinic.examine("postgres.same", database_url=migrated_url)["postgres.same"]
    assert (found.level, "DATABASE_URL" in found.mend) == ("wrong", True)


def test_a_database_that_is_away(clinic: Clinic):
    found = clinic.examine("postgres.answers", "work.workers", database_url="postgresql://nobody:hidden@127.0.0.1:9/nothing")
    assert (found["postgres.answers"].level, "systemctl status postgresql" in found["postgres.answers"].mend) == ("wrong", True)
    assert found["work.workers"].level == "unseen"
    assert "hidden" not in str(found)


@pytest.mark.parametrize(
    ("revision", "levels", "mend"),
    [
        ("0017", ["wrong", "wrong"], "python -m microblog db upgrade"),
        ("9999", ["fine", "warning"], "Install the newer code"),  # the older code goes on until it is renewed
    ],
)
def test_a_schema_that_does_not_fit(clinic: Clinic, revision: str, levels: list[str], mend: str):
    def put(revision: str) -> None:
        with clinic.site.database.writing() as db:
            db.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
            db.commit()

    put(revision)
    try:
        found = clinic.examine("postgres.schema", "server.ready")
    finally:
        put(migrations.head())
    assert [found[name].level for name in ("server.ready", "postgres.schema")] == levels
    assert mend in found["postgres.schema"].mend
    assert ("db upgrade" in found["server.ready"].mend) == (levels[0] == "wrong")


def test_nobody_works(clinic: Clinic):
    found = clinic.examine("work.workers")["work.workers"]
    assert (found.level, "microblog-worker" in found.mend) == ("wrong", True)


def test_a_mail_server_that_is_down(clinic: Clinic):
    found = clinic.examine("mail.server", mail_port=9)["mail.server"]
    assert (found.level, "MAIL_SERVER, MAIL_PORT" in found.mend) == ("wrong", True)


def test_settings_that_everybody_may_read(clinic: Clinic):
    path = clinic.settings.root / ".env"
    path.write_text("SECRET_KEY=…")
    path.chmod(0o644)
    found = clinic.examine("machine.env")["machine.env"]
    path.chmod(0o640)
    assert (found.level, f"chmod 600 {path}" in found.mend) == ("wrong", True)
    assert clinic.examine("machine.env")["machine.env"].level == "fine"


@pytest.mark.parametrize("late", [-3_600, -5, 5, 3_600])
def test_a_clock_that_goes_wrong(clinic: Clinic, late: int):
    found = clinic.examine("machine.clock", "proxy.host", clock=lambda: time.time() + late)
    clock = found["machine.clock"]
    assert (clock.level, "timedatectl" in clock.mend) == ("wrong", True)
    for who in ("the application", "Postgres"):
        assert f"{who} {-late:+d} s" in clock.seen
    assert "the proxy" in clock.seen, "which tells whole seconds only"
    assert found["proxy.host"].level == "fine", "all else can be looked at"


# Spoiled ones with TLS


def test_a_public_url_without_tls_where_there_is_tls(secured: Clinic):
    found = secured.examine("address.scheme", public_url=f"http://{NAME}/microblog")["address.scheme"]
    assert (found.level, f"PUBLIC_URL=https://{NAME}/microblog" in found.mend) == ("wrong", True)
    secured_at, secured.door = secured.door, {"at": f"http://127.0.0.1:{secured.door['plain_port']}"}
    found = secured.examine("address.scheme", public_url=f"http://{NAME}/microblog")["address.scheme"]
    secured.door = secured_at
    assert (found.level, f"PUBLIC_URL=https://{NAME}/microblog" in found.mend) == ("wrong", True)


def test_the_site_itself_at_the_port_without_tls(secured: Clinic):
    plain = f"listen 127.0.0.1:{secured.door['plain_port']};"
    with secured.nginx((plain, "listen unix:var/run/nobody.sock;"), (" ssl;", f" ssl; {plain}")):
        found = secured.examine("address.plain")["address.plain"]
    assert (found.level, "return 301 https://" in found.mend) == ("wrong", True)
    with secured.nginx(("https://$server_name$request_uri", "https://$host/")):
        found = secured.examine("address.plain")["address.plain"]
    assert (found.level, "return 301 https://$server_name$request_uri" in found.mend) == ("wrong", True)


def test_a_certificate_that_nobody_vouches_for_or_that_names_another(secured: Clinic):
    good, secured.door = secured.door, {"at": secured.door["at"]}
    found = secured.examine("address.certificate")["address.certificate"]
    secured.door |= {"is_trusting": True}
    trusted = secured.examine("address.certificate")["address.certificate"]
    named = secured.examine("address.certificate", public_url="https://other.example.org/microblog")["address.certificate"]
    secured.door = good
    assert (found.level, "self-signed certificate" in found.seen, "--insecure" in found.mend) == ("wrong", True, True)
    assert trusted.level == "fine"
    assert (named.level, "other.example.org" in named.seen) == ("wrong", True)


def test_hsts_that_does_not_arrive_or_comes_twice(secured: Clinic):
    found = secured.examine("pages.hsts", hsts_seconds=31_536_000)["pages.hsts"]
    assert (found.level, "HSTS_SECONDS=31536000, but" in found.seen) == ("wrong", True)
    line = 'add_header Strict-Transport-Security "max-age=31536000" always;'
    with secured.nginx((f"# {line}", f"{line} {line}")):
        found = secured.examine("pages.hsts")["pages.hsts"]
    assert (found.level, "Either HSTS_SECONDS=0 or no `add_header" in found.mend) == ("wrong", True)
