"""Letters go out by SMTP, encrypted and with a login where these are asked for, or into a folder."""

import base64
import smtplib
import socketserver
import threading
from email.message import EmailMessage

import pytest

from microblog.gateways.mail import Folder, Nowhere, Smtp


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


class Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as a letter needs; what the client says is kept by the server."""

    def handle(self):
        say = lambda line: self.wfile.write(line.encode() + b"\r\n")  # noqa: E731
        if self.server.refuses:
            return say("421 come back later")
        say("220 ready")
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append(line)
            verb = line.split()[0].upper()
            if verb == "EHLO":
                say("250-stand-in")
                say("250-SMTPUTF8")
                say("250-8BITMIME")
                say("250 AUTH PLAIN")
            elif verb == "AUTH":
                say("235 welcome")
            elif verb == "DATA":
                say("354 go on")
                body = []
                while (part := self.rfile.readline()) != b".\r\n":
                    body.append(part)
                self.server.letters.append(b"".join(body))
                say("250 taken")
            elif verb == "QUIT":
                return say("221 bye")
            else:
                say("250 fine")
        return None


@pytest.fixture
def server():
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Conversation) as made:
        made.heard, made.letters, made.refuses = [], [], False
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.mark.row("MT-07.6")
@pytest.mark.parametrize(
    ("username", "password", "logs_in"), [("", "", False), ("ann", "pw", True), ("", "pw", True), ("ann", "", True)]
)
def test_a_letter_arrives_with_a_login_if_either_half_of_it_is_set(server, username, password, logs_in):
    Smtp("127.0.0.1", server.server_address[1], username=username, password=password).deliver(letter())
    assert b"Subject: Hello" in server.letters[0]
    logins = [line.split()[2] for line in server.heard if line.startswith("AUTH")]
    assert logins == ([base64.b64encode(f"\0{username}\0{password}".encode()).decode()] if logs_in else [])


def test_a_server_that_cannot_encrypt_gets_nothing_if_it_should(server):
    with pytest.raises(smtplib.SMTPNotSupportedError):
        Smtp("127.0.0.1", server.server_address[1], starttls=True).deliver(letter())
    assert server.letters == []


def test_a_server_that_is_away_or_refuses_is_an_oserror(server):
    server.refuses = True
    with pytest.raises(OSError, match=r"."):
        Smtp("127.0.0.1", server.server_address[1]).deliver(letter())
    with pytest.raises(OSError, match=r"."):
        Smtp("127.0.0.1", 1).deliver(letter())


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
