"""Who somebody is, as a piece of a page."""

import pytest

from microblog.core import follows


@pytest.mark.row("MT-20.1")
def test_it_is_a_piece_without_a_layout(as_alice, bob):
    page = as_alice.get("/user/BOB/popup")
    assert page.status_code == 200
    for piece in ("<html", "<nav", "<script", 'role="alert"'):
        assert piece not in page.text
    assert as_alice.get("/user/nobody/popup").status_code == 404


@pytest.mark.row("MT-20.1")
def test_strangers_see_nothing(browser, bob):
    assert browser.get("/user/bob/popup").status_code == 302


def test_it_costs_two_queries_and_leaves_sentences_for_the_next_page(as_alice, bob, counted):
    as_alice.press("/follow/bob")
    with counted() as statements:
        as_alice.get("/user/bob/popup")
    assert len(statements) == 2
    assert as_alice.flashes() == ["You are following bob!"]


@pytest.mark.row("MT-20.2", "MT-06.4")
def test_it_says_who_somebody_is_and_offers_to_follow(as_alice, alice, bob, new_person, db):
    new_person("dora", about_me="Painter & <poet>", display_name="Dora")
    follows.follow(db, bob.id, "dora")
    db.commit()
    page = as_alice.get("/user/dora/popup").text
    for piece in (
        'width="64" height="64"',
        'href="/microblog/user/dora"',
        "Dora",
        "Painter &amp; &lt;poet&gt;",
        "Last seen on:",
        'data-style="long" datetime="',
        "1 follower, 0 following.",
        'form="act"',
        'formaction="/microblog/follow/dora"',
    ):
        assert piece in page, piece
    follows.follow(db, alice.id, "dora")
    db.commit()
    page = as_alice.get("/user/dora/popup").text
    assert "2 followers" in page
    assert "/microblog/unfollow/dora" in page
    own = as_alice.get("/user/alice/popup").text
    assert "<button" not in own
    assert 'class="popup-about"' not in own


def test_every_name_of_an_author_says_where_its_popup_is(as_alice, bob, db):
    as_alice.send("/", post="hello")
    for page in ("/", "/explore", "/user/alice"):
        assert 'data-popup="/microblog/user/alice/popup"' in as_alice.get(page).text
