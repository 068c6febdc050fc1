"""The command by which operators make polls and choose the standing ballot."""

import re

import pytest
from sqlalchemy import text

from microblog.core import ballots, polls, posts, votes
from microblog.framework.database import Database
from microblog.models import Poll


@pytest.fixture
def database(environment, new_database):
    """A database that commands really change."""
    url = new_database()
    environment(DATABASE_URL=url)
    database = Database(url, connections=1)
    yield database
    database.close()


@pytest.fixture
def standing(database):
    """What the standing ballot is now."""

    def look():
        with database.reading() as db:
            return ballots.standing(db)

    return look


def made(done) -> int:
    assert (done.status, done.err) == (0, "")
    return int(re.search(r"Poll (\d+) is open", done.out)[1])


@pytest.mark.row("VT-08")
def test_the_ballot_that_every_instance_has_is_listed_first(command, database):
    other = made(command("poll", "create", "점심?", "국수", "밥"))
    done = command("poll", "list")
    first, second = done.out.splitlines()
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(r"\d+  standing open        0 voted  \d{4}-\d\d-\d\d  \S.*", first)
    assert second.startswith(f"{other}           open ")
    assert second.endswith("점심?")


def test_a_poll_is_made_with_its_choices_in_order(command, database):
    poll_id = made(command("poll", "create", "What now?", "go", "stay", "sleep", "--several"))
    with database.reading() as db:
        poll = polls.one(db, poll_id, reader_id=0)
    assert (poll.question, poll.takes_several, poll.is_standing, poll.closes_at) == ("What now?", True, False, None)
    assert [(choice.number, choice.text) for choice in poll.choices] == [(1, "go"), (2, "stay"), (3, "sleep")]


@pytest.mark.row("VT-08")
def test_another_poll_can_be_made_the_standing_ballot_and_the_first_one_again(command, standing):
    first = standing().id
    done = command("poll", "create", "어느 쪽?", "왼쪽", "오른쪽", "--standing")
    assert done.out.endswith("and the standing ballot.\n")
    assert (standing().id, standing().texts) == (made(done), ["왼쪽", "오른쪽"])
    assert command("poll", "stand", str(first)).out == f"Poll {first} is the standing ballot.\n"
    assert standing().id == first


def test_a_poll_is_closed_once_and_opened_again(command, standing):
    ballot = str(standing().id)
    assert command("poll", "close", ballot).out == f"Poll {ballot} is closed.\n"
    assert standing().is_closed
    assert " closed " in command("poll", "list").out
    again = command("poll", "close", ballot)
    assert (again.status, again.out, again.err) == (1, "", f"Poll {ballot} is closed already.\n")
    assert command("poll", "open", ballot).out == f"Poll {ballot} is open.\n"
    assert not standing().is_closed


def test_the_list_tells_how_many_have_voted(command, database, standing):
    ballot = standing().id
    with database.writing() as db:
        voter = db.scalar(text("INSERT INTO users (username) VALUES ('alice') RETURNING id"))
        votes.cast(db, voter, ballot, [3])
        db.commit()
    assert "     1 voted" in command("poll", "list").out


def test_a_poll_of_a_post_is_listed_by_its_post_and_not_opened_again(command, database):
    with database.writing() as db:
        author = db.scalar(text("INSERT INTO users (username) VALUES ('alice') RETURNING id"))
        poll = polls.NewPoll(["tea", "coffee"], polls.SHORTEST_TIME)
        post_id = posts.publish(db, author, "tea\n or coffee?", longest=300, poll=poll)
        poll_id = db.scalar(text("SELECT id FROM polls WHERE post_id = :id"), {"id": post_id})
        db.commit()
    assert "tea or coffee?" in command("poll", "list").out
    done = command("poll", "open", str(poll_id))
    assert (done.status, done.err) == (1, f"Poll {poll_id} belongs to a post, which has said how long it is open.\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("create", "Why?", "because"), "choices: Please give at least two choices.\n"),
        (("create", "Why?", "so", "So"), "choices: Please give each choice once only.\n"),
        (("create", " ", "yes", "no"), "question: This field is required.\n"),
        (("create", "x" * 301, "yes", "no"), "question: At most 300 characters, please.\n"),
        (("create", "Why?", "x" * 101, "no"), "choices: At most 100 characters, please.\n"),
        (("create", "Why?", "\udcff", "no"), "The text has a character that cannot be stored: U+DCFF.\n"),
        (("stand", "1"), "This poll does not exist any more.\n"),
        (("close", "1"), "This poll does not exist any more.\n"),
        (("open", "1"), "This poll does not exist any more.\n"),
        (("open", "-1"), "There is no such poll.\n"),
        (("close", "9" * 30), "There is no such poll.\n"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(command, database, standing, words, complaint):
    before = standing()
    done = command("poll", *words)
    assert (done.status, done.out, done.err) == (1, "", complaint)
    assert standing() == before
    with database.reading() as db:
        assert db.query(Poll).count() == 1


@pytest.mark.parametrize("words", [(), ("dance",), ("create",), ("create", "Why?"), ("stand",), ("close", "x"), ("list", "more")])
def test_wrong_words_are_refused_with_the_right_ones(command, words):
    done = command("poll", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("usage: python -m microblog")
