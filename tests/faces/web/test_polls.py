"""Polls wherever posts stand, and those that stand alone."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from microblog.core import follows, moderation, polls, votes
from microblog.models import Poll


def words(page: str, poll_id: int) -> str:
    """What the page says in a poll, on one line, with what its fields hold."""
    found = re.search(rf'<(form|div) class="poll" id="poll{poll_id}".*?</\1>', page, re.DOTALL)
    assert found, "there is no such poll"
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[0])).split())


@pytest.fixture
def standing(db):
    """The id of the instance's standing ballot, which has no post."""
    return db.scalar(select(Poll.id).where(Poll.is_standing))


def test_a_poll_stands_below_its_post_wherever_that_stands(as_alice, alice, bob, ask, db):
    asked = ask(bob, "Rye", "Wheat", body="which bread")
    follows.follow(db, alice.id, "bob")
    db.commit()
    for path in ("/", "/explore", "/user/bob", f"/post/{asked.post_id}", f"/post/{asked.post_id}/translation", "/search?q=bread"):
        page = as_alice.get(path).text
        assert words(page, asked.id).startswith("Choose one Rye Wheat Vote Closes"), path
        article = re.search(rf'<article class="post" id="post{asked.post_id}">.*?</article>', page, re.DOTALL)
        assert f'id="poll{asked.id}"' in article[0], path


def test_one_chooses_by_radio_buttons_or_by_check_boxes(as_alice, alice, ask):
    one, several = ask(alice, "a", "b"), ask(alice, "a", "b", takes_several=True)
    page = as_alice.get("/").text
    assert page.count('type="radio" name="choice"') == 2
    assert [f'type="checkbox" name="choice{n}" value="{n}"' in page for n in (1, 2, 3)] == [True, True, False]
    assert words(page, one.id).startswith("Choose one a b")
    assert words(page, several.id).startswith("Choose one or several a b")


def test_nothing_tells_the_results_before_one_has_voted(as_alice, bob, charlie, new_person, ask, db):
    asked = ask(bob)
    silent = as_alice.get("/explore").text
    for voter in (bob, charlie, new_person("dora")):
        votes.cast(db, voter.id, asked.id, [2])
    db.commit()

    def without_token(page):
        return re.sub(r'name="csrf_token" value="[^"]*"', "", page)

    assert without_token(as_alice.get("/explore").text) == without_token(silent)
    assert "<progress" not in silent


def test_whoever_has_voted_sees_the_results_and_their_own_choice(as_alice, alice, bob, charlie, ask, db):
    asked = ask(bob)
    for voter, choice in ((alice, 2), (bob, 2), (charlie, 1)):
        votes.cast(db, voter.id, asked.id, [choice])
    db.commit()
    page = as_alice.get("/explore").text
    assert words(page, asked.id).startswith(
        "Rye 33% 1 vote Wheat Your choice 67% 2 votes Oats 0% 0 votes 3 people have voted. Closes"
    )
    assert re.findall(r'<progress class="result-bar" max="100" value="(\d+)" aria-hidden="true">', page) == ["33", "67", "0"]
    assert f'action="/microblog/poll/{asked.id}/votes"' not in page


def test_of_several_answers_each_is_counted_and_people_are_counted_once(as_alice, alice, bob, ask, db):
    asked = ask(bob, "a", "b", "c", takes_several=True)
    votes.cast(db, alice.id, asked.id, [1, 3])
    votes.cast(db, bob.id, asked.id, [1])
    db.commit()
    said = words(as_alice.get("/explore").text, asked.id)
    assert said.startswith("a Your choice 100% 2 votes b 0% 0 votes c Your choice 50% 1 vote 2 people have voted.")
    assert "People could choose several." in said


