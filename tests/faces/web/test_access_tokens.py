"""What programs hold: seen, made for a password and shown once, revoked."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, update

from microblog.core import access_tokens
from microblog.faces.access_tokens import keys
from microblog.faces.web.door import LIMITS
from microblog.models import AccessToken

PAGE = "/account/tokens"


def make(browser, label="My phone", **fields):
    return browser.send(PAGE, **{"label": label, "lives": "30"} | fields)


def shown(answer) -> str:
    """The token that a page shows."""
    found = re.search(r'<input id="token" value="([^"]+)" readonly', answer.text)
    assert found, "this page shows no token"
    return unescape(found[1])


def held(db):
    return db.scalar(select(func.count()).select_from(AccessToken))


def names(page: str) -> list[str]:
    return [unescape(re.sub(r"<[^>]*>", "", name)) for name in re.findall(r'<p class="session-name"[^>]*>(.*?)</p>', page)]


def may_come_in(browser, token) -> bool:
    answer = browser.get("/api/notifications", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


@pytest.mark.row("MT-D34")
def test_a_token_is_shown_once_and_lets_a_program_in(as_alice, new_browser, db):
    page = as_alice.get(PAGE).text
    assert "<title>Programs - Microblog</title>" in page
    assert "No program can come in as you." in page
    assert re.search(r'<option value="30" selected>\s*30 days', page)
    answer = make(as_alice, "My <phone>")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    token = shown(answer)
    assert names(answer.text) == ["My <phone>"]
    assert may_come_in(new_browser(), token)
    page = as_alice.get(PAGE).text
    assert names(page) == ["My <phone>"]
    assert token not in page
    assert 'id="token"' not in page
    row = db.execute(select(AccessToken.__table__)).one()
    assert token not in repr(row)
    assert row.digest == access_tokens.digest(token)
    assert row.expires_at - row.created_at == timedelta(days=30)


@pytest.mark.row("MT-D34")
def test_there_may_be_several_and_each_is_revoked_alone(as_alice, new_browser, db):
    program = new_browser()
    first, second = (shown(make(as_alice, label)) for label in ("phone", "watch"))
    token_id = db.scalar(select(AccessToken.id).where(AccessToken.label == "phone"))
    assert f'formaction="/microblog/account/tokens/{token_id}/delete"' in as_alice.get(PAGE).text
    answer = as_alice.press(f"{PAGE}/{token_id}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/account/tokens")
    assert as_alice.flashes() == ["The program is logged out."]
    assert [may_come_in(program, token) for token in (first, second)] == [False, True]
    assert names(as_alice.get(PAGE).text) == ["watch"]
    as_alice.press(f"{PAGE}/{token_id}/delete")
    assert as_alice.flashes() == ["This token is not there any more."]


@pytest.mark.row("MT-D34")
def test_all_are_revoked_at_once_and_one_stays_logged_in(as_alice, new_browser, alice, bob, db):
    token = shown(make(as_alice))
    access_tokens.issue(db, alice.id, "miniter", timedelta(hours=1))
    access_tokens.issue(db, bob.id, "ballot", timedelta(hours=1))
    db.commit()
    assert as_alice.press(f"{PAGE}/delete").status_code == 303
    assert as_alice.flashes() == ["All programs are logged out."]
    assert not may_come_in(new_browser(), token)
    assert db.scalars(select(AccessToken.user_id)).all() == [bob.id]


def test_sent_again_the_form_makes_no_second_token(as_alice, db):
    fields = {"csrf_token": as_alice.token(PAGE), "label": "My phone", "lives": "7"}
    token = shown(as_alice.post(PAGE, data=fields))
    again = as_alice.post(PAGE, data=fields)
    assert again.status_code == 422
    assert "You have a token of this name already." in again.text
    assert token not in again.text
    assert held(db) == 1


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_one_chooses_how_long_it_is_good_for(as_alice, db, days):
    shown(make(as_alice, lives=str(days)))
    assert db.scalar(select(AccessToken.expires_at - AccessToken.created_at)) == timedelta(days=days)


@pytest.mark.parametrize("lives", ["", "0", "-7", "8", "36500", "9" * 30, "for ever"])
def test_no_other_life_can_be_had(as_alice, db, lives):
    shown(make(as_alice, lives=lives))
    assert db.scalar(select(AccessToken.expires_at - AccessToken.created_at)) == timedelta(days=30)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": " \t"}, "This field is required."),
        ({"label": "x" * 101}, "At most 100 characters, please."),
    ],
)
def test_what_does_not_fit_makes_no_token(as_alice, db, fields, message):
    answer = make(as_alice, lives="90", **fields)
    assert answer.status_code == 422
    assert message in answer.text
    assert f'name="label" type="text" value="{fields.get("label", "My phone")}"' in answer.text
    assert re.search(r'<option value="90" selected>', answer.text)
    assert 'id="token"' not in answer.text
    assert held(db) == 0


def test_one_too_many_is_refused_and_not_kept(as_alice, alice, app, db):
    key = keys(app.config)[0]
    for number in range(access_tokens.MOST_OF_ONE_PERSON):
        access_tokens.create(db, key, alice.id, label=f"n{number}", lives=timedelta(days=7))
    db.commit()
    answer = make(as_alice)
    assert answer.status_code == 422
    assert "You have a hundred tokens." in answer.text
    assert held(db) == access_tokens.MOST_OF_ONE_PERSON


def test_the_logins_of_other_programs_stand_there_by_name(as_alice, alice, bob, db):
    for face in ("miniter", "ballot", "tokenauth"):
        access_tokens.issue(db, alice.id, face, timedelta(hours=24))
    over = access_tokens.issue(db, alice.id, "miniter", timedelta(hours=24))
    db.execute(update(AccessToken).where(AccessToken.id == over.id).values(expires_at=func.now()))
    access_tokens.ask(db, [b"k" * 32], alice.id)
    access_tokens.issue(db, bob.id, "miniter", timedelta(hours=24))
    db.commit()
    page = as_alice.get(PAGE).text
    assert names(page) == ["A token without a name", "Login by Tokenauth", "Login by Ballot", "Login by Miniter"]
    assert page.count("Never used") == 4
    db.execute(update(AccessToken).values(last_used_at=func.now()))
    db.commit()
    assert "Never used" not in as_alice.get(PAGE).text


def test_nobody_revokes_what_anothers_programs_hold(as_alice, bob, db):
    theirs = access_tokens.issue(db, bob.id, "miniter", timedelta(hours=24))
    db.commit()
    as_alice.press(f"{PAGE}/{theirs.id}/delete")
    assert as_alice.flashes() == ["This token is not there any more."]
    as_alice.press(f"{PAGE}/delete")
    assert held(db) == 1


def test_a_form_that_is_too_old_makes_none(as_alice, db):
    answer = as_alice.post(PAGE, data={"csrf_token": "old", "label": "My phone", "lives": "365"})
    assert answer.status_code == 400
    assert 'value="My phone"' in answer.text
    assert held(db) == 0


def test_nobody_tries_here_without_end(as_alice, having):
    having(rate_limits=True)
    fields = {"csrf_token": as_alice.token(PAGE), "label": "x"}
    statuses = [as_alice.post(PAGE, data=fields).status_code for _ in range(LIMITS["password"].times + 1)]
    assert statuses == [200] + [422] * (LIMITS["password"].times - 1) + [
        429
    ]  # the first makes one, the others find its name taken


def test_the_page_is_one_of_those_about_oneself(as_alice):
    assert 'href="/microblog/account/tokens"' in as_alice.get("/edit_profile").text
    page = as_alice.get(PAGE).text
    assert '<a href="/microblog/account/tokens" aria-current="page">Programs</a>' in page
    assert 'href="/microblog/api/docs"' in page
