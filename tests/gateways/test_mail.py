"""Letters go out by SMTP, encrypted and with a login where these are asked for, or into a folder."""

import base64
import smtplib
from email.message import EmailMessage

import pytest

from microblog.gateways.mail import Folder, Nowhere, Smtp

from .post_office import running


def letter(subject="Hello"):
    made = EmailMessage()
    made["Subject"], made["From"], made["To"], made["Message-ID"] = (
        subject,
        "a@example.org",
        "b@example.org",
        "<job-1@example.org>",
    )
    made.set_content("안녕 ñ")
    return made


@pytest.fixture
def server():
    with running() as made:
        yield made


@pytest.mark.row("MT-07.6")
@pytest.mark.parametrize(
    ("username", "password", "logs_in"), [("", "", False), ("ann", "pw", True), ("", "pw", True), ("ann", "", True)]
)
def test_a_letter_arrives_with_a_login_if_either_half_of_it_is_set(server, username, password, logs_in):
    Smtp("127.0.0.1", server.port, username=username, password=password).deliver(letter())
    assert b"Subject: Hello" in server.letters[0]
    logins = [line.split()[2] for line in server.heard if line.startswith("AUTH")]
    assert logins == ([base64.b64encode(f"\0{username}\0{password}".encode()).decode()] if logs_in else [])


def test_a_server_that_cannot_encrypt_gets_nothing_if_it_should(server):
    with pytest.raises(smtplib.SMTPNotSupportedError):
        Smtp("127.0.0.1", server.port, starttls=True).deliver(letter())
    assert server.letters == []


def test_a_server_that_is_away_or_refuses_is_an_oserror(server):
    server.refuses = True
    with pytest.raises(OSError, match=r"."):
        Smtp("127.0.0.1", server.port).deliver(letter())
    with pytest.raises(OSError, match=r"."):
        Smtp("127.0.0.1", 1).deliver(letter())


def test_a_rehearsal_goes_as_far_as_the_letter_and_sends_none(server):
    office = Smtp("127.0.0.1", server.port, username="ann", password="pw")
    assert office.rehearse("a@example.org", ["b@example.org"]) == ""
    assert [line.split()[0].lower() for line in server.heard] == ["ehlo", "auth", "mail", "rcpt", "rset", "quit"]
    assert server.letters == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_rehearsal_tells_what_a_server_has_against_a_letter(server, verb):
    server.unwelcome = verb
    assert Smtp("127.0.0.1", server.port).rehearse("a@example.org", ["b@example.org"]) == "554 not for you"


def test_a_rehearsal_fails_where_a_letter_would(server):
    server.unwelcome = "AUTH"
    with pytest.raises(smtplib.SMTPAuthenticationError):
        Smtp("127.0.0.1", server.port, username="ann", password="pw").rehearse("a@example.org")
    with pytest.raises(smtplib.SMTPNotSupportedError):
        Smtp("127.0.0.1", server.port, starttls=True).rehearse("a@example.org")


def test_a_password_does_not_show():
    assert "pw" not in repr(Smtp("h", password="pw"))


def test_in_development_a_letter_is_a_file_and_the_same_letter_the_same_file(tmp_path):
    for _ in range(2):
        Folder(tmp_path / "mail").deliver(letter())
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert b"Subject: Hello" in file.read_bytes()


def test_without_a_server_the_log_says_that_nobody_gets_it(caplog):
    Nowhere().deliver(letter())
    assert "MAIL_SERVER is not set" in caplog.text
