"""A forgotten password, from the request to the new one."""

import re

import pytest
from sqlalchemy import select

from microblog.faces.jobs import resets
from microblog.models import Job

SENT = "Check your email for the instructions to reset your password"


def ask(browser, email):
    return browser.send("/auth/reset_password_request", email=email)


@pytest.fixture
def link(browser, work, db, alice):
    """The path of the link in the letter that Alice gets."""
    ask(browser, alice.email)
    resets.send(work, **db.scalar(select(Job.arguments)))
    db.commit()
    (letter,) = work.post_office.letters
    return re.search(r"/auth/reset_password/[\w-]+", letter.get_body(("plain",)).get_content())[0]


@pytest.mark.row("MT-10.1", "MT-10.2")
def test_the_way_there_stands_on_the_login_page(browser):
    assert re.search(
        r"Forgot Your Password\?\s*<a[^>]*reset_password_request[^>]*>Click to Reset It", browser.get("/auth/login").text
    )
    page = browser.get("/auth/reset_password_request").text
    assert "<title>Reset Password - Microblog</title>" in page
    assert "Request Password Reset" in page
    assert browser.send("/auth/reset_password_request", email="nonsense").status_code == 422


@pytest.mark.row("MT-10.3", "MT-10.8")
def test_an_address_somebody_has_and_one_that_nobody_has_get_the_same_answer_for_the_same_work(browser, alice, counted):
    answers = []
    for email in (alice.email, "nobody@example.org"):
        token = browser.token("/auth/reset_password_request")
        with counted() as statements:
            answer = browser.post("/auth/reset_password_request", data={"csrf_token": token, "email": email})
        answers.append((answer.status_code, answer.headers["Location"], [statement.split()[0] for statement in statements]))
        assert browser.flashes("/auth/login") == [SENT]
    assert answers[0] == answers[1]
    assert answers[0][:2] == (303, "/microblog/auth/login")


@pytest.mark.row("MT-10.7", "MT-D10")
def test_the_link_leads_to_a_new_password_once(browser, link):
    assert "Reset Your Password" in browser.get(link).text
    short = browser.send(link, password="short", password2="short")
    assert short.status_code == 422
    answer = browser.send(link, password="a new password", password2="a new password")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/auth/login")
    assert browser.flashes("/auth/login") == ["Your password has been reset."]
    assert browser.get(link).headers["Location"] == "/microblog/"
    assert browser.send("/auth/login", username="alice", password="correct horse").status_code == 422
    assert browser.send("/auth/login", username="alice", password="a new password").status_code == 303


@pytest.mark.row("MT-10.4", "MT-10.7")
def test_a_link_that_was_altered_leads_home_in_silence(browser, link):
    for path in (link[:-1] + ("A" if link[-1] != "A" else "B"), "/auth/reset_password/x", "/auth/reset_password/%E2%98%83"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/microblog/")
        assert "Set-Cookie" not in answer.headers
        posted = browser.send(path, page="/auth/login", password="a new password", password2="a new password")
        assert (posted.status_code, posted.headers["Location"]) == (303, "/microblog/")
    assert browser.send("/auth/login", username="alice", password="correct horse").status_code == 303


@pytest.mark.row("MT-05.9")
def test_whoever_is_in_needs_no_reset(as_alice):
    for path in ("/auth/reset_password_request", "/auth/reset_password/x"):
        assert as_alice.get(path).headers["Location"] == "/microblog/"
