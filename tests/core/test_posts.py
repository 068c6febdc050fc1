"""Posts are said once, by their author, within the limit, and taken back by nobody else."""

import pytest
from sqlalchemy import func, select

from microblog.core import posts
from microblog.core.refusals import Forbidden, Invalid, NotFound
from microblog.models import Post, User


def count(db):
    return db.scalar(select(func.count()).select_from(Post))


@pytest.mark.row("MT-09.1", "XC-09")
def test_a_post_is_stored_as_it_was_said(db, alice):
    post_id = posts.publish(db, alice.id, "  한글😀 de Ñandú\nsecond line  ", longest=300)
    shown = posts.one(db, post_id)
    assert shown.body == "한글😀 de Ñandú\nsecond line"
    assert (shown.username, shown.display_name) == ("alice", "Alice Ånström")
    assert db.get(User, alice.id).post_count == 1


@pytest.mark.row("MT-09.1", "MN-08")
@pytest.mark.parametrize(
    ("body", "fits"), [("한" * 300, True), ("한" * 301, False), ("😀" * 300, True), ("", False), (" \n ", False)]
)
def test_a_post_has_between_one_and_the_longest_number_of_characters(db, alice, body, fits):
    if fits:
        posts.publish(db, alice.id, body, longest=300)
    else:
        with pytest.raises(Invalid):
            posts.publish(db, alice.id, body, longest=300)
    assert count(db) == fits


def test_a_form_sent_twice_says_it_once(db, alice, bob):
    first = posts.publish(db, alice.id, "once", longest=300, nonce="n1")
    assert posts.publish(db, alice.id, "once", longest=300, nonce="n1") == first
    assert posts.publish(db, bob.id, "another's form", longest=300, nonce="n1") != first
    assert (count(db), db.get(User, alice.id).post_count) == (2, 1)


def test_ids_follow_the_time(db, alice):
    ids = [posts.publish(db, alice.id, f"number {number}", longest=300) for number in range(5)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 5


def test_mentions_are_those_who_exist(db, alice, bob):
    post_id = posts.publish(db, alice.id, "@Bob, @nobody, mail@bob @bob. and (@alice)", longest=300)
    assert posts.one(db, post_id).mentions == ("alice", "bob")


@pytest.mark.row("MT-14.1")
@pytest.mark.parametrize(
    ("body", "language"),
    [("Who comes to the harbour?", "en"), ("¿Quién viene al puerto?", "es"), ("항구에 누가 와요?", "ko"), (":)", "")],
)
def test_the_language_of_a_post_is_told_when_it_is_said(db, alice, body, language):
    assert posts.one(db, posts.publish(db, alice.id, body, longest=300)).language == language


def test_ones_own_post_can_be_taken_back(db, alice):
    post_id = posts.publish(db, alice.id, "hasty", longest=300)
    posts.withdraw(db, alice.id, post_id)
    assert count(db) == 0
    assert db.get(User, alice.id).post_count == 0
    with pytest.raises(NotFound):
        posts.withdraw(db, alice.id, post_id)
    with pytest.raises(NotFound):
        posts.one(db, post_id)


def test_nobody_takes_back_what_another_said(db, alice, charlie):
    post_id = posts.publish(db, alice.id, "mine", longest=300)
    with pytest.raises(Forbidden):
        posts.withdraw(db, charlie.id, post_id)
    assert count(db) == 1


@pytest.mark.row("MT-04.10")
def test_models_tell_who_they_are(db, alice):
    posts.publish(db, alice.id, "text", longest=300)
    assert repr(db.get(User, alice.id)) == "<User alice>"
    assert repr(db.scalars(select(Post)).one()) == "<Post text>"


def test_a_post_of_somebody_who_is_suspended_is_not_there_for_anybody(db, alice, bob):
    post_id = posts.publish(db, alice.id, "hello", longest=300)
    with pytest.raises(Forbidden):
        posts.check_own(db, bob.id, post_id)
    db.get(User, alice.id).suspended_at = func.now()
    db.flush()
    for act in (posts.check_own, posts.withdraw):
        with pytest.raises(NotFound):
            act(db, bob.id, post_id)
