"""Whether letters would go out; none does."""

import pytest

from microblog.doctor import letters

from ..gateways.post_office import running


@pytest.fixture(scope="module")
def office():
    with running() as office:
        yield office


@pytest.fixture
def posted(settled, office):
    """Settings that name the mail server, and what else a test says."""

    def change(**values) -> None:
        office.refuses, office.unwelcome = False, ""
        settled(**{"mail_server": "127.0.0.1", "mail_port": office.port, "admins": ("ann@example.org",)} | values)

    return change


def test_a_server_that_would_take_letters(patient, posted, office):
    posted(mail_username="ann", mail_password="hidden")
    found = letters.server(patient)
    assert (found.level, "would take our letters" in found.seen) == ("fine", True)
    assert any(line.startswith("AUTH PLAIN") for line in office.heard)
    assert "RSET" in [line.upper() for line in office.heard]
    assert office.letters == []


def test_no_server_at_all(patient, settled):
    assert letters.server(patient).level == "fine", "while one tries things out"
    settled(environment="production")
    found = letters.server(patient)
    assert (found.level, "Set MAIL_SERVER" in found.mend) == ("wrong", True)


def test_a_server_that_is_down(patient, posted):
    posted(mail_port=9)
    found = letters.server(patient)
    assert (found.level, "systemctl status postfix" in found.mend) == ("wrong", True)
    posted(mail_server="no-such-host.invalid")
    assert letters.server(patient).level == "wrong"


def test_a_server_that_has_no_time(patient, posted, office):
    posted()
    office.refuses = True
    assert letters.server(patient).level == "wrong"


def test_a_server_that_does_not_encrypt(patient, posted):
    posted(mail_use_tls=True)
    found = letters.server(patient)
    assert (found.level, "STARTTLS" in found.mend) == ("wrong", True)
    posted(mail_use_ssl=True)
    assert "465 with MAIL_USE_SSL" in letters.server(patient).mend


@pytest.mark.parametrize(("unwelcome", "words"), [("AUTH", "MAIL_PASSWORD"), ("MAIL", "relay"), ("RCPT", "relay")])
def test_a_server_that_does_not_want_us(patient, posted, office, unwelcome, words):
    posted(mail_username="ann", mail_password="hidden")
    office.unwelcome = unwelcome
    found = letters.server(patient)
    assert (found.level, words in found.mend) == ("wrong", True)
    assert "hidden" not in found.seen + found.mend


def test_a_password_for_everybody_to_read(patient, posted, monkeypatch):
    posted(mail_password="hidden")
    monkeypatch.setattr(letters, "NEAR", ())
    found = letters.server(patient)
    assert (found.level, "MAIL_USE_TLS=on" in found.mend) == ("warning", True)


def test_nobody_to_tell_of_errors(patient, settled):
    assert "ADMINS=" in letters.admins(patient).mend
    settled(admins=("ann@example.org",))
    assert letters.admins(patient).level == "fine"
