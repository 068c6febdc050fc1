"""The address that people type. tests/deploy/test_doctor.py spoils the real thing; here is what it takes more to get."""

import ssl
import time
from dataclasses import replace

import pytest

from microblog.doctor import address
from microblog.doctor.verdicts import Unseen

from .conftest import adding, without


def gives(status: int, body: bytes = b"", **headers: str):
    """Every answer is this one, and not the application's."""
    return lambda method, path, answer: adding(
        replace(without(answer, "x-request-id", "location"), status=status, body=body), **headers
    )


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_does_not_reach_the_site(patient, door, status):
    door.change = gives(status)
    found = address.answers(patient)
    assert (found.level, "upstream" in found.mend, str(status) in found.seen) == ("wrong", True, True)


def test_a_prefix_that_the_application_does_not_have(patient, door):
    door.change = gives(404, b"There is nothing here.")
    found = address.prefix(patient)
    assert (found.level, "MICROBLOG_MOUNT=/microblog" in found.mend) == ("wrong", True)
    assert "outside its own prefix" in found.seen


def test_a_prefix_that_the_proxy_does_not_have(patient, door):
    door.change = gives(404, b"<h1>nginx</h1>")
    found = address.prefix(patient)
    assert (found.level, "there is no Microblog" in found.seen) == ("wrong", True)
    with pytest.raises(Unseen):
        address.ours(patient)


def test_links_with_another_prefix(patient, door):
    door.change = lambda method, path, answer: replace(answer, body=answer.body.replace(b"/microblog/static", b"/blog/static"))
    assert address.prefix(patient).level == "wrong"


@pytest.mark.parametrize("saw", [{"script_name": "/blog"}, {"path": "/microblog/doctor"}])
def test_a_prefix_that_arrives_otherwise(patient, told, saw):
    told("saw", **saw)
    assert address.prefix(patient).level == "wrong"


def test_another_site_and_another_microblog(patient, door, having):
    having(secret_keys=("the key of another installation",))
    found = address.ours(patient)
    assert (found.level, "compare SECRET_KEY" in found.mend) == ("wrong", True)
    patient._kept.clear()
    door.change = gives(200, b"Welcome")
    found = address.ours(patient)
    assert (found.level, "which `server` of nginx" in found.mend) == ("wrong", True)


def test_nobody_there(patient, door):
    def ask(*_arguments, **_options):
        raise Unseen("Connection refused.")

    door.ask = ask
    found = address.answers(patient)
    assert (found.level, "systemctl status nginx" in found.mend) == ("wrong", True)


def test_public_url_without_tls_where_tls_is(patient, door):
    patient._kept["first"] = adding(patient.first, Location="https://localhost/microblog/livez")
    assert "sent to https://" in address.scheme(patient).seen
    assert address.scheme(patient).level == "wrong"
    patient._kept.clear()
    door.scheme = "https"
    found = address.scheme(patient)
    assert (found.level, "TLS is what answers" in found.seen) == ("wrong", True)


def test_a_proxy_that_answers_in_our_place(patient, door):
    door.change = lambda method, path, answer: gives(200)(method, path, answer) if path == "/doctor" else answer
    found = address.ours(patient)
    assert (found.level, "pass everything below the prefix" in found.mend) == ("wrong", True)


def test_tls_that_nobody_tells_the_application_of(patient, door, told):
    door.scheme = "https"
    told("saw", scheme="http")
    patient.config = replace(patient.config, public_url="https://localhost/microblog")
    found = address.scheme(patient)
    assert (found.level, "uwsgi_param HTTPS $https if_not_empty;" in found.mend) == ("warning", True)


def test_requests_that_come_with_tls_where_public_url_has_none(patient, told):
    told("saw", scheme="https")
    found = address.scheme(patient)
    assert (found.level, "PUBLIC_URL=https://localhost/microblog" in found.mend) == ("wrong", True)


def test_a_running_site_with_another_public_url(patient, told):
    told(public_url="http://localhost/blog")
    found = address.public_url(patient)
    assert (found.level, "http://localhost/blog" in found.seen, "restart" in found.mend) == ("wrong", True, True)


@pytest.mark.parametrize(
    ("status", "location", "level"),
    [
        (308, "/microblog/", "fine"),
        (301, "http://localhost/microblog/", "fine"),
        (301, "http://doctor.invalid/microblog/", "warning"),
        (301, "http://localhost:8080/microblog/", "wrong"),
        (308, "/", "wrong"),
        (404, "", "warning"),
    ],
)
def test_the_prefix_without_a_slash(patient, door, status, location, level):
    door.change = lambda method, path, answer: answer if path else gives(status, Location=location)(method, path, answer)
    assert address.slash(patient).level == level


def test_at_the_root_there_is_no_slash_to_miss(patient):
    patient.mount = ""
    assert address.slash(patient).level == "fine"


@pytest.mark.parametrize(
    ("status", "location", "level"),
    [
        (301, "https://localhost/microblog/livez", "fine"),
        (301, "https://localhost/", "wrong"),
        (302, "http://localhost/microblog/livez", "wrong"),
        (200, "", "wrong"),
    ],
)
def test_the_port_without_tls(patient, door, status, location, level):
    patient.config = replace(patient.config, public_url="https://localhost/microblog")
    door.change = gives(status, Location=location)
    assert address.plain(patient).level == level


def test_nobody_at_the_port_without_tls(patient, door):
    def ask(*_arguments, **_options):
        raise Unseen("Connection refused.")

    patient.config = replace(patient.config, public_url="https://localhost/microblog")
    door.ask = ask
    found = address.plain(patient)
    assert (found.level, "listen 80" in found.mend) == ("warning", True)


@pytest.mark.parametrize(("days", "level"), [(90, "fine"), (20, "warning"), (4, "wrong"), (0, "wrong")])
def test_how_long_a_certificate_is_good_for(patient, door, days, level):
    ends = time.gmtime(time.time() + days * 86_400 + 3_600)
    door.scheme, door.certificate = "https", lambda: {"notAfter": time.strftime("%b %d %H:%M:%S %Y GMT", ends)}
    found = address.certificate(patient)
    assert (found.level, f"{days} days" in found.seen) == (level, True)
    assert ("certbot renew" in found.mend) == (level != "fine")


def test_a_certificate_that_browsers_refuse(patient, door):
    def certificate():
        error = ssl.SSLCertVerificationError(1, "certificate verify failed")
        error.verify_message = "certificate has expired"
        raise error

    door.scheme, door.certificate = "https", certificate
    found = address.certificate(patient)
    assert (found.level, "certificate has expired" in found.seen, "fullchain.pem" in found.mend) == ("wrong", True, True)
