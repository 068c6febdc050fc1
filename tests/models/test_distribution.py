"""What a distributed Postgres would cost: derived from the tables and from what pages really ask, and told truly by docs/scaling.md.

To see the truth after a change: python -m pytest tests/models/test_distribution.py; a failure shows the lines that belong there.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, UniqueConstraint, bindparam, event, select
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause

from microblog.core import access_tokens, polls, posts
from microblog.faces.access_tokens import keys
from microblog.framework.statements import Statement
from microblog.models import Follow, Poll, Post, Session, Task, User, metadata
from microblog.models.distribution import DISTRIBUTED, LOCAL, PLACES, REFERENCE
from tests.conftest import PASSWORD
from tests.shards import EVERY, NONE, ONE, TRAVEL, Question, question

SCALING = (Path(__file__).resolve().parents[2] / "docs" / "scaling.md").read_text("utf-8")


def cells(heading: str) -> list[tuple[str, ...]]:
    """The rows of the table below a heading, without its head; marks of code are taken off."""
    part = SCALING.partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")][2:]
    return [tuple(cell.strip().replace("`", "") for cell in row) for row in rows]


# Tables


def test_every_table_has_its_place():
    assert PLACES.keys() == metadata.tables.keys(), "say in models/distribution.py where it would lie, and in docs/scaling.md"


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if place.kind == DISTRIBUTED])
def test_a_table_is_distributed_by_a_column_that_is_never_empty(name):
    column = metadata.tables[name].columns[PLACES[name].column]
    assert not column.nullable


def test_what_lies_together_has_values_of_one_type():
    types: dict[str, set[str]] = {}
    for name, place in PLACES.items():
        if place.kind == DISTRIBUTED:
            types.setdefault(place.together, set()).add(str(metadata.tables[name].columns[place.column].type))
    for together, found in types.items():
        assert len(found) == 1, f"{together}: {found} would be cut at different places"


def test_the_guide_tells_where_each_table_lies():
    told = {}
    for kind, column, names in cells("Where each table would lie"):
        told |= dict.fromkeys(re.findall(r"[a-z_]+", names), (kind, column))
    assert told == {name: (place.kind, place.column) for name, place in PLACES.items()}


# Constraints


def keys_that_fall() -> set[str]:
    """Primary keys and unique indexes of distributed tables that do not hold the distribution column."""
    fallen = set()
    for name, place in PLACES.items():
        if place.kind != DISTRIBUTED:
            continue
        table = metadata.tables[name]
        uniques = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
        for key in [*uniques, *(index for index in table.indexes if index.unique)]:
            assert isinstance(key, Index | PrimaryKeyConstraint | UniqueConstraint)
            if place.column not in {column.name for column in key.columns}:
                fallen.add(str(key.name))
    return fallen


def references_that_fall() -> set[str]:
    """Foreign keys that Citus does not keep: all but those to reference tables, and those along the distribution column between
    tables that lie together, and those among tables of the coordinator."""
    fallen = set()
    for name, place in PLACES.items():
        for key in metadata.tables[name].constraints:
            if not isinstance(key, ForeignKeyConstraint):
                continue
            other = PLACES[key.referred_table.name]
            along = {(element.parent.name, element.column.name) for element in key.elements}
            beside = place.kind == other.kind == DISTRIBUTED and place.together == other.together
            if not (
                (other.kind == REFERENCE)
                or (beside and (place.column, other.column) in along)
                or (place.kind == other.kind == LOCAL)
            ):
                fallen.add(str(key.name))
    return fallen


def test_the_guide_names_every_constraint_that_falls_and_no_other():
    told = {name for row in cells("Which constraints that costs") for name in re.findall(r"\b(?:pk|uq|fk)__\w+", row[0])}
    assert told == keys_that_fall() | references_that_fall()
    assert {name for name in told if name.startswith("fk__")} == references_that_fall()


# Statements

ANY_PAGE, ANY_CALL = "any page", "any call of the API"  # what all of them ask first


@contextmanager
def asked(app, monkeypatch) -> Iterator[list[Question]]:
    """Collects what is asked inside the block, in SQLAlchemy's own trees."""
    heard: list[Any] = []

    def hear(_connection, statement, *_: object) -> None:
        heard.append(statement)

    ask = Statement._ask

    def hear_and_ask(self, *asked):
        heard.append(self.element)
        return ask(self, *asked)

    event.listen(app.database.engine, "before_execute", hear)
    questions: list[Question] = []
    with monkeypatch.context() as patched:
        patched.setattr(Statement, "_ask", hear_and_ask)
        try:
            yield questions
        finally:
            event.remove(app.database.engine, "before_execute", hear)
    for statement in heard:
        if isinstance(statement, TextClause):
            words = set(re.findall(r"\w+", statement.text.lower()))
            assert not words & metadata.tables.keys(), f"nobody can see where this goes: {statement.text}"
        elif not isinstance(statement, str):
            questions.append(question(statement))


