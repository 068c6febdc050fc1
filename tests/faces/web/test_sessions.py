"""Logging in and out."""

import re

import pytest

NEXTS_OUTSIDE = ["http://evil.test/", "//evil.test", "///evil.test", "/\\evil.test", "https:evil.test", "/microblog/../x", "/microblog\\x", "/elsewhere",
                 "/microblog//evil.test/%0d%0a", "javascript:alert(1)", "/microblogevil"]  # fmt: skip


@pytest.mark.row("MT-05.2", "MT-03.8")
def test_the_right_password_leads_home(browser, alice):
    answer = browser.log_in(alice)
    assert answer.headers["Location"] == "/microblog/"
    assert "Hi, Alice Ånström!" in browser.get("/").text


@pytest.mark.row("MT-05.3")
@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("nobody", "correct horse"), ("", "")])
def test_a_wrong_password_and_an_unknown_name_read_the_same(browser, alice, username, password):
    answer = browser.send("/auth/login", username=username, password=password)
    assert answer.status_code == 422
    assert "Invalid username or password" in answer.text
    assert f'value="{username}"' in answer.text
    assert password not in answer.text or not password
    assert browser.get("/").status_code == 302


@pytest.mark.row("MT-03.2", "MT-02.1", "MT-05.12")
def test_the_form_has_its_fields_and_labels(browser):
    page = browser.get("/auth/login").text
    assert "<title>Sign In - Microblog</title>" in page
    for piece in (
        'name="username"',
        'name="password"',
        'name="remember_me"',
        "Username",
        "Password",
        "Remember Me",
        "Sign In",
        "novalidate",
    ):
        assert piece in page
    assert re.search(r"New User\?\s*<a[^>]*>Click to Register!</a>", page)


def cookies_set(answer):
    return [cookie for cookie in answer.headers.getlist("Set-Cookie") if "_state" not in cookie]


@pytest.mark.row("MT-05.4", "MT-D39")
@pytest.mark.parametrize("remember", [True, False])
def test_the_session_cookie_stays_below_the_mount_and_lasts_when_asked_to(browser, alice, remember):
    (cookie,) = cookies_set(browser.log_in(alice, **({"remember_me": "y"} if remember else {})))
    assert cookie.startswith("mb_")
    for part in ("HttpOnly", "Path=/microblog/", "SameSite=Lax"):
        assert part in cookie
    assert ("Max-Age=31536000" in cookie) == remember


def test_logging_in_gives_a_new_session_each_time(new_browser, alice):
    first, second = new_browser(), new_browser()
    assert cookies_set(first.log_in(alice)) != cookies_set(second.log_in(alice))


@pytest.mark.row("MT-05.5")
def test_logging_out_ends_the_session_for_good(as_alice):
    jar = {cookie.key: cookie.value for cookie in as_alice._cookies.values()}
    answer = as_alice.press("/auth/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/")
    assert as_alice.get("/").status_code == 302
    for name, value in jar.items():
        as_alice.set_cookie(name, value, path="/microblog/")
    assert as_alice.get("/").status_code == 302


@pytest.mark.row("MT-D04")
def test_a_link_logs_nobody_out(as_alice):
    assert as_alice.get("/auth/logout").status_code == 405
    assert as_alice.get("/").status_code == 200


@pytest.mark.row("MT-05.6")
def test_the_bar_knows_who_is_there(browser, alice):
    bar = browser.get("/auth/login").text
    assert "Login" in bar
    assert "Logout" not in bar
    browser.log_in(alice)
    bar = browser.get("/").text
    assert "Profile" in bar
    assert "Logout" in bar


@pytest.mark.row("MT-05.7", "MT-03.6")
def test_a_stranger_is_sent_to_log_in_and_then_back_to_where_they_wanted(browser, alice):
    answer = browser.get("/explore?page=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/microblog/auth/login?next=/microblog/explore?page%3D2")
    page = browser.get(answer.headers["Location"])
    assert page.text.count("Please log in to access this page.") == 1
    assert "Please log in" not in browser.get("/auth/login").text
    action = re.search(r'<form[^>]*action="([^"]*auth/login[^"]*)"', page.text)[1]
    wrong = browser.send(action, page="/auth/login", username="alice", password="wrong")
    assert wrong.status_code == 422
    right = browser.send(action, page="/auth/login", username="alice", password="correct horse")
    assert right.headers["Location"] == "/microblog/explore?page=2"


