"""People are read, listed, welcomed, and change themselves alone."""

import pytest
from sqlalchemy import func, select

from microblog.core import access_tokens, counters, credentials, follows, users
from microblog.faces.access_tokens import keys
from microblog.models import Credential, Job, User
from tests.conftest import PASSWORD

from .conftest import Program

SUSAN = {"username": "susan", "email": "susan@example.org", "password": "long enough"}
MUST = "must include username, email and password fields"
NAME_TAKEN = "please use a different username"
EMAIL_TAKEN = "please use a different email address"


def count(db):
    return db.scalar(select(func.count()).select_from(User))


# One


@pytest.mark.row("MT-23.6", "MT-23.7", "MT-D31")
def test_a_person_is_all_that_everybody_may_know_and_the_address_for_themselves(program, new_program, alice, bob, db):
    follows.follow(db, bob.id, "alice")
    db.commit()
    own = program.get(f"/api/users/{alice.id}").json
    assert own["email"] == "alice@example.org"
    seen = new_program(bob).get(f"/api/users/{alice.id}").json
    assert set(own) - set(seen) == {"email"}
    assert own["last_seen"].endswith("Z")
    assert {name: value for name, value in seen.items() if name not in ("created_at", "last_seen")} == {
        "id": alice.id,
        "username": "alice",
        "display_name": "Alice Ånström",
        "about_me": "",
        "post_count": 0,
        "follower_count": 1,
        "followed_count": 0,
        "_links": {
            "self": f"/microblog/api/users/{alice.id}",
            "followers": f"/microblog/api/users/{alice.id}/followers",
            "followed": f"/microblog/api/users/{alice.id}/followed",
            "posts": f"/microblog/api/posts?user_id={alice.id}",
            "avatar": f"/microblog/avatar/{alice.id}.svg",
        },
    }
    for link in own["_links"].values():
        assert program.get(link).status_code == 200, link


@pytest.mark.row("MT-23.6", "MT-23.7")
def test_no_list_has_an_address_or_a_password(program, alice, bob, db):
    follows.follow(db, bob.id, "alice")
    follows.follow(db, alice.id, "bob")
    db.commit()
    for path in ("/api/users", f"/api/users/{alice.id}/followers", f"/api/users/{bob.id}/followed"):
        text = program.get(path).text
        assert "alice" in text or "bob" in text
        assert "@example.org" not in text
        assert "password" not in text
        assert "argon2" not in text


@pytest.mark.row("TK-17", "MT-23.9")
@pytest.mark.parametrize("user_id", ["999999", "2147483648", "9223372036854775807", "0", "-1", "abc", "01", "9" * 30])
def test_nobody_of_that_id_is_a_404(program, user_id):
    for path in ("", "/followers", "/followed", "/follow"):
        answer = program.get(f"/api/users/{user_id}{path}")
        assert (answer.status_code, answer.json["error"]) == (404, "Not Found")


def test_somebody_suspended_is_nobody_and_is_not_listed(program, new_person):
    gone = new_person("gone", suspended_at=func.now())
    assert program.get(f"/api/users/{gone.id}").status_code == 404
    assert program.put(f"/api/users/{gone.id}", json={}).status_code == 404
    assert [each["username"] for each in program.get("/api/users").json["items"]] == ["alice"]


@pytest.mark.row("MT-23.8", "MT-D33", "TK-20")
def test_everybody_is_listed_in_the_order_in_which_they_joined(program, new_person):
    for name in ("zoe", "adam", "mia"):
        new_person(name)
    answer = program.get("/api/users").json
    assert [each["username"] for each in answer["items"]] == ["alice", "zoe", "adam", "mia"]


# Joining


@pytest.mark.row("MT-23.10", "MT-23.16", "TK-20", "XC-09", "XC-02")
def test_whoever_joins_gets_what_was_made_and_then_a_token(stranger, db):
    joined = stranger.post("/api/users", json=SUSAN | {"display_name": "한글😀", "about_me": "한글😀\nde Ñandú"})
    assert joined.status_code == 201
    made = joined.json
    assert joined.headers["Location"] == made["_links"]["self"] == f"/microblog/api/users/{made['id']}"
    assert (made["username"], made["email"]) == ("susan", "susan@example.org")
    assert (made["display_name"], made["about_me"]) == ("한글😀", "한글😀\nde Ñandú")
    assert "password" not in joined.text
    assert counters.value(db, "users") == 1
    token = stranger.post("/api/tokens", auth=("susan", "long enough")).json["token"]
    read = stranger.get(joined.headers["Location"], headers={"Authorization": f"Bearer {token}"})
    assert read.json == made