def test_a_closed_poll_shows_everybody_what_has_come_of_it(as_alice, bob, charlie, ask, db):
    asked, unheard = ask(bob), ask(bob)
    votes.cast(db, charlie.id, asked.id, [1])
    for poll in (asked, unheard):
        polls.close(db, poll.id)
    db.commit()
    page = as_alice.get("/explore").text
    assert words(page, asked.id).startswith("Rye 100% 1 vote Wheat 0% 0 votes Oats 0% 0 votes 1 person has voted. Closed")
    assert "Nobody has voted. Closed" in words(page, unheard.id)
    assert "Your choice" not in page
    assert "/votes" not in page


@pytest.mark.row("MT-02.4")
def test_choices_are_text_and_never_markup(as_alice, alice, bob, ask, db):
    hostile = '<script>alert(1)</script>"><b>'
    asked = ask(bob, hostile, "&amp; {{ 7*7 }}")
    for _ in range(2):
        page = as_alice.get("/explore").text
        assert "<script>alert" not in page
        assert hostile in words(page, asked.id)
        assert "&amp; {{ 7*7 }}" in words(page, asked.id)
        if "Your choice" not in page:
            votes.cast(db, alice.id, asked.id, [1])
            db.commit()


def test_each_reader_sees_it_as_they_may_though_the_card_is_kept(as_alice, bob, ask, new_browser):
    asked, other = ask(bob), new_browser()
    other.log_in(bob)
    for browser in (as_alice, other):
        assert "Choose one" in words(browser.get("/explore").text, asked.id)
    other.press(f"/poll/{asked.id}/votes", choice="3")
    assert "Oats Your choice 100%" in words(other.get("/explore").text, asked.id)
    assert "Choose one" in words(as_alice.get("/explore").text, asked.id)


def test_the_poll_of_a_post_is_shown_with_it(as_alice, bob, ask):
    asked = ask(bob)
    answer = as_alice.get(f"/poll/{asked.id}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/microblog/post/{asked.post_id}")


def test_a_poll_without_a_post_has_a_page_of_its_own(as_alice, standing):
    page = as_alice.get(f"/poll/{standing}").text
    assert "<title>Poll - Microblog</title>" in page
    assert "Who shall it be?" in page
    assert words(page, standing).startswith("Choose one 정시원 고은 유현우")
    assert words(page, standing).endswith("황*나 Vote")
    as_alice.press(f"/poll/{standing}/votes", choice="2")
    said = words(as_alice.get(f"/poll/{standing}").text, standing)
    assert "고은 Your choice 100% 1 vote" in said
    assert said.endswith("1 person has voted.")


def test_a_poll_that_is_gone_or_of_somebody_suspended_is_not_found(as_alice, bob, ask, db):
    asked = ask(bob)
    assert as_alice.get(f"/poll/{asked.id + 1}").status_code == 404
    moderation.suspend(db, bob.username)
    db.commit()
    assert f"poll{asked.id}" not in as_alice.get("/explore").text
    for path in (f"/poll/{asked.id}", f"/post/{asked.post_id}"):
        assert as_alice.get(path).status_code == 404
    assert "This poll does not exist any more." in as_alice.get(f"/poll/{asked.id}").text


def test_with_its_post_a_poll_goes(as_alice, alice, ask, db):
    asked = ask(alice)
    as_alice.press(f"/post/{asked.post_id}/delete")
    assert as_alice.get(f"/poll/{asked.id}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/explore", "/user/bob", "/search?q=which"])
def test_polls_cost_a_page_one_query_more_however_many_there_are(as_alice, alice, bob, ask, db, counted, path):
    follows.follow(db, alice.id, "bob")
    ask(bob)
    with counted() as one:
        assert as_alice.get(path).status_code == 200
    for number in range(8):
        ask(bob, *"abcdef"[: 2 + number % 5], takes_several=bool(number % 2))
    with counted() as many:
        assert as_alice.get(path).text.count('class="poll"') == 9
    assert len(one) == len(many)
    assert sum("FROM polls" in statement for statement in many) == 1