@pytest.mark.row("MT-05.8", "MT-D03")
@pytest.mark.parametrize("wanted", NEXTS_OUTSIDE)
def test_nobody_is_sent_elsewhere_after_logging_in(browser, alice, wanted):
    answer = browser.post(
        "/auth/login",
        query_string={"next": wanted},
        data={"csrf_token": browser.token("/auth/login"), "username": "alice", "password": "correct horse"},
    )
    assert answer.headers["Location"] == "/microblog/"


@pytest.mark.row("MT-D02")
def test_the_way_back_outlives_a_detour_to_the_registration(browser, alice):
    browser.get(browser.get("/explore").headers["Location"])
    browser.get("/auth/register")
    assert browser.log_in(alice).headers["Location"] == "/microblog/explore"


@pytest.mark.row("MT-05.9")
@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
def test_whoever_is_in_needs_no_door(as_alice, path):
    assert as_alice.get(path).headers["Location"] == "/microblog/"


@pytest.mark.row("MT-05.13")
def test_the_session_of_somebody_deleted_is_a_strangers(as_alice, alice, db):
    from sqlalchemy import delete

    from microblog.models import User

    db.execute(delete(User).where(User.id == alice.id))
    db.commit()
    assert as_alice.get("/").status_code == 302


def test_two_cookies_that_differ_count_as_none(as_alice):
    name, value = next((cookie.key, cookie.value) for cookie in as_alice._cookies.values() if "_state" not in cookie.key)
    from werkzeug.test import Client

    bare = Client(as_alice.application, use_cookies=False)

    def status(header):
        return bare.get("/", base_url="http://localhost/microblog", headers={"Cookie": header}).status_code

    assert status(f"{name}={value}") == 200
    assert status(f'f="; {name}={value}; x="') == 200
    assert status(f"{name}={value}; {name}={value}") == 200
    assert status(f"{name}={value}; {name}=other") == 302
    assert status(f"{name}={value.swapcase()}") == 302


@pytest.mark.row("MT-D24", "MT-06.7")
def test_visiting_is_noted_once_a_minute(as_alice, alice, db, counted):
    from datetime import timedelta

    from sqlalchemy import update

    from microblog.models import Session, User

    with counted() as quiet:
        as_alice.get("/explore")
    db.execute(update(User).values(last_seen_at=User.last_seen_at - timedelta(minutes=2)))
    db.execute(update(Session).values(last_used_at=Session.last_used_at - timedelta(minutes=2)))
    db.commit()
    with counted() as noted:
        as_alice.get("/explore")
    assert [statement.split()[0] for statement in quiet] == ["SELECT", "SELECT"]
    assert [statement.split()[0] for statement in noted] == ["SELECT", "WITH", "SELECT"]


def test_one_sees_where_one_is_logged_in_and_ends_it_there(as_alice, new_browser, alice):
    phone = new_browser()
    phone.log_in(alice)
    page = as_alice.get("/sessions").text
    assert page.count('class="session"') == 2
    assert page.count("This one") == 1
    marks = re.findall(r'formaction="/microblog/sessions/([0-9a-f]{16})/delete"', page)
    assert len(marks) == 1
    answer = as_alice.press(f"/sessions/{marks[0]}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/sessions")
    assert phone.get("/").status_code == 302
    assert as_alice.get("/").status_code == 200


def test_one_ends_all_other_sessions_at_once_and_nobody_elses(as_alice, new_browser, alice, bob):
    others, bobs = [new_browser(), new_browser()], new_browser()
    for other in others:
        other.log_in(alice)
    bobs.log_in(bob)
    mark = re.search(r"/sessions/([0-9a-f]{16})/delete", as_alice.get("/sessions").text)[1]
    assert bobs.press(f"/sessions/{mark}/delete").status_code == 303
    assert all(other.get("/").status_code == 200 for other in others)
    as_alice.press("/sessions/others/delete")
    assert [browser.get("/").status_code for browser in (*others, as_alice, bobs)] == [302, 302, 200, 200]


def test_a_session_that_never_was_is_ended_without_a_fuss(as_alice):
    assert as_alice.press("/sessions/0123456789abcdef/delete").status_code == 303
    assert as_alice.press("/sessions/%F0%9F%98%80/delete").status_code == 303
    assert as_alice.press("/sessions/this/delete").headers["Location"] == "/microblog/"
    assert as_alice.get("/").status_code == 302
