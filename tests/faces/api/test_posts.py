"""Posts are said, read, said otherwise and taken back, each by its author alone."""

import pytest
from sqlalchemy import func, select, update

from microblog.core import follows, posts
from microblog.models import Poll, Post, User

EVERY_SCRIPT = '한글😀 de Ñandú\n日本語 \\ " </script> & %s'


@pytest.fixture
def said(db):
    def say(author, body="hello", **options):
        post_id = posts.publish(db, author.id, body, longest=300, **options)
        db.commit()
        return post_id

    return say


@pytest.mark.row("XC-09", "XC-02")
def test_what_is_said_comes_back_as_it_was_said_and_stands_at_its_location(program, alice, db):
    answer = program.post("/api/posts", json={"body": f"  {EVERY_SCRIPT}\r\n"})
    made = answer.json
    assert answer.status_code == 201
    assert made["body"] == EVERY_SCRIPT
    assert answer.headers["Location"] == made["_links"]["self"] == f"/microblog/api/posts/{made['id']}"
    assert program.get(answer.headers["Location"]).json == made
    assert made["author"] == {
        "id": alice.id,
        "username": "alice",
        "display_name": "Alice Ånström",
        "_links": {"self": f"/microblog/api/users/{alice.id}", "avatar": f"/microblog/avatar/{alice.id}.svg"},
    }
    assert made["url"] == f"http://localhost/microblog/post/{made['id']}"
    assert (made["edited_at"], made["poll"], made["mentions"]) == (None, None, [])
    assert program.get(made["_links"]["author"]).json["post_count"] == 1


def test_what_is_said_by_program_stands_on_the_web(program, browser, bob):
    program.post("/api/posts", json={"body": "hello from a program"})
    browser.log_in(bob)
    assert "hello from a program" in browser.get("/explore").text


def test_a_mention_is_named_and_told(program, new_program, bob):
    made = program.post("/api/posts", json={"body": "hello @BOB and @nobody"}).json
    assert made["mentions"] == ["bob"]
    assert [each["kind"] for each in new_program(bob).get("/api/notifications").json["items"]] == ["mention"]


def test_the_limit_is_that_of_the_site_in_code_points(program, having, db):
    assert program.post("/api/posts", json={"body": "😀" * 300}).status_code == 201
    answer = program.post("/api/posts", json={"body": "x" * 301})
    assert (answer.status_code, answer.json["fields"]) == (422, {"body": "At most 300 characters, please."})
    having(post_length=10)
    assert program.post("/api/posts", json={"body": "x" * 11}).status_code == 422
    assert db.scalar(select(func.count()).select_from(Post)) == 1


def test_everybody_is_heard_and_one_alone_on_request(program, said, alice, bob, new_person):
    gone = new_person("gone", suspended_at=func.now())
    ids = [said(person) for person in (alice, bob, alice, gone)]
    assert [each["id"] for each in program.get("/api/posts").json["items"]] == [str(each) for each in ids[2::-1]]
    assert program.get("/api/timelines/public").json["items"] == program.get("/api/posts").json["items"]
    assert [each["id"] for each in program.get(f"/api/posts?user_id={bob.id}").json["items"]] == [str(ids[1])]
    assert program.get(f"/api/posts?user_id={gone.id}").json["items"] == []


@pytest.mark.row("TK-17")
def test_of_an_unknown_person_there_is_nothing_and_an_unknown_post_is_a_404(program):
    answer = program.get("/api/posts?user_id=999999")
    assert (answer.status_code, answer.json["items"], answer.json["_links"]["next"]) == (200, [], None)
    for post_id in ("999999", "0", "-1", "abc", "9223372036854775807", "9223372036854775808"):
        answer = program.get(f"/api/posts/{post_id}")
        assert (answer.status_code, answer.json["error"]) == (404, "Not Found"), post_id


def test_a_post_of_somebody_suspended_is_not_there_whatever_one_does(program, said, bob, db):
    post_id = said(bob)
    db.execute(update(User).where(User.id == bob.id).values(suspended_at=func.now()))
    db.commit()
    for verb in ("GET", "PUT", "PATCH", "DELETE"):
        assert program.open(f"/api/posts/{post_id}", method=verb, json={"body": "x"}).status_code == 404


@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_ones_own_post_may_be_said_otherwise(program, said, alice, bob, verb):
    post_id = said(alice)
    answer = program.open(f"/api/posts/{post_id}", method=verb, json={"body": "good bye @bob 한글😀"})
    assert (answer.status_code, answer.json["body"], answer.json["mentions"]) == (200, "good bye @bob 한글😀", ["bob"])
    assert answer.json["edited_at"].endswith("Z")
    assert program.get(f"/api/posts/{post_id}").json == answer.json


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"json": {"body": ""}}, 422), ({"json": {"body": "x" * 301}}, 422), ({"json": {}}, 422), ({}, 400), ({"json": []}, 400),
     ({"json": {"body": "x", "poll": None}}, 422), ({"data": b"body=x", "content_type": "text/plain"}, 415)],
)  # fmt: skip
def test_a_change_that_does_not_fit_leaves_it_as_it_was(program, said, alice, sent, status):
    post_id = said(alice)
    assert program.put(f"/api/posts/{post_id}", **sent).status_code == status
    assert program.get(f"/api/posts/{post_id}").json["body"] == "hello"


