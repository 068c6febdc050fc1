"""Joining, and looking at somebody's profile."""

import pytest
from sqlalchemy import func, select

from microblog.core import follows, posts
from microblog.models import User

NEWCOMER = {"username": "susan", "email": "susan@example.org", "password": "long enough", "password2": "long enough"}


@pytest.mark.row("MT-05.10")
def test_whoever_registers_can_log_in(browser, db):
    answer = browser.send("/auth/register", **NEWCOMER)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/auth/login")
    assert browser.flashes("/auth/login") == ["Congratulations, you are now a registered user!"]
    assert browser.get("/").status_code == 302
    assert browser.send("/auth/login", username="susan", password="long enough").status_code == 303
    assert "Hi, susan!" in browser.get("/").text


@pytest.mark.row("MT-05.10")
def test_the_registration_has_its_fields_and_labels(browser):
    page = browser.get("/auth/register").text
    assert "<title>Register - Microblog</title>" in page
    for piece in ('name="username"', 'name="email"', 'name="password"', 'name="password2"', "Repeat Password", "Email"):
        assert piece in page


@pytest.mark.row("MT-05.11", "MT-03.4")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"username": ""}, "This field is required."),
        ({"email": "nonsense"}, "Please write an e-mail address, such as susan@example.org."),
        ({"password2": "different"}, "This must be the same as the password."),
        ({"username": "ALICE"}, "Please use a different username."),
        ({"email": "Alice@example.org"}, "Please use a different email address."),
        ({"password": "x", "password2": "x"}, "At least 8 characters, please."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_what_was_typed_stays(browser, alice, db, change, message):
    typed = NEWCOMER | change
    answer = browser.send("/auth/register", **typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{typed["username"]}"' in answer.text
    assert "long enough" not in answer.text
    assert db.scalar(select(func.count()).select_from(User)) == 1


def test_a_closed_site_takes_nobody(browser, having, db):
    token = browser.token()
    having(registration_open=False)
    assert "does not take new members" in browser.get("/auth/register").text
    assert browser.post("/auth/register", data=NEWCOMER | {"csrf_token": token}).status_code == 403
    assert db.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.row("MT-06.1", "MT-02.1", "MT-06.6", "MT-06.2")
def test_a_profile_shows_a_person_and_what_they_said(as_alice, bob, new_person, db):
    posts.publish(db, bob.id, "Bob was here", longest=300)
    db.commit()
    page = as_alice.get("/user/BOB").text
    assert "<title>Welcome to Microblog</title>" in page
    assert "User: bob" in page
    assert "Bob was here" in page
    assert "Last seen on:" in page
    assert 'class="profile-about"' not in page
    new_person("dora", about_me="<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in as_alice.get("/user/dora").text
    assert as_alice.get("/user/nobody").status_code == 404


@pytest.mark.row("MT-08.5")
def test_a_profile_offers_to_follow_or_to_stop(as_alice, alice, bob, db):
    page = as_alice.get("/user/bob").text
    assert "/microblog/follow/bob" in page
    assert "/microblog/unfollow/bob" not in page
    follows.follow(db, alice.id, "bob")
    db.commit()
    page = as_alice.get("/user/bob").text
    assert "/microblog/unfollow/bob" in page
    assert "/microblog/follow/bob" not in page
    own = as_alice.get("/user/alice").text
    assert "/microblog/follow/alice" not in own


@pytest.mark.row("MT-09.10", "MT-09.9")
def test_a_profile_is_paged_and_its_links_keep_the_name(as_alice, alice, having, db):
    having(posts_per_page=2)
    for number in range(5):
        posts.publish(db, alice.id, f"number {number}", longest=300)
    db.commit()
    page = as_alice.get("/user/alice").text
    assert "number 4" in page
    assert "number 2" not in page
    import re

    older = re.search(r'href="(/microblog/user/alice\?before=\d+)"', page)[1]
    assert "number 2" in as_alice.get(older).text


CHANGES = {"username": "anna", "display_name": "Anna", "about_me": "I write.", "language": ""}


@pytest.mark.row("MT-06.8", "MT-06.10", "MT-03.8")
def test_what_one_says_of_oneself_is_saved_and_a_new_name_counts_at_once(as_alice, new_browser, alice):
    answer = as_alice.send("/edit_profile", **CHANGES)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/edit_profile")
    page = as_alice.get("/edit_profile").text
    assert page.count("Your changes have been saved.") == 1
    for piece in ('value="anna"', 'value="Anna"', ">\nI write.</textarea>"):
        assert piece in page
    assert as_alice.get("/user/anna").status_code == 200
    assert as_alice.get("/user/alice").status_code == 404
    other = new_browser()
    assert other.send("/auth/login", username="alice", password="correct horse").status_code == 422
    assert other.send("/auth/login", username="anna", password="correct horse").status_code == 303


@pytest.mark.row("MT-06.8")
def test_the_form_has_its_labels_and_what_is_stored(as_alice):
    page = as_alice.get("/edit_profile").text
    assert "<title>Edit Profile - Microblog</title>" in page
    for piece in ("Username", "About me", "Submit", 'value="alice"', 'rows="4" cols="50"', "Alice Ånström"):
        assert piece in page


@pytest.mark.row("MT-06.8", "MT-07.9", "MT-D09")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"username": "BOB"}, "Please use a different username."),
        ({"username": ""}, "This field is required."),
        ({"about_me": "x" * 501}, "At most 500 characters, please."),
        ({"display_name": "x" * 101}, "At most 100 characters, please."),
        ({"language": "xx"}, "Please choose one of these languages."),
    ],
)
def test_changes_that_do_not_fit_are_refused_and_what_was_typed_stays(as_alice, bob, change, message):
    answer = as_alice.send("/edit_profile", **(CHANGES | change))
    assert answer.status_code == 422
    assert message in answer.text
    assert f">\n{(CHANGES | change)['about_me']}</textarea>" in answer.text
    assert as_alice.get("/user/alice").status_code == 200


@pytest.mark.row("MT-06.8")
def test_five_hundred_characters_fit_and_ones_own_name_may_stay(as_alice):
    assert as_alice.send("/edit_profile", username="alice", about_me="é" * 500).status_code == 303
    assert "é" * 500 in as_alice.get("/user/alice").text


@pytest.mark.row("MT-06.9")
def test_only_ones_own_profile_is_offered_for_editing(as_alice, bob):
    assert "Edit your profile" in as_alice.get("/user/alice").text
    assert "Edit your profile" not in as_alice.get("/user/bob").text


@pytest.mark.row("MT-13.1", "MT-13.2")
def test_ones_own_language_goes_before_the_browsers(as_alice):
    page = as_alice.get("/edit_profile").text
    for piece in ("As my browser says", ">English<", ">Español<", ">한국어<"):
        assert piece in page
    english = {"Accept-Language": "en"}
    as_alice.send("/edit_profile", **(CHANGES | {"language": "ko"}))
    assert as_alice.get("/", headers=english).headers["Content-Language"] == "ko"
    as_alice.send("/edit_profile", **(CHANGES | {"language": ""}))
    assert as_alice.get("/", headers=english).headers["Content-Language"] == "en"
    assert as_alice.get("/", headers={"Accept-Language": "es-MX"}).headers["Content-Language"] == "es"


def test_a_form_that_was_too_old_keeps_what_was_typed(as_alice):
    answer = as_alice.post("/edit_profile", data=CHANGES | {"csrf_token": "old"})
    assert answer.status_code == 400
    assert 'value="anna"' in answer.text
    assert as_alice.get("/user/alice").status_code == 200
