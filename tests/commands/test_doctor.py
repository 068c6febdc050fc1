"""The command that looks at the running site. tests/deploy/test_doctor.py has one run; here nothing does."""

import json

import pytest

from microblog.doctor.examination import CHECKS

from ..gateways.post_office import running


@pytest.fixture
def nowhere(environment, database_url):
    environment(PUBLIC_URL="http://127.0.0.1:9/microblog", DATABASE_URL="postgresql://nobody:hidden@127.0.0.1:9/nothing")
    return environment


def test_where_nothing_runs_it_says_so_and_what_to_do(command, nowhere):
    done = command("doctor")
    assert (done.status, done.err) == (1, "")
    assert (
        "WRONG   address.answers: Nobody answers at http://127.0.0.1:9/microblog: 127.0.0.1 port 9: Connection refused."
        in done.out
    )
    assert "-> Start nginx" in done.out
    assert "WRONG   postgres.answers: " in done.out
    assert done.out.splitlines()[-1].startswith(f"{len(CHECKS)} checks: ")
    assert "Traceback" not in done.out
    assert "hidden" not in done.out


def test_quiet_tells_only_what_is_not_fine(command, nowhere):
    assert "\nfine " in command("doctor").out
    assert "\nfine " not in command("doctor", "--quiet").out


def test_machines_get_json(command, nowhere):
    done = command("doctor", "--json")
    told = json.loads(done.out)
    assert (done.status, told["is_fine"]) == (1, False)
    assert [each["name"] for each in told["findings"]] == [check.name for check in CHECKS]


def test_it_can_knock_elsewhere(command, nowhere):
    done = command("doctor", "--url", "http://127.0.0.2:8", "--insecure", "--plain-port", "7")
    assert "127.0.0.2 port 8: Connection refused" in done.out


@pytest.mark.parametrize("url", ["", "x", "ftp://x", "http://", "http://x:99999", "http://x/blog", "http://x?y"])
def test_where_to_knock_must_be_an_address(command, nowhere, url):
    done = command("doctor", "--url", url)
    assert (done.status, done.out) == (2, "")
    assert "--url" in done.err


def test_settings_that_cannot_be_meant_are_told_first(command, environment):
    environment(MICROBLOG_ENV="production")
    done = command("doctor")
    assert (done.status, done.out) == (1, "")
    assert "PUBLIC_URL must be set in production." in done.err


def test_a_letter_goes_out_if_it_is_asked_for(command, nowhere, new_database):
    with running() as office:
        nowhere(MAIL_SERVER="127.0.0.1", MAIL_PORT=office.port, DATABASE_URL=new_database())
        assert "would take our letters" in command("doctor").out
        assert office.letters == []
        done = command("doctor", "--send-to", "me@example.org")
    assert done.status == 1, "a letter mends nothing"
    assert b"To: me@example.org" in office.letters[0]
    assert "The letter to me@example.org went to 127.0.0.1" in done.out
