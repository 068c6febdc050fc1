"""What a proxy hands over. tests/deploy/test_doctor.py has a real one get it wrong; here are the cases of other networks."""

from dataclasses import replace

import pytest

from microblog.doctor import proxy
from microblog.doctor.patient import FORGED_ADDRESS, FORGED_ID

from .conftest import adding, without


@pytest.fixture
def coming_from(patient, told):
    """We have one address, and the application sees another."""

    def change(own: str, seen: str) -> None:
        answer, probe = patient.knocked()
        patient._kept["knocked"] = replace(answer, address=own), probe
        told("saw", address=seen)

    return change


@pytest.mark.parametrize(
    ("own", "seen", "level"),
    [
        ("203.0.113.5", "203.0.113.5", "fine"),
        ("192.168.0.7", "9.9.9.9", "fine"),  # a network of one's own behind one address
        ("127.0.0.77", "127.0.0.1", "wrong"),
        ("9.9.9.9", "127.0.0.1", "wrong"),
        ("9.9.9.9", "10.0.0.3", "wrong"),
        ("192.168.0.7", "172.18.0.1", "warning"),
        ("::1", "127.0.0.1", "wrong"),
        ("2620:fe::9", "2620:fe::9", "fine"),
        ("127.0.0.1", "", "wrong"),
        ("127.0.0.1", "unix:", "wrong"),
    ],
)
def test_the_address_of_whoever_comes(patient, coming_from, own, seen, level):
    coming_from(own, seen)
    found = proxy.address(patient)
    assert found.level == level
    assert ("real_ip_header" in found.mend) == (level != "fine")


def test_an_address_that_anybody_may_forge(patient):
    patient.forged["saw"]["address"] = FORGED_ADDRESS
    assert "never 0.0.0.0/0" in proxy.forged_address(patient).mend


def test_each_header_that_passes_is_named_with_the_line_that_stops_it(patient):
    patient.forged["saw"]["headers"] = {"X_FORWARDED_FOR": f"{FORGED_ADDRESS}, 127.0.0.1", "FORWARDED": "for=127.0.0.1"}
    found = proxy.forged_headers(patient)
    assert found.seen.endswith("into X-Forwarded-For.")
    assert found.mend == "In nginx: uwsgi_param HTTP_X_FORWARDED_FOR $remote_addr;"
    patient.forged["saw"] |= {"headers": {}, "scheme": "https"}
    assert 'uwsgi_param HTTP_X_FORWARDED_SSL "";' in proxy.forged_headers(patient).mend


def test_ids_of_requests(patient, told, coming_from):
    patient.forged["saw"]["headers"]["X_REQUEST_ID"] = FORGED_ID
    found = proxy.request_id(patient)
    assert (found.level, "A client chooses" in found.seen) == ("warning", True)
    patient.forged["saw"]["headers"]["X_REQUEST_ID"] = "0123456789abcdef"
    found = proxy.request_id(patient)
    assert (found.level, "gives requests no id" in found.seen) == ("warning", True)
    told("saw", "headers", X_REQUEST_ID="0123456789abcdef")
    found = proxy.request_id(patient)
    assert (found.level, "does not carry the id" in found.seen) == ("warning", True)
    answer, probe = patient.knocked()
    patient._kept["knocked"] = adding(without(answer, "x-request-id"), X_Request_ID="0123456789abcdef"), probe
    assert proxy.request_id(patient).level == "fine"


def test_what_does_not_arrive(patient, told):
    told("saw", host="localhost:80")
    found = proxy.host(patient)
    assert (found.level, "uwsgi_param HTTP_HOST $http_host;" in found.mend) == ("wrong", True)
    patient.chunked["saw"]["body"]["length"] = 0
    found = proxy.chunked(patient)
    assert (found.level, "HTTP_TRANSFER_ENCODING" in found.mend) == ("wrong", True)


@pytest.mark.parametrize(("offered", "level"), [(100, "fine"), (303, "fine"), (413, "wrong")])
def test_room_for_bodies(patient, door, offered, level):
    assert patient.judges_unread
    door.offered = offered
    assert proxy.room(patient).level == level


def test_room_for_bodies_where_nothing_is_said_before_they_are_read(patient, door):
    door.offered = None
    assert proxy.room(patient).level == "fine"
    refused = lambda method, path, answer: replace(without(answer, "x-request-id"), status=413)  # noqa: E731
    door.change = lambda method, path, answer: refused(method, path, answer) if "picture" in path else answer
    assert "client_max_body_size 5m;" in proxy.room(patient).mend


@pytest.mark.parametrize(("offered", "level"), [(413, "fine"), (100, "warning")])
def test_a_bound_for_bodies(patient, door, offered, level):
    assert patient.judges_unread
    door.offered = offered
    assert proxy.bound(patient).level == level


def test_a_refusal_that_is_not_ours(patient, door):
    assert proxy.not_found(patient).level == "fine"
    door.change = lambda method, path, answer: replace(answer, body=b"nginx") if "nothing" in path else answer
    assert "uwsgi_intercept_errors" in proxy.not_found(patient).mend


@pytest.mark.parametrize(("check", "mend"), [(proxy.fat_cookie, "buffer-size = 65535"), (proxy.many_headers, "max-vars = 2048")])
def test_what_does_not_fit_into_buffers(patient, door, check, mend):
    assert patient.alive
    assert check(patient).level == "fine"
    door.change = lambda method, path, answer: replace(answer, status=502)
    assert mend in check(patient).mend


def test_head_and_lines_that_are_kept(patient, door):
    assert proxy.head(patient).level == proxy.keeps_line(patient).level == "fine"
    patient._kept["page"] = adding(patient.page, Connection="close")
    assert (proxy.keeps_line(patient).level, "keepalive_timeout" in proxy.keeps_line(patient).mend) == ("warning", True)
    door.change = lambda method, path, answer: replace(answer, status=405) if method == "HEAD" else answer
    found = proxy.head(patient)
    assert (found.level, "limit_except" in found.mend) == ("warning", True)
