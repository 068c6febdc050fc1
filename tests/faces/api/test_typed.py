"""The signature of a handler says what it takes and gives, and what has not changed is not sent again."""

from dataclasses import dataclass
from hashlib import md5
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import select, update

from microblog.core import posts
from microblog.faces.api import access_tokens, follows, search, signals, typed
from microblog.faces.api import posts as post_handlers
from microblog.faces.api.collections import Collection
from microblog.framework.response import Response
from microblog.models import Post, User


class Thing(Struct):
    number: int


@dataclass(frozen=True)
class Route:
    """As much of a route as is looked at."""

    handler: Any
    cache: str = "private, no-cache"


def test_a_contract_is_read_from_the_signature_and_its_annotations():
    found = typed.contract(post_handlers.create)
    assert (found.body.__name__, found.status, found.answer.__name__, dict(found.query)) == ("NewPost", 201, "Post", {})
    found = typed.contract(post_handlers.index)
    assert (found.body, found.status, found.answer.__origin__) == (None, 200, Collection)
    assert found.query == {"user_id": typed.Parameter(int, None)}
    assert not found.query["user_id"].is_required
    assert typed.contract(search.index).query["q"].is_required
    assert typed.contract(signals.index).query == {"since": typed.Parameter(float, 0.0)}
    assert (typed.contract(follows.delete).answer, typed.contract(follows.delete).status) == (None, 204)
    assert typed.contract(access_tokens.create).status == 200


@pytest.mark.row("TK-19")
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/posts?user_id=abc", "user_id"),
        ("/api/posts?user_id=", "user_id"),
        ("/api/posts?user_id=-1", "user_id"),
        ("/api/posts?user_id=1.0", "user_id"),
        ("/api/posts?user_id=%D9%A3", "user_id"),
        ("/api/posts?user_id=" + "9" * 30, "user_id"),
        ("/api/signals?since=abc", "since"),
        ("/api/signals?since=NaN", "since"),
        ("/api/signals?since=1e5", "since"),
        ("/api/search/posts", "q"),
        ("/api/search/users", "q"),
    ],
)
def test_a_parameter_that_is_missing_or_of_another_type_is_a_400_that_names_it(program, path, name):
    answer = program.get(path)
    assert answer.status_code == 400, answer.text
    assert name in answer.json["message"]
    assert list(answer.json["fields"]) == [name]


@pytest.mark.row("TK-19", "TK-17")
@pytest.mark.parametrize("user_id", ["0", "999999", "2147483648", "9223372036854775807"])
def test_a_number_that_nobody_has_is_no_error(program, user_id):
    answer = program.get(f"/api/posts?user_id={user_id}")
    assert (answer.status_code, answer.json["items"]) == (200, [])


def test_of_a_parameter_that_comes_twice_the_first_counts(program, alice, bob, db):
    posts.publish(db, alice.id, "hello", longest=300)
    db.commit()
    assert len(program.get(f"/api/posts?user_id={alice.id}&user_id={bob.id}").json["items"]) == 1


# The same answer is not sent twice


def test_who_has_the_answer_already_is_told_so_in_a_304_that_may_be_kept(program, alice, db):
    first = program.get("/api/posts")
    etag = first.headers["ETag"]
    for sent in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = program.get("/api/posts", headers={"If-None-Match": sent})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"
        assert again.headers["Vary"] == first.headers["Vary"] == "Authorization, Accept-Language"
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Type" not in again.headers
        assert "Content-Length" not in again.headers
    assert program.head("/api/posts", headers={"If-None-Match": etag}).status_code == 304
    posts.publish(db, alice.id, "hello", longest=300)
    db.commit()
    changed = program.get("/api/posts", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_what_changes_has_another_etag_and_what_changes_back_has_the_first(program, alice, db):
    post_id = posts.publish(db, alice.id, "one", longest=300)
    db.commit()
    path = f"/api/posts/{post_id}"
    first = program.get(path).headers["ETag"]
    db.execute(update(Post).values(body="two"))
    db.commit()
    second = program.get(path, headers={"If-None-Match": first})
    assert (second.status_code, second.json["body"]) == (200, "two")
    db.execute(update(Post).values(body="one"))
    db.commit()
    assert program.get(path, headers={"If-None-Match": first}).status_code == 304


def test_what_is_public_can_be_kept_and_asked_for_again(stranger):
    for path in ("/api", "/api/languages"):
        first = stranger.get(path)
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = stranger.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache")


def test_two_people_never_take_each_others_answer(program, new_program, alice, bob):
    path = f"/api/users/{alice.id}"
    etag = program.get(path).headers["ETag"]
    answer = new_program(bob).get(path, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "email" not in answer.json


def test_a_refusal_and_an_answer_to_a_change_have_no_etag(program):
    assert "ETag" not in program.get("/api/posts/1").headers
    made = program.post("/api/posts", json={"body": "hello"})
    assert "ETag" not in made.headers
    assert program.get("/api/posts/1", headers={"If-None-Match": "*"}).status_code == 404
    assert program.post("/api/posts", json={"body": "hello"}, headers={"If-None-Match": "*"}).status_code == 201


# Pictures elsewhere


@pytest.mark.row("MT-06.3")
def test_links_to_pictures_elsewhere_are_whole(program, alice, db, having, counted):
    written = rf"\u001a1\u001a and \u001a{alice.id}\u001a"  # looks like what is filled in, and is not
    posts.publish(db, alice.id, written, longest=300)
    db.commit()
    having(avatars="gravatar")
    program.get("/api")  # the visit is noted
    mark = md5(b"alice@example.org", usedforsecurity=False).hexdigest()
    with counted() as statements:
        (post,) = program.get("/api/posts").json["items"]
    assert post["author"]["_links"]["avatar"] == f"https://www.gravatar.com/avatar/{mark}?d=identicon&s=128"
    assert post["body"] == written
    assert len(statements) == 3
    made = program.post("/api/posts", json={"body": "hello"}, headers={"Idempotency-Key": "x"})
    again = program.post("/api/posts", json={"body": "hello"}, headers={"Idempotency-Key": "x"})
    assert again.data == made.data
    assert mark in again.json["author"]["_links"]["avatar"]


@pytest.mark.row("MT-D41")
def test_no_link_says_anything_of_e_mail_addresses_unless_the_operator_wants_it(program, alice):
    assert program.get(f"/api/users/{alice.id}").json["_links"]["avatar"] == f"/microblog/avatar/{alice.id}.svg"


# In parts


def test_what_a_handler_gives_becomes_the_answer(app):
    given = typed.contract(post_handlers.show).given
    assert (given(None).status_code, given(None).data) == (204, b"")
    made = given(typed.Created(Thing(1), "/there"))
    assert (made.status_code, made.headers["Location"], made.json) == (201, "/there", {"number": 1})
    own = Response("as it is")
    assert given(own) is own
    assert (given(Thing(2)).status_code, given(Thing(2)).json) == (200, {"number": 2})


def test_text_of_any_script_is_sent_as_it_is(program, alice, db):
    db.execute(update(User).values(about_me="한글😀"))
    db.commit()
    assert '"about_me":"한글😀"' in program.get(f"/api/users/{alice.id}").text
    assert db.scalar(select(User.about_me)) == "한글😀"
