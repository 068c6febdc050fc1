"""Cards: filled, they are what the template draws, for whatever post, reader and language."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microblog.app import Application
from microblog.core import polls, posts, votes
from microblog.faces.web.cards import Deck
from microblog.faces.web.gaps import complete

INSTANTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("%@\n&<>\"'{}\\ "), min_size=1, max_size=80)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True)


class Post(NamedTuple):
    """A row as timelines give it."""

    id: int
    author_id: int
    username: str
    display_name: str
    avatar_version: int
    mentions: tuple[str, ...]
    has_poll: bool
    body: str
    language: str
    created_at: datetime
    edited_at: Any


A_POST = Post(5, 7, "marta", "", 0, (), False, "nobody asks", "", datetime.now(UTC), None)
POSTS = st.builds(
    Post,
    id=st.integers(1, 2**63 - 1),
    author_id=st.integers(1, 2**31 - 1),
    username=NAMES,
    display_name=st.just("") | TEXTS,
    avatar_version=st.just(0) | st.integers(1, 2**31 - 1),
    mentions=st.just(()) | st.tuples(NAMES),
    has_poll=st.booleans(),
    body=TEXTS | st.sampled_from(["@marta look: https://example.org/a%20b?c=d&e", "100% %(name)s %s", "qzx Zq Nobody Zq"]),
    language=st.sampled_from(["", "en", "es", "ko", "fr", "zh-Hant", "qzx"]),
    created_at=INSTANTS,
    edited_at=st.none() | INSTANTS,
)


@pytest.fixture(scope="module")
def environments(shared_app):
    """What templates see in each language."""
    return shared_app.templates._environments


def deck(environment, reader_id: int, **fillings) -> Deck:
    return Deck(environment.globals["post_cards"], reader_id, fillings)


def dealt(deck: Deck, *arguments) -> str:
    """What stands in the gap that a page has for some posts."""
    return complete(deck(*arguments), deck.fillings).decode()


@pytest.mark.parametrize("code", ["en", "es", "ko"])
@given(post=POSTS, mine=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_card_is_what_its_template_draws(environments, code, post, mine):
    environment = environments[code]
    macros = environment.get_template("shared/post.html").module
    reader_id = post.author_id if mine else 0
    assert dealt(deck(environment, reader_id), [post, post], {}) == f"{macros.card(post, mine)}\n{macros.card(post, mine)}"
    assert environment.globals["post_upper"](post) == macros.upper(post)
    assert environment.globals["post_lower"](post, mine) == macros.lower(post, mine)


def test_what_was_looked_for_is_marked_on_a_card_and_on_no_other(environments):
    post, places = A_POST._replace(body="a word & another"), lambda text: [(2, 6)]
    cards = deck(environments["en"], 0)
    assert "a <mark>word</mark> &amp; another" in dealt(cards, [post], {}, places)
    assert "a word &amp; another" in dealt(cards, [post], {})


def test_a_post_that_asks_stands_among_the_others_with_the_token_of_its_page(environments, db, alice, bob):
    asked = polls.NewPoll(["yes", "no"], polls.SHORTEST_TIME)
    post_id = posts.publish(db, bob.id, "who asks?", longest=300, poll=asked)
    post = posts.one(db, post_id)
    seen = polls.of_posts(db, [post], alice.id)
    shown = dealt(deck(environments["en"], alice.id, csrf_token=lambda: "a token"), [A_POST, post, A_POST], seen)
    order = ["nobody asks", "who asks?", '<form class="poll"', 'name="csrf_token" value="a token"', "</form>", "nobody asks"]
    places = [shown.index(text, start) for text, start in zip(order, (0, 0, 0, 0, 0, shown.index("</form>")), strict=True)]
    assert places == sorted(places)
    assert shown.count("<form") == 1
    assert "<mark>who</mark> asks?" in dealt(deck(environments["en"], 0), [post], seen, lambda text: [(0, 3)])


def test_a_kept_poll_has_the_token_and_the_way_back_of_each_page_and_what_each_reader_may_see(environments, db, alice, bob):
    asked = polls.NewPoll(["yes", "no"], polls.SHORTEST_TIME)
    post = posts.one(db, posts.publish(db, bob.id, "who asks?", longest=300, poll=asked))

    def shown(reader, mark: str) -> str:
        fillings = {"csrf_token": lambda: f"token of {mark}", "here": lambda: f"/way/of/{mark}"}
        return dealt(deck(environments["en"], reader.id, **fillings), [post], polls.of_posts(db, [post], reader.id))

    for mark in ("one", "another"):
        card = shown(alice, mark)
        assert f'name="csrf_token" value="token of {mark}"' in card
        assert f'name="next" value="/way/of/{mark}"' in card
    votes.cast(db, alice.id, polls.of_posts(db, [post], alice.id)[post.id].id, [1])
    assert "<form" not in shown(alice, "one")
    assert "1 person has voted" in shown(alice, "one")
    assert "<form" in shown(bob, "one")
    assert "has voted" not in shown(bob, "one")


def test_pictures_at_gravatar_stand_on_cards_too(settings):
    app = Application(replace(settings, avatars="gravatar"))
    environment = app.templates._environments["en"]
    card = dealt(deck(environment, A_POST.author_id), [A_POST], {})
    assert "\x1a7\x1a?d=identicon&amp;s=70" in card
    assert card == environment.get_template("shared/post.html").module.card(A_POST, True)