@pytest.mark.parametrize("sent", [{"json": {"body": "mine"}}, {"json": 1}, {"data": b"\xff", "content_type": "text/plain"}, {}])
def test_somebody_elses_post_is_forbidden_and_one_that_is_gone_not_there_before_the_body_is_judged(program, said, bob, sent):
    post_id = said(bob)
    answer = program.put(f"/api/posts/{post_id}", **sent)
    assert (answer.status_code, answer.json["message"]) == (403, "You can only edit your own posts.")
    assert program.put("/api/posts/4711", **sent).status_code == 404
    assert program.get(f"/api/posts/{post_id}").json["body"] == "hello"


def test_ones_own_post_may_be_taken_back_once_and_nobody_elses(program, new_program, said, alice, bob, db):
    post_id = said(alice)
    answer = new_program(bob).delete(f"/api/posts/{post_id}")
    assert (answer.status_code, answer.json["message"]) == (403, "You can only delete your own posts.")
    answer = program.delete(f"/api/posts/{post_id}")
    assert (answer.status_code, answer.data) == (204, b"")
    for verb in ("GET", "DELETE"):
        assert program.open(f"/api/posts/{post_id}", method=verb).status_code == 404
    assert program.get(f"/api/users/{alice.id}").json["post_count"] == 0


# Asking something


def test_a_post_may_ask_something_and_shows_its_poll_wherever_it_stands(program, alice, bob, db):
    asked = {"choices": ["한글😀", "no", "perhaps"], "closes_in": 600, "takes_several": True}
    made = program.post("/api/posts", json={"body": "well?", "poll": asked}).json
    poll = made["poll"]
    assert [(each["number"], each["text"], each["votes"]) for each in poll["choices"]] == [
        (1, "한글😀", None),
        (2, "no", None),
        (3, "perhaps", None),
    ]
    assert (poll["takes_several"], poll["has_voted"], poll["is_closed"], poll["voter_count"]) == (True, False, False, 0)
    assert poll["_links"] == {
        "self": f"/microblog/api/polls/{poll['id']}",
        "votes": f"/microblog/api/polls/{poll['id']}/votes",
        "post": made["_links"]["self"],
    }
    follows.follow(db, alice.id, "bob")
    db.commit()
    for path in ("/api/posts", "/api/timelines/home", f"/api/posts?user_id={alice.id}", "/api/search/posts?q=well"):
        assert program.get(path).json["items"][0]["poll"] == poll, path
    program.delete(made["_links"]["self"])
    assert db.scalar(select(func.count()).select_from(Poll)) == 1  # the standing ballot
    assert program.get(poll["_links"]["self"]).status_code == 404


@pytest.mark.parametrize(
    ("poll", "field"),
    [
        ({}, "poll.choices"),
        ({"choices": ["a"]}, "poll.choices"),
        ({"choices": ["a", " "]}, "choices"),
        ({"choices": list("abcdefg")}, "poll.choices"),
        ({"choices": ["a", "A"]}, "choices"),
        ({"choices": ["a", "x" * 101]}, "poll.choices[1]"),
        ({"choices": ["a", ""]}, "poll.choices[1]"),
        ({"choices": ["a", 1]}, "poll.choices[1]"),
        ({"choices": "ab"}, "poll.choices"),
        ({"choices": ["a", "b"], "closes_in": 299}, "poll.closes_in"),
        ({"choices": ["a", "b"], "closes_in": 2_592_001}, "poll.closes_in"),
        ({"choices": ["a", "b"], "closes_in": 10**30}, "poll.closes_in"),
        ({"choices": ["a", "b"], "closes_in": "600"}, "poll.closes_in"),
        ({"choices": ["a", "b"], "closes_in": 600.5}, "poll.closes_in"),
        ({"choices": ["a", "b"], "takes_several": 1}, "poll.takes_several"),
        ({"choices": ["a", "b"], "question": "x"}, "poll.question"),
        ([], "poll"),
        ("ab", "poll"),
    ],
)
def test_a_poll_that_does_not_fit_is_named_and_nothing_is_said(program, db, poll, field):
    answer = program.post("/api/posts", json={"body": "well?", "poll": poll})
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == [field]
    assert field in answer.json["message"] or field == "choices"
    assert db.scalar(select(func.count()).select_from(Post)) == 0


ASKING = {"poll": {"choices": ["rye", "oats"], "closes_in": 86400}}


@pytest.mark.parametrize(("further", "most"), [({}, 6), (ASKING, 7)])
def test_a_post_under_a_key_is_one_commit_and_few_statements(program, new_program, bob, having, counted, commits, further, most):
    having(rate_limits=True)
    program.get("/api/posts")  # notes the visit of this minute
    with counted() as statements, commits() as committed:
        answer = program.post("/api/posts", json={"body": "which, @bob?"} | further, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    # who it is, how often, the key, who is mentioned, all the rest, the poll as its author sees it, and the answer that is kept
    assert (len(committed), len(statements)) == (1, most)
    assert answer.json == program.get(answer.headers["Location"]).json
    assert [each["kind"] for each in new_program(bob).get("/api/notifications").json["items"]] == ["mention"]