@pytest.fixture
def town(app, db, alice, bob, charlie, new_person):
    """Alice follows Bob, who has asked something; they have written to each other."""
    poll = polls.NewPoll(["yes", "no"], polls.SHORTEST_TIME)
    posts.publish(db, bob.id, "hello @charlie", longest=300)
    post_id = posts.publish(db, bob.id, "who asks?", longest=300, poll=poll)
    db.commit()
    return {"post": post_id, "poll": db.scalar(select(Poll.id)), "alice": alice.id, "bob": bob.id}


def pages(ids: dict[str, int]) -> dict[str, str]:
    return {
        ANY_PAGE: "/account/password",
        ANY_CALL: "/api/languages",
        "home": "/",
        "explore": "/explore",
        "a profile": "/user/bob",
        "followers": f"/api/users/{ids['bob']}/followers",
        "followed": f"/api/users/{ids['alice']}/followed",
        "a post": f"/post/{ids['post']}",
        "search": "/search?q=hello",
        "notifications": "/notifications",
        "signals": "/notifications?since=0",
        "messages": "/messages",
        "a conversation": "/messages/bob",
    }


def deeds(ids: dict[str, int]) -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "log in": ("/auth/login", {"username": "charlie", "password": PASSWORD}),
        "publish": ("/", {"post": "hello @bob, again"}),
        "follow": ("/follow/charlie", {}),
        "vote": (f"/poll/{ids['poll']}/votes", {"choices": "1"}),
        "write a message": ("/send_message/bob", {"message": "hello"}),
    }


def shown(questions: list[Question]) -> tuple[str, str, str]:
    """What statements ask, as a row of the guide has it: tables that a statement asks together are joined by +."""
    found: dict[str, set[str]] = {ONE: set(), EVERY: set(), TRAVEL: set()}
    for each in questions:
        if each.verdict != NONE:
            found[each.verdict].add(" + ".join(sorted(name for name in each.tables if PLACES[name].kind != REFERENCE)))
    return tuple(", ".join(sorted(found[verdict])) for verdict in (ONE, EVERY, TRAVEL))  # type: ignore[return-value]


def without(row: tuple[str, ...], *common: tuple[str, ...]) -> tuple[str, ...]:
    """A row but for what is asked for every page."""
    left = []
    for number, cell in enumerate(row):
        same = {part for each in common for part in each[number].split(", ")}
        left.append(", ".join(part for part in cell.split(", ") if part not in same))
    return tuple(left)