@pytest.mark.row("MT-23.10")
@pytest.mark.parametrize(
    "sent", [None, {}, {"username": "susan"}, {"username": "susan", "email": "s@e.org"}, {"email": "s@e.org", "password": "x"}]
)
def test_what_is_missing_is_said_in_the_words_of_the_source(stranger, db, sent):
    answer = stranger.post("/api/users", json=sent)
    assert (answer.status_code, answer.json["error"], answer.json["message"]) == (400, "Bad Request", MUST)
    assert count(db) == 0


@pytest.mark.row("MT-23.10", "MT-D09", "TK-16")
@pytest.mark.parametrize(
    ("change", "message", "fields"),
    [
        ({"username": "Alice"}, NAME_TAKEN, ["username"]),
        ({"email": "ALICE@Example.org"}, EMAIL_TAKEN, ["email"]),
        ({"username": "alice", "email": "alice@example.org"}, NAME_TAKEN, ["username", "email"]),
    ],
)
def test_what_somebody_has_is_refused_in_the_words_of_the_source(stranger, alice, db, change, message, fields):
    answer = stranger.post("/api/users", json=SUSAN | change)
    assert (answer.status_code, answer.json["error"], answer.json["message"]) == (400, "Bad Request", message)
    assert list(answer.json["fields"]) == fields
    assert count(db) == counters.value(db, "users") == 1


@pytest.mark.row("MT-D07", "MT-D32")
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("username", ""), ("username", " "), ("username", "a/b"), ("username", "?"), ("username", "수잔"), ("username", "a" * 65),
        ("username", "admin"), ("username", 1), ("username", None), ("username", ["susan"]),
        ("email", ""), ("email", "susan"), ("email", "a@b@c"), ("email", "@b"), ("email", "a" * 250 + "@b.org"), ("email", True),
        ("password", ""), ("password", "short"), ("password", "x" * 1_025), ("password", 12345678),
        ("display_name", "한" * 101), ("display_name", None), ("about_me", "😀" * 501), ("about_me", {}),
        ("is_admin", True), ("id", 1),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_nobody_joins(stranger, db, member, value):
    answer = stranger.post("/api/users", json=SUSAN | {member: value})
    assert answer.status_code == 422, answer.text
    assert list(answer.json["fields"]) == [member]
    assert count(db) == 0


def test_as_much_as_there_is_room_for_fits(stranger):
    full = {
        "username": "a" * 64,
        "email": "a" * 64 + "@b.org",
        "password": "한" * 1_024,
        "display_name": "한" * 100,
        "about_me": "😀" * 500,
    }
    assert stranger.post("/api/users", json=full).status_code == 201


def test_where_nobody_new_can_join_that_is_said_before_the_body_is_judged(stranger, having, db):
    having(registration_open=False)
    for sent in ({"json": SUSAN}, {"json": [1]}, {"data": b"x", "content_type": "text/plain"}, {}):
        answer = stranger.post("/api/users", **sent)
        assert (answer.status_code, answer.json["error"]) == (403, "Forbidden")
        assert answer.json["message"] == "Nobody new can join this site at the moment."
    assert count(db) == 0


@pytest.mark.row("TK-16", "MT-D09")
@pytest.mark.parametrize("same", ["username", "email"])
def test_of_sixteen_who_join_as_one_at_once_one_does(committing, at_once, same):
    def join(number):
        other = {"username": {"email": f"other{number}@example.org"}, "email": {"username": f"other{number}"}}[same]
        return Program(committing).post("/api/users", json=SUSAN | other)

    answers = at_once(join)
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 15
    wanted = {"username": NAME_TAKEN, "email": EMAIL_TAKEN}[same]
    assert {answer.json["message"] for answer in answers if answer.status_code == 400} == {wanted}
    with committing.database.reading() as db:
        assert count(db) == db.scalar(select(func.count()).select_from(Credential)) == counters.value(db, "users") == 1


# Changing


@pytest.mark.row("MT-23.11", "XC-09")
@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_only_what_is_sent_changes(program, alice, db, verb):
    path = f"/api/users/{alice.id}"
    answer = program.open(path, method=verb, json={"about_me": "한글😀"})
    assert answer.status_code == 200
    assert (answer.json["about_me"], answer.json["username"], answer.json["email"]) == ("한글😀", "alice", "alice@example.org")
    answer = program.open(path, method=verb, json={"username": "anna", "display_name": "", "language": "ko"})
    assert (answer.json["username"], answer.json["display_name"], answer.json["about_me"]) == ("anna", "", "한글😀")
    assert db.scalar(select(User.language)) == "ko"
    for nothing in ({"json": {}}, {}):
        assert program.open(path, method=verb, **nothing).json["username"] == "anna"


