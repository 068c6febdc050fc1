"""The command that sends a test letter."""

import pytest

from ..gateways.post_office import running


@pytest.fixture
def site(environment, new_database):
    environment(DATABASE_URL=new_database())
    return environment


@pytest.mark.row("MT-10.9")
def test_a_letter_goes_to_the_server_at_once(command, site):
    with running() as office:
        site(MAIL_SERVER="127.0.0.1", MAIL_PORT=office.port)
        done = command("mail", "test", "me@example.org")
    assert done.status == 0, done.err
    assert b"To: me@example.org" in office.letters[0]
    assert "me@example.org" in done.out


def test_what_is_wrong_is_said(command, site):
    site(MAIL_SERVER="127.0.0.1", MAIL_PORT=1)
    done = command("mail", "test", "me@example.org")
    assert done.status == 1
    assert "was not taken" in done.err
    assert command("mail", "test", "no address").status == 1
    assert command("mail").status == 2
