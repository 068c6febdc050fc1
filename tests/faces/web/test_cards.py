"""Cards: filled, they are what the template draws, for whatever post, reader and language."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microblog.app import Application

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


@pytest.mark.parametrize("code", ["en", "es", "ko"])
@given(post=POSTS, mine=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_card_is_what_its_template_draws(environments, code, post, mine):
    environment = environments[code]
    macros = environment.get_template("shared/post.html").module
    assert (
        environment.globals["post_cards"]([post, post], post.author_id if mine else 0)
        == f"{macros.card(post, mine)}\n{macros.card(post, mine)}"
    )
    assert environment.globals["post_upper"](post) == macros.upper(post)
    assert environment.globals["post_lower"](post, mine) == macros.lower(post, mine)


def test_pictures_at_gravatar_stand_on_cards_too(settings):
    app = Application(replace(settings, avatars="gravatar"))
    environment = app.templates._environments["en"]
    post = Post(
        id=5,
        author_id=7,
        username="marta",
        display_name="",
        avatar_version=0,
        mentions=(),
        has_poll=False,
        body="a",
        language="",
        created_at=datetime.now(UTC),
        edited_at=None,
    )
    card = environment.globals["post_cards"]([post], 7)
    assert "\x1a7\x1a?d=identicon&amp;s=70" in card
    assert card == environment.get_template("shared/post.html").module.card(post, True)
