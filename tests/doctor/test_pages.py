"""What becomes of an answer on its way; without nginx it comes as the application makes it."""

import gzip
from dataclasses import replace

import pytest

from microblog.doctor import pages
from microblog.framework.response import SECURITY_HEADERS

from .conftest import adding, without


def changing(*, path: str = "/auth/login", less: str = "", **more: str):
    """Answers at a path lack a header and have others."""
    return lambda method, where, answer: adding(without(answer, less), **more) if where.startswith(path) else answer


@pytest.mark.parametrize("name", SECURITY_HEADERS)
def test_each_security_header_is_missed_and_seen_twice(patient, door, name):
    door.change = changing(less=name.lower())
    found = pages.security(patient)
    assert (found.level, f"{name} is stripped" in found.seen, f"uwsgi_hide_header {name}" in found.mend) == ("wrong", True, True)
    patient._kept.clear()
    door.change = changing(**{name.replace("-", "_"): SECURITY_HEADERS[name]})
    found = pages.security(patient)
    assert (f"{name} comes 2 times" in found.seen, f"add_header {name}" in found.mend) == (True, True)
    patient._kept.clear()
    door.change = changing(less=name.lower(), **{name.replace("-", "_"): "unsafe"})
    assert f"{name} is 'unsafe'" in pages.security(patient).seen


@pytest.mark.parametrize(
    ("public_url", "seconds", "arriving", "level"),
    [
        ("http://localhost/microblog", 0, [], "fine"),
        ("https://localhost/microblog", 0, [], "fine"),
        ("https://localhost/microblog", 0, ["max-age=5"], "fine"),
        ("https://localhost/microblog", 31_536_000, ["max-age=31536000"], "fine"),
        ("https://localhost/microblog", 31_536_000, ["max-age=31536000; includeSubDomains"], "fine"),
        ("https://localhost/microblog", 31_536_000, [], "wrong"),
        ("https://localhost/microblog", 31_536_000, ["max-age=5"], "warning"),
        ("https://localhost/microblog", 31_536_000, ["max-age=31536000"] * 2, "wrong"),
    ],
)
def test_hsts(patient, public_url, seconds, arriving, level):
    patient._kept["page"] = without(patient.page, "strict-transport-security")
    for value in arriving:
        patient._kept["page"] = adding(patient.page, Strict_Transport_Security=value)
    patient.config = replace(patient.config, public_url=public_url, hsts_seconds=seconds)
    found = pages.hsts(patient)
    assert found.level == level
    assert bool(found.mend) == (level != "fine")


@pytest.mark.parametrize(
    "change",
    [
        changing(Cache_Control="public"),
        changing(less="cache-control"),
        changing(less="cache-control", Cache_Control="max-age=3600"),
        changing(Expires="Sat, 28 Nov 2026 05:00:00 GMT"),
    ],
)
def test_private_pages_that_somebody_may_keep(patient, door, change):
    door.change = change
    found = pages.private(patient)
    assert (found.level, "no `expires`" in found.mend) == ("wrong", True)


@pytest.mark.parametrize(
    "change",
    [changing(less="x-request-id", X_Request_ID="the-same-again"), changing(Age="3"), changing(X_Cache="Hit from a cloud")],
)
def test_a_copy_is_known_by_its_id_or_its_age(patient, door, change):
    assert pages.copies(patient).level == "fine"
    patient._kept.clear()
    door.change = change
    assert pages.copies(patient).level == "wrong"
    door.change = changing(Age="0", X_Cache="MISS")
    assert pages.copies(patient).level == "fine"


def test_cookies_that_were_changed_or_taken_away(patient, door):
    assert pages.cookies(patient).seen == "Cookies arrive with HttpOnly, SameSite=Lax, Path=/microblog/."
    patient.config = replace(patient.config, public_url="https://localhost/microblog")
    found = pages.cookies(patient)
    assert (found.level, "without Secure" in found.seen) == ("wrong", True)
    patient._kept.clear()
    door.change = changing(less="set-cookie", Set_Cookie="mb_x=1; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert "without Path=/microblog/." in pages.cookies(patient).seen
    patient._kept.clear()
    door.change = changing(less="set-cookie")
    found = pages.cookies(patient)
    assert (found.level, "hide_header Set-Cookie" in found.mend) == ("wrong", True)


def test_what_claims_to_be_compressed_and_is_not(patient, door):
    door.change = lambda method, path, answer: adding(answer, Content_Encoding="gzip")
    found = pages.packed(patient)
    assert (found.level, "Pages and style sheets" in found.seen) == ("warning", True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda method, path, answer: replace(answer, status=403) if "/static" in path else answer, "chmod -R o+rX"),
        (lambda method, path, answer: replace(answer, body=b"x") if "/static" in path else answer, "alias"),
        (changing(path="/static", less="content-type", Content_Type="text/plain"), "mime.types"),
    ],
)
def test_static_files_that_cannot_be_used(patient, door, change, words):
    assert pages.static(patient).level == "fine"
    patient._kept.clear()
    door.change = change
    found = pages.static(patient)
    assert (found.level, words in found.mend) == ("wrong", True)


@pytest.mark.parametrize(
    ("values", "level"),
    [
        (["max-age=315360000", "public, immutable"], "fine"),
        (["public, max-age=60"], "warning"),
        (["no-store"], "warning"),
        ([], "warning"),
    ],
)
def test_static_files_that_nginx_gives_out(patient, door, values, level):
    def change(method, path, answer):
        answer = without(answer, "x-request-id", "cache-control") if "/static" in path else answer
        for value in values if "/static" in path else ():
            answer = adding(answer, Cache_Control=value)
        return answer

    door.change = change
    assert pages.kept(patient).level == level


def test_a_running_site_that_knows_older_files(patient, tmp_path):
    assert pages.current(patient).level == "fine"
    patient.root = tmp_path
    (tmp_path / "static").mkdir()
    found = pages.current(patient)
    assert (found.level, "run/reload" in found.mend) == ("wrong", True)


def test_without_nginx_static_files_come_from_python(patient):
    found = pages.kept(patient)
    assert (found.level, "expires max;" in found.mend) == ("warning", True)


def test_compressed_pages_must_say_for_whom(patient):
    for name in ("packed", "asset True"):
        answer = replace(patient.page, body=gzip.compress(b"x"))
        patient._kept[name] = adding(without(answer, "vary"), Content_Encoding="gzip")
    found = pages.packed(patient)
    assert (found.level, "gzip_vary on;" in found.mend) == ("warning", True)
    patient._kept["packed"] = adding(patient.packed, Vary="Cookie, Accept-Encoding")
    assert pages.packed(patient).level == "fine"
