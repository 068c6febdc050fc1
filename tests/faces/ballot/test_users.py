"""Joining by the ballot."""

import pytest
from sqlalchemy import text

MISSHAPEN = "올바른 요청 형식이 아닙니다"


def people(db) -> int:
    return db.scalar(text("SELECT count(*) FROM users"))


@pytest.mark.row("VT-01", "VT-10")
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_who_signs_up_is_welcome_whatever_the_body_is_said_to_be(program, db, kind):
    body = '{"email": "susan@example.org", "name": "수잔", "password": "test1234"}'.encode()
    answer = program.post("/auth/signup", data=body, content_type=kind)
    assert (answer.status_code, answer.text) == (201, "성공적으로 생성되었습니다")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert people(db) == 1


@pytest.mark.row("VT-09", "VT-11", "VT-D2")
def test_the_name_is_kept_as_it_is_and_the_password_as_a_hash(program, db):
    program.sign_up()
    (row,) = db.execute(text("SELECT display_name, email, password_hash FROM users JOIN credentials ON user_id = id"))
    assert row[:2] == ("수잔", "susan@example.org")
    assert row.password_hash.startswith("$argon2id$")
    assert "test1234" not in str(db.execute(text("SELECT users::text, credentials::text FROM users, credentials")).all())


@pytest.mark.row("VT-01", "VT-D10")
@pytest.mark.parametrize("email", ["susan@example.org", "Susan@Example.ORG"])
def test_an_address_that_somebody_has_is_taken(program, db, email):
    program.sign_up()
    answer = program.sign_up(email=email, name="다른 사람")
    assert (answer.status_code, answer.text) == (403, "해당 유저에 대한 이메일이 이미 존재합니다")
    assert people(db) == 1


def test_two_may_have_one_name(program, db):
    assert program.sign_up(name="admin").status_code == 201
    assert program.sign_up(name="admin", email="other@example.org").status_code == 201
    assert people(db) == 2


@pytest.mark.row("VT-01", "VT-D9", "VT-D10")
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '"s"',
        "null",
        "1",
        "{}",
        '{"email": "a@b", "name": "x"}',
        '{"email": "a@b", "name": "x", "password": "p", "admin": true}',
        '{"email": "a@b", "name": 5, "password": "p"}',
        '{"email": "a@b", "name": null, "password": "p"}',
        '{"email": "a@b", "name": ["x"], "password": "p"}',
        '{"email": "a@b", "name": "", "password": "p"}',
        '{"email": "a@b", "name": " ", "password": "p"}',
        '{"email": "", "name": "x", "password": "p"}',
        '{"email": "a@b", "name": "x", "password": ""}',
        '{"email": "a", "name": "x", "password": "p"}',
        '{"email": "a@b@c", "name": "x", "password": "p"}',
        '{"email": "a@b", "email": "a@b", "name": "x", "password": "p"}',
        '{"email": "a@b", "name": "\\u0000", "password": "p"}',
        '{"email": "a@b", "name": "\\ud800", "password": "p"}',
        '{"email": "a@b", "name": NaN, "password": "p"}',
        b'{"email": "a@b", "name": "\xff", "password": "p"}',
        '{"email": "a@b", "name": "%s", "password": "p"}' % ("x" * 101),
        '{"email": "%s@b", "name": "x", "password": "p"}' % ("x" * 260),
        '{"email": "a@b", "name": "x", "password": "%s"}' % ("x" * 1_025),
        "[" * 2_000,
    ],
)
def test_a_body_of_another_shape_is_refused_and_nothing_is_stored(program, db, body):
    answer = program.post("/auth/signup", data=body, content_type="application/json")
    assert (answer.status_code, answer.text) == (400, MISSHAPEN)
    assert people(db) == 0


def test_any_password_will_do_unless_the_operator_is_strict(program, db, having):
    assert program.sign_up(password="1").status_code == 201
    having(strict_passwords=True)
    answer = program.sign_up(email="other@example.org", password="1234567")
    assert (answer.status_code, answer.text) == (400, MISSHAPEN)
    assert program.sign_up(email="other@example.org", password="12345678").status_code == 201
    assert people(db) == 2


def test_where_nobody_new_is_taken_nobody_is(program, db, having):
    having(registration_open=False)
    answer = program.sign_up()
    assert (answer.status_code, answer.text) == (403, "현재 회원가입을 받지 않습니다")
    assert people(db) == 0


def test_who_joined_here_is_somebody_everywhere(program, browser):
    program.sign_up(name="Susan")
    answer = browser.send("/auth/login", username="susan", password="test1234")
    assert answer.status_code == 303
