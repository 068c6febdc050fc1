"""Publishing, looking at, and deleting posts."""

import re

import pytest
from sqlalchemy import func, select

from microblog.core import posts
from microblog.models import Post


def stored(db):
    return list(db.scalars(select(Post.body).order_by(Post.id)))


@pytest.mark.row("MT-09.1", "MT-09.2", "XC-09")
def test_what_one_says_is_live_once(as_alice, db):
    answer = as_alice.send("/", post="한글😀 hello")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/")
    page = as_alice.get("/").text
    assert page.count("Your post is now live!") == 1
    assert "한글😀 hello" in page
    assert "Your post is now live!" not in as_alice.get("/").text
    assert stored(db) == ["한글😀 hello"]


@pytest.mark.row("MT-09.1")
@pytest.mark.parametrize(
    ("said", "message"),
    [("", "This field is required."), ("  \n ", "This field is required."), ("x" * 301, "At most 300 characters, please.")],
)
def test_what_does_not_fit_is_refused_and_stays_in_the_form(as_alice, db, said, message):
    answer = as_alice.send("/", post=said)
    assert answer.status_code == 422
    assert message in answer.text
    assert said.strip() in answer.text
    assert stored(db) == []


def test_three_hundred_characters_of_any_script_fit(as_alice, db):
    assert as_alice.send("/", post="한" * 299 + "😀").status_code == 303
    assert len(stored(db)[0]) == 300


def test_the_same_form_sent_twice_says_it_once(as_alice, db):
    page = as_alice.get("/").text
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf_token", "nonce")}
    for _ in range(2):
        assert as_alice.post("/", data=fields | {"post": "double click"}).status_code == 303
    assert stored(db) == ["double click"]


@pytest.mark.row("MT-02.4")
def test_what_people_write_is_text_and_never_markup(as_alice, db):
    as_alice.send("/", post='<script>alert(1)</script> & "quotes" https://example.org/?a=1&b=<i> javascript:alert(2)')
    for path in ("/", "/explore", "/user/alice"):
        page = as_alice.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert 'href="javascript' not in page
        assert 'href="https://example.org/?a=1&amp;b="' in page


def test_a_post_has_a_page_of_its_own(as_alice, alice, db):
    post_id = posts.publish(db, alice.id, "by itself", longest=300)
    db.commit()
    assert "by itself" in as_alice.get(f"/post/{post_id}").text
    assert as_alice.get(f"/post/{post_id + 1}").status_code == 404
    assert "does not exist any more" in as_alice.get(f"/post/{post_id + 1}").text


def test_ones_own_post_can_be_deleted(as_alice, alice, db):
    post_id = posts.publish(db, alice.id, "hasty", longest=300)
    db.commit()
    assert f"/microblog/post/{post_id}/delete" in as_alice.get("/").text
    answer = as_alice.press(f"/post/{post_id}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/user/alice")
    assert as_alice.flashes() == ["Your post has been deleted."]
    assert stored(db) == []
    assert as_alice.press(f"/post/{post_id}/delete").status_code == 404


def test_nobody_deletes_what_another_said(as_alice, bob, db):
    post_id = posts.publish(db, bob.id, "mine", longest=300)
    db.commit()
    assert f"/microblog/post/{post_id}/delete" not in as_alice.get("/explore").text
    assert as_alice.press(f"/post/{post_id}/delete").status_code == 403
    assert stored(db) == ["mine"]


@pytest.mark.row("MN-21")
def test_strangers_say_and_read_nothing(browser, alice, db):
    post_id = posts.publish(db, alice.id, "for people who are in", longest=300)
    db.commit()
    token = browser.token()
    assert browser.get(f"/post/{post_id}").status_code == 302
    assert browser.post("/", data={"csrf_token": token, "post": "hello"}).headers["Location"] == "/microblog/auth/login"
    assert browser.post(f"/post/{post_id}/delete", data={"csrf_token": token}).status_code == 303
    assert db.scalar(select(func.count()).select_from(Post)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"post=%00",
        b"post=%ff",
        b"post=\xff",
        b"post=%ED%A0%80",
        b"post=a%1bb",
        b"post=%EF%BF%BF",
        b"&".join(b"a%d=1" % n for n in range(500)),
    ],
)
def test_bytes_that_are_no_text_are_a_400_and_nothing_is_stored(as_alice, db, raw):
    token = as_alice.token("/").encode()
    answer = as_alice.post("/", data=b"csrf_token=" + token + b"&" + raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert stored(db) == []


def test_a_form_in_parts_is_a_form_too(as_alice, db):
    data = {"csrf_token": as_alice.token("/"), "post": "in parts 한글"}
    assert as_alice.post("/", data=data, content_type="multipart/form-data").status_code == 303
    assert stored(db) == ["in parts 한글"]