@pytest.mark.row("MT-23.11")
def test_ones_own_values_may_be_sent_back_and_a_password_is_passed_over(program, stranger, alice):
    own = {"username": "alice", "email": "alice@example.org", "about_me": "", "password": "a new password"}
    answer = program.put(f"/api/users/{alice.id}", json=own)
    assert answer.status_code == 200
    assert program.put(f"/api/users/{alice.id}", json={"password": [{"x": 1}]}).status_code == 200
    assert stranger.post("/api/tokens", auth=("alice", PASSWORD)).status_code == 200
    assert stranger.post("/api/tokens", auth=("alice", "a new password")).status_code == 401


@pytest.mark.row("MT-23.11")
def test_a_new_address_is_theirs_at_once_and_the_old_one_hears_of_it(program, alice, db):
    answer = program.put(f"/api/users/{alice.id}", json={"email": " ann@example.org "})
    assert (answer.status_code, answer.json["email"]) == (200, "ann@example.org")
    assert credentials.holder(db, "ANN@example.org").id == alice.id
    (job,) = db.execute(select(Job.name, Job.arguments)).all()
    assert (job.name, job.arguments["email"]) == ("jobs.addresses.tell", "alice@example.org")


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@example.org", " alice@example.org"])
def test_nobody_is_written_to_about_an_address_that_stays(program, alice, db, email):
    assert program.put(f"/api/users/{alice.id}", json={"email": email}).status_code == 200
    assert db.scalar(select(func.count()).select_from(Job)) == 0


@pytest.mark.row("MT-23.11", "MT-D09")
@pytest.mark.parametrize(("sent", "message"), [({"username": "BOB"}, NAME_TAKEN), ({"email": "Bob@example.org"}, EMAIL_TAKEN)])
def test_what_somebody_else_has_is_refused_and_nothing_changes(program, alice, bob, db, sent, message):
    answer = program.put(f"/api/users/{alice.id}", json={"about_me": "changed"} | sent)
    assert (answer.status_code, answer.json["message"]) == (400, message)
    assert list(answer.json["fields"]) == list(sent)
    person = users.profile_by_id(db, alice.id, reader_id=0)
    assert (person.username, person.about_me) == ("alice", "")
    assert credentials.addressee(db, alice.id).email == "alice@example.org"
    assert db.scalar(select(func.count()).select_from(Job)) == 0


@pytest.mark.row("MT-D09")
@pytest.mark.parametrize(("member", "value"), [("username", "anna"), ("email", "ann@example.org")])
def test_of_sixteen_who_want_the_same_at_once_one_gets_it(committing, at_once, member, value):
    people = []
    with committing.database.writing() as db:
        for number in range(16):
            name = f"person{number}"
            user_id = users.register(db, username=name, email=f"{name}@example.org", password="long enough")
            people.append((user_id, access_tokens.ask(db, keys(committing.config), user_id).token))
        db.commit()

    def change(number):
        user_id, token = people[number]
        sent = {"json": {member: value}, "headers": {"Authorization": f"Bearer {token}"}}
        return Program(committing).patch(f"/api/users/{user_id}", **sent)

    answers = at_once(change)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 15
    wanted = {"username": NAME_TAKEN, "email": EMAIL_TAKEN}[member]
    assert {answer.json["message"] for answer in answers if answer.status_code == 400} == {wanted}
    with committing.database.reading() as db:
        assert db.scalars(select(Job.name)).all() == (["jobs.addresses.tell"] if member == "email" else [])


@pytest.mark.row("MT-D07", "MT-D32")
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("username", ""), ("username", " "), ("username", "a/b"), ("username", "explore"), ("username", None), ("username", 7),
        ("email", ""), ("email", "x"), ("email", None), ("display_name", "x" * 101), ("about_me", "x" * 501), ("about_me", []),
        ("language", "tlh"), ("language", "x" * 13), ("post_count", 5), ("id", 1), ("is_admin", True),
    ],
)  # fmt: skip
def test_a_change_that_does_not_fit_changes_nothing(program, alice, db, member, value):
    answer = program.put(f"/api/users/{alice.id}", json={"about_me": "changed"} | {member: value})
    assert answer.status_code == 422, answer.text
    assert list(answer.json["fields"]) == [member]
    assert users.profile_by_id(db, alice.id, reader_id=0).about_me == ""


@pytest.mark.row("MT-23.12")
@pytest.mark.parametrize(
    "sent", [{"json": {"about_me": "mine now"}}, {"data": b"\xff", "content_type": "text/plain"}, {"json": [1]}, {}]
)
def test_nobody_changes_somebody_else_whatever_they_send(program, bob, db, sent):
    answer = program.put(f"/api/users/{bob.id}", **sent)
    assert (answer.status_code, answer.json["error"]) == (403, "Forbidden")
    assert answer.json["message"] == "You can only change what is said of yourself."
    assert program.put("/api/users/999999", **sent).status_code == 404
    assert users.profile_by_id(db, bob.id, reader_id=0).about_me == ""
