"""The demo town: the same at every planting, planted once, and true in all it says of itself."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Text, any_, cast, func, insert, select

from microblog import demo
from microblog.core import counters, polls, posts, queries, search, users
from microblog.core.checks import RESERVED_USERNAMES, USERNAME
from microblog.core.posts import MENTION
from microblog.framework.text import clean
from microblog.models import Credential, Follow, Poll, PollChoice, Post, User, Vote

PEOPLE = demo.people()


@pytest.fixture
def town(db):
    """A database with the town in it."""
    assert demo.plant(db)
    return db


def counted(db, table) -> int:
    return db.scalar(select(func.count()).select_from(table))


def picture(db) -> tuple:
    """All that can be seen of the town, without ids and instants."""
    author = select(User.username).where(User.id == Post.author_id).scalar_subquery()
    follower, followed = User.__table__.alias(), User.__table__.alias()
    follows = (
        select(follower.c.username, followed.c.username).select_from(Follow).join(follower, follower.c.id == Follow.follower_id)
    )
    return (
        db.execute(select(User.username, User.display_name, User.about_me).order_by(User.username)).all(),
        db.execute(select(author, Post.body, Post.language, Post.mentions).order_by(Post.id)).all(),
        sorted(map(tuple, db.execute(follows.join(followed, followed.c.id == Follow.followed_id)))),
    )


def test_the_town_is_as_large_as_its_files(town):
    assert counted(town, User) == counted(town, Credential) == len(PEOPLE) > 0
    assert counters.value(town, "users") == len(PEOPLE), "how many people there are is told by this counter"
    assert counted(town, Post) == sum(len(person.posts) + len(person.polls) for person in PEOPLE) > 100
    assert counted(town, Follow) > len(PEOPLE)


def test_it_is_planted_once(town):
    before = picture(town)
    assert not demo.plant(town)
    assert picture(town) == before


def test_it_is_the_same_at_every_planting(db):
    pictures = []
    for _ in range(2):
        savepoint = db.begin_nested()
        demo.plant(db)
        pictures.append(picture(db))
        savepoint.rollback()
    assert pictures[0] == pictures[1]


def test_where_somebody_lives_already_nothing_is_planted(db, alice):
    assert not demo.plant(db)
    assert (counted(db, User), counted(db, Post)) == (1, 0)


def test_every_counter_is_the_number_of_its_rows(town):
    for counter, column in (
        (User.post_count, Post.author_id),
        (User.follower_count, Follow.followed_id),
        (User.followed_count, Follow.follower_id),
    ):
        rows = select(func.count()).where(column == User.id).scalar_subquery()
        assert town.execute(select(User.username, counter, rows).where(counter != rows)).all() == []


def test_everybody_can_log_in(town):
    marta = town.scalar(select(User.id).where(User.username == "marta"))
    assert users.authenticate(town, "marta", demo.PASSWORD) == marta


def test_ids_tell_the_same_time_as_the_posts(town):
    instants = town.execute(select(Post.id, Post.created_at).order_by(Post.id)).all()
    assert [instant for _, instant in instants] == sorted(instant for _, instant in instants)
    assert all(number >> 16 == int(instant.timestamp() * 1000) for number, instant in instants)


def test_all_of_it_lies_behind_us_and_not_far(town):
    oldest, newest = town.execute(select(func.min(Post.created_at), func.max(Post.created_at))).one()
    assert newest <= datetime.now(UTC)
    assert newest - oldest <= demo.SPAN + timedelta(days=1)


def test_a_new_post_stands_above_the_town(town):
    marta = town.scalar(select(User.id).where(User.username == "marta"))
    new = town.scalar(insert(Post).values(author_id=marta, body="Hello").returning(Post.id))
    assert town.scalar(select(func.max(Post.id))) == new


def test_nobody_follows_themselves_and_everybody_is_met(town):
    assert town.scalar(select(func.count()).select_from(Follow).where(Follow.follower_id == Follow.followed_id)) == 0
    assert town.scalars(select(User.username).where(User.follower_count == 0)).all() == []


def test_whoever_is_mentioned_is_linked_by_their_name(town):
    for body, mentions in town.execute(select(Post.body, Post.mentions)):
        said = {handle.lower() for handle in MENTION.findall(body)}
        assert {name.lower() for name in mentions} == said & {person.username.lower() for person in PEOPLE}


def test_every_vote_is_counted_and_no_other(town):
    voters = select(func.count()).where(Vote.poll_id == Poll.id).scalar_subquery()
    assert town.execute(select(Poll.id).where(Poll.voter_count != voters)).all() == []
    chosen = Vote.poll_id == PollChoice.poll_id, PollChoice.number == any_(Vote.choices)
    votes = select(func.count()).where(*chosen).scalar_subquery()
    assert town.execute(select(PollChoice.text).where(PollChoice.vote_count != votes)).all() == []
    assert counted(town, Vote) > 50


def test_marta_sees_a_poll_that_is_open_to_her_one_she_has_voted_in_and_one_that_is_closed(town):
    marta = town.scalar(select(User.id).where(User.username == "marta"))
    posts = town.execute(select(Post.id, Post.has_poll)).all()
    shown = polls.of_posts(town, posts, marta).values()
    assert len(shown) == sum(post.has_poll for post in posts) == 4
    assert [poll.may_vote for poll in shown].count(True) == 1
    assert {(poll.has_voted, poll.is_closed) for poll in shown} == {(False, False), (True, False), (True, True)}


QUESTIONS = [pytest.param(person, question, id=person.username) for person in PEOPLE for question in person.polls]


@pytest.mark.parametrize(("person", "question"), QUESTIONS)
def test_what_they_ask_and_choose_could_be_anybodys(person, question):
    assert 1 <= len(question.body) <= 300
    assert polls.FEWEST_CHOICES <= len(question.choices) <= polls.MOST_CHOICES
    assert polls.SHORTEST_TIME <= timedelta(hours=question.open_for) <= polls.LONGEST_TIME
    texts = [choice["text"] for choice in question.choices]
    assert len(set(texts)) == len(texts)
    assert all(1 <= len(text) <= polls.LONGEST_CHOICE and text == clean(text) for text in texts)
    voters = [name for choice in question.choices for name in choice["by"]]
    assert set(voters) <= {each.username for each in PEOPLE}
    assert question.takes_several or len(set(voters)) == len(voters)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.username)
def test_a_person_of_the_town_could_have_joined_like_anybody(person):
    assert USERNAME.fullmatch(person.username)
    assert person.username.lower() not in RESERVED_USERNAMES
    assert len(person.display_name) <= 100
    assert len(person.about_me) <= 500


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.username)
def test_what_they_say_could_have_been_posted_by_anybody(person):
    for body in person.posts:
        assert body == clean(body).strip()
        assert 1 <= len(body) <= 300


@pytest.mark.row("XC-09")
def test_the_town_speaks_every_language_of_the_site():
    assert {person.language for person in PEOPLE} == set(demo.LANGUAGES) == {"en", "es", "ko"}


@pytest.mark.row("MT-16.2")
def test_everybody_and_everything_in_the_town_is_found(town):
    assert town.scalars(select(User.username).where(cast(User.search, Text) == "")).all() == []
    for typed in ("ferry lang:en", "빵 lang:ko", "from:ji-woo 매표소"):
        assert posts.found(town, search.POSTGRES, queries.parse(typed), number=1, size=25).items, typed
    assert users.found(town, search.POSTGRES, queries.parse("한지"), most=5)
