"""Joining."""

import pytest
from sqlalchemy import func, inspect, select

from microblog.models import Credential, User

from ...conftest import Person

EUNWOO = {"name": "송은우", "email": "eunwoo@example.org", "profile": "Likes boats.", "password": "pw"}


def count(db) -> int:
    return db.scalar(select(func.count()).select_from(User))


@pytest.mark.row("MN-02", "MN-D10")
def test_whoever_signs_up_gets_what_is_stored_and_no_password(stranger, db):
    answer = stranger.send("/sign-up", **EUNWOO)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    row = db.execute(select(User.id, User.display_name, User.about_me)).one()
    assert answer.json == {"id": row.id, "name": "송은우", "email": "eunwoo@example.org", "profile": "Likes boats."}
    assert type(answer.json["id"]) is int
    assert (row.display_name, row.about_me) == ("송은우", "Likes boats.")
    assert "pw" not in answer.text


@pytest.mark.row("MN-02", "MN-05")
def test_whoever_signed_up_logs_in_here_and_on_the_web(stranger, browser, logged_in):
    made = stranger.send("/sign-up", **EUNWOO | {"name": "Eun Woo"}).json
    person = Person(made["id"], "eun_woo", made["email"])
    assert logged_in(person, "pw").get("/timeline").json == {"user_id": made["id"], "timeline": []}
    answer = browser.send("/auth/login", username=person.username, password="pw")
    assert answer.status_code == 303
    assert "Eun Woo" in browser.get("/user/eun_woo").text


@pytest.mark.row("MN-04", "MN-18", "MN-D10")
def test_two_with_one_password_have_different_hashes_and_both_get_in(stranger, logged_in, db):
    people = [stranger.send("/sign-up", **EUNWOO | {"email": f"{name}@example.org"}).json for name in ("one", "two")]
    hashes = list(db.scalars(select(Credential.password_hash)))
    assert len(set(hashes)) == 2
    assert all(found.startswith("$argon2id$") for found in hashes)
    for one in people:
        person = Person(one["id"], "", one["email"])
        assert logged_in(person, EUNWOO["password"]).get("/timeline").json["user_id"] == one["id"]
    columns = {column["name"]: column["type"].python_type for column in inspect(db.connection()).get_columns("credentials")}
    assert columns["password_hash"] is str


@pytest.mark.row("MN-D16")
def test_a_password_counts_beyond_its_72nd_byte(stranger):
    long = "비밀번호" * 30
    assert stranger.send("/sign-up", **EUNWOO | {"password": long}).status_code == 200
    tried = {
        word: stranger.send("/login", email=EUNWOO["email"], password=word).status_code for word in (long, long[:24], long[:-1])
    }
    assert list(tried.values()) == [200, 401, 401]


@pytest.mark.row("MN-02")
def test_two_may_have_one_name_and_members_that_nobody_asked_for_are_overlooked(stranger, db):
    ids = set()
    for number in range(3):
        sent = EUNWOO | {"email": f"{number}@example.org", "id": 4711, "is_admin": True, "username": "root"}
        ids.add(stranger.send("/sign-up", **sent).json["id"])
    assert len(ids) == 3
    assert 4711 not in ids
    assert list(db.scalars(select(User.is_admin).distinct())) == [False]
    assert db.scalar(select(func.count(func.distinct(User.username))).where(User.username != "root")) == 3


@pytest.mark.row("MN-02")
def test_names_are_given_back_as_they_are_kept(stranger):
    sent = EUNWOO | {"name": "  Eun\n Woo ", "email": " Eunwoo@Example.org ", "profile": ""}
    answer = stranger.send("/sign-up", **sent)
    assert {name: answer.json[name] for name in ("name", "email", "profile")} == {
        "name": "Eun Woo",
        "email": "Eunwoo@Example.org",
        "profile": "",
    }


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize("email", [EUNWOO["email"], EUNWOO["email"].upper()])
def test_an_address_that_somebody_has_is_a_409_and_nobody_new(stranger, db, email):
    stranger.send("/sign-up", **EUNWOO)
    answer = stranger.send("/sign-up", **EUNWOO | {"email": email, "password": "another"})
    assert (answer.status_code, answer.mimetype) == (409, "application/json")
    assert answer.json == {"error": "email: Please use a different email address."}
    assert count(db) == 1
    assert stranger.send("/login", email=email, password="another").status_code == 401


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize("name", EUNWOO)
@pytest.mark.parametrize("value", [..., None, 5, ["x"], {"x": "y"}, True])
def test_each_member_must_be_there_and_be_a_string(stranger, db, name, value):
    sent = {key: word for key, word in (EUNWOO | {name: value}).items() if word is not ...}
    answer = stranger.send("/sign-up", **sent)
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert answer.json["error"] == f"{name}: This {'field is required' if value is ... else 'must be a string'}."
    assert count(db) == 0


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", ""),
        ("email", "eunwoo"),
        ("email", "@example.org"),
        ("email", "eunwoo@"),
        ("email", "a@b@c"),
        ("email", "a b@c"),
        ("email", "x" * 250 + "@y.kr"),
        ("password", ""),
        ("password", "x" * 1_025),
        ("name", ""),
        ("name", " \t"),
        ("name", "가" * 101),
        ("profile", "가" * 501),
    ],
)
def test_what_does_not_fit_is_a_400_that_names_the_member(stranger, db, name, value):
    answer = stranger.send("/sign-up", **EUNWOO | {name: value})
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert answer.json["error"].startswith(f"{name}: ")
    assert count(db) == 0


def test_everything_that_is_wrong_is_said_at_once(stranger):
    error = stranger.send("/sign-up", **EUNWOO | {"email": "eunwoo", "password": "", "profile": "x" * 501}).json["error"]
    assert [f"{name}: " in error for name in ("email", "password", "profile", "name")] == [True, True, True, False]


@pytest.mark.parametrize(("name", "most"), [("name", 100), ("profile", 500), ("password", 1_024)])
def test_what_just_fits_is_taken(stranger, name, most):
    assert stranger.send("/sign-up", **EUNWOO | {name: "가" * most}).status_code == 200


def test_short_passwords_are_for_the_operator_to_forbid(stranger, having, db):
    having(strict_passwords=True)
    answer = stranger.send("/sign-up", **EUNWOO | {"password": "1234567"})
    assert (answer.status_code, answer.json["error"].partition(":")[0]) == (400, "password")
    assert count(db) == 0
    assert stranger.send("/sign-up", **EUNWOO | {"password": "12345678"}).status_code == 200


def test_where_nobody_new_may_come_the_answer_is_a_403_whatever_is_sent(stranger, having, db):
    having(registration_open=False)
    for members in (EUNWOO, {}):
        answer = stranger.send("/sign-up", **members)
        assert (answer.status_code, answer.json) == (403, {"error": "Nobody new can join this site at the moment."})
    assert count(db) == 0
