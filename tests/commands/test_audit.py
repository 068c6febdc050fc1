"""The command that shows what has happened to accounts."""

import pytest

from microblog.core import audit, users
from microblog.framework.database import Database


@pytest.fixture
def site(environment, new_database):
    """A database with one person, on whom somebody has tried passwords."""
    url = new_database()
    environment(DATABASE_URL=url)
    database = Database(url, connections=1)
    with database.writing() as db:
        users.register(db, username="susan", email="susan@example.org", password="long enough")
        for login in ("susan", "nobody", "Susan@example.org"):
            users.note_failure(db, login)
        audit.note(db, "erased", 77)
        db.commit()
    yield database
    database.close()


def lines(done) -> list[list[str]]:
    """Event and person of each line."""
    return [line.split()[2:4] for line in done.out.splitlines()]


def test_everything_is_shown_newest_first_with_names_where_there_are_any(command, site):
    done = command("audit")
    assert done.status == 0
    assert lines(done) == [
        ["erased", "#77"],
        ["login_failed", "susan"],
        ["login_failed", "nobody"],
        ["login_failed", "susan"],
        ["registered", "susan"],
    ]


def test_one_person_one_event_and_a_number_of_lines_can_be_asked_for(command, site):
    assert len(lines(command("audit", "--user", "SUSAN"))) == 3
    assert len(lines(command("audit", "--event", "login_failed"))) == 3
    assert lines(command("audit", "--user", "susan", "--event", "login_failed", "--limit", "1")) == [["login_failed", "susan"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--user", "eve"), "User eve not found."),
        (("--event", "sneezed"), "There is no event sneezed."),
        (("--limit", "0"), "--limit"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(command, site, words, said):
    done = command("audit", *words)
    assert done.status == 1
    assert said in done.err


def test_what_the_command_line_does_to_an_account_is_written_down(command, site):
    assert command("user", "promote", "susan").status == 0
    assert command("user", "suspend", "susan").status == 0
    assert command("audit", "--limit", "2").out.split("\n")[0].split()[2:5] == ["suspended", "susan", "cli"]