def test_the_guide_tells_what_each_page_and_deed_asks_of_the_servers(app, db, town, as_alice, new_browser, monkeypatch):
    as_alice.press("/follow/bob")
    as_alice.send("/send_message/bob", message="good morning")
    token, stranger, program = as_alice.token("/explore"), new_browser(), new_browser()
    key = access_tokens.ask(db, keys(app.config), town["alice"], label="tests").token
    db.commit()
    found: dict[str, tuple[str, str, str]] = {}
    changed: set[str] = set()
    for name, path in pages(town).items():
        with asked(app, monkeypatch) as questions:
            headers = {"Accept": "text/html", "Authorization": f"Bearer {key}"}
            answer = (program if path.startswith("/api") else as_alice).get(path, headers=headers)
            assert answer.status_code == 200, f"{path}: {answer.status}"
        found[name] = shown(questions)
    common = found[ANY_PAGE], found[ANY_CALL]
    for name, (path, fields) in deeds(town).items():
        who, mark = (stranger, stranger.token()) if name == "log in" else (as_alice, token)
        with asked(app, monkeypatch) as questions:
            answer = who.post(path, data={"csrf_token": mark} | fields)
            assert answer.status_code == 303, answer.text
        found[name] = shown(questions)
        changed |= {table for each in questions for table in each.changes_everywhere}
    found = {name: row if row in common else without(row, *common) for name, row in found.items()}
    truth = "\n".join(f"| {name} | {' | '.join(row)} |" for name, row in found.items())
    told = {row[0]: row[1:] for row in cells("What pages and deeds would ask of the servers")}
    assert told == found, f"it should say\n{truth}"
    assert changed == {"users"}


COUNTED = {
    column.name
    for column in User.__table__.columns
    if column.name.endswith("_count") or column.name in ("last_seen_at", "last_message_read_time")
}


def test_the_guide_names_the_columns_that_would_have_to_leave_the_reference_table():
    told = {name for row in cells("What would have to change first") for name in re.findall(r"users\.(\w+)", " ".join(row))}
    assert told == COUNTED


# The reader of statements itself

READER = bindparam("reader", type_=Integer)


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (select(Post.id).where(Post.author_id == READER), ONE),
        (select(Post.id).join(User, User.id == Post.author_id).where(User.id == READER), ONE),
        (select(Post.id).join(User, User.id == Post.author_id), EVERY),
        (select(Post.id).where((Post.author_id == READER) | (Post.id == 1)), EVERY),
        (select(Post.id).join(Follow, Follow.followed_id == Post.author_id), EVERY),
        (select(Post.id).join(Follow, Follow.follower_id == Post.author_id), TRAVEL),
        (select(Post.id).join(Follow, Follow.followed_id == Post.author_id).where(Follow.follower_id == READER), EVERY),
        (select(Post.id, select(Follow.follower_id).where(Follow.followed_id == Post.author_id).scalar_subquery()), EVERY),
        (select(Post.id).where(select(Follow).where(Follow.follower_id == Post.author_id).exists()), TRAVEL),
        (select(Post.id).where(Post.author_id.in_(select(Follow.followed_id).where(Follow.follower_id == READER))), EVERY),
        (select(Post.id).join(Poll, Poll.post_id == Post.id).where(Post.author_id == READER), TRAVEL),
        (select(Session.digest).join(User, User.id == Session.user_id).join(Task, Task.user_id == User.id), EVERY),
        (select(User.id), NONE),
    ],
    ids=str,
)
def test_it_sees_which_servers_a_statement_needs(statement, verdict):
    assert question(statement).verdict == verdict


def test_the_ground_of_this_test_is_the_product(app):
    """A change of a reference table is one, wherever in a statement it stands."""
    from sqlalchemy import insert, update

    counted = update(User).where(User.id == 1).values(post_count=1).returning(User.id).cte()
    assert question(select(counted.c.id)).changes_everywhere == {"users"}
    mine = update(Task).where(Task.user_id == READER).values(complete=True).returning(Task.user_id)
    assert question(mine).verdict == question(select(mine.cte().c.user_id)).verdict == ONE
    everybodys = update(Task).values(complete=True).returning(Task.user_id)
    assert (question(everybodys).verdict, question(select(everybodys.cte().c.user_id)).verdict) == (EVERY, TRAVEL)
    both = select(mine.cte().c.user_id).add_cte(counted)
    assert question(both).verdict == TRAVEL, "one server has the task, and each of them the counter"
    assert question(insert(Post).values(author_id=1, body="x")).verdict == ONE
    assert isinstance(update(User), UpdateBase)
