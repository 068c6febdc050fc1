"""What the database itself says of posts."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from microblog.framework.faults import constraint_of
from microblog.models import Post


def refused_by(db, **values: object) -> str:
    with pytest.raises(IntegrityError) as refusal, db.begin_nested():
        db.execute(insert(Post).values(values))
    return constraint_of(refusal.value)


@pytest.mark.row("MT-04.10")
def test_a_post_is_shown_by_its_text():
    assert repr(Post(body="Hello")) == "<Post Hello>"


@pytest.mark.row("MT-04.3", "XC-09")
def test_a_post_knows_when_it_was_made_and_whom_it_names(db, alice):
    db.execute(insert(Post).values(author_id=alice.id, body="한글😀 @bob", mentions=("bob",)))
    post = db.scalars(select(Post)).one()
    assert (post.body, post.mentions, post.language) == ("한글😀 @bob", ("bob",), "")
    assert post.created_at.utcoffset().total_seconds() == 0


@pytest.mark.row("MT-04.3")
@pytest.mark.parametrize("body", ["", "한" * 5_001])
def test_a_post_is_neither_empty_nor_endless(db, alice, body):
    assert refused_by(db, author_id=alice.id, body=body) == "ck__posts__body"
    db.execute(insert(Post).values(author_id=alice.id, body="한" * 5_000))


@pytest.mark.row("MT-04.3")
def test_nobodys_post_is_not_stored(db):
    assert refused_by(db, author_id=-1, body="Hello") == "fk__posts__author_id"


@pytest.mark.row("MT-09.2")
def test_one_form_says_a_thing_once_for_each_person(db, alice, bob):
    for author_id in (alice.id, bob.id):
        db.execute(insert(Post).values(author_id=author_id, body="Hello", nonce="x"))
    assert refused_by(db, author_id=alice.id, body="Hello", nonce="x") == "uq__posts__author_id_nonce"
    assert refused_by(db, author_id=alice.id, body="Hello", nonce="x" * 65) == "ck__posts__nonce"
