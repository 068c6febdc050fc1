"""A profile tells where a page's time goes: what it asks, what that costs, and how far it is from its limit."""

from contextlib import closing

import pytest

from microblog.bench import BenchError, planting, profile
from microblog.bench.deeds import DEEDS
from microblog.bench.ground import Ground, dsn_of


@pytest.fixture(scope="module")
def planted(new_database, small_town):
    url = new_database()
    planting.plant(dsn_of(url), small_town)
    return url


@pytest.fixture
def ground(planted, small_town):
    """A town of this module's own, for a profile logs people in."""
    yield Ground(planted, small_town, 0.0, False, "", None, can_copy=False)
    with closing(planting.connect(dsn_of(planted))) as connection:
        connection.cursor().execute("TRUNCATE sessions, access_tokens")


@pytest.fixture
def few(monkeypatch):
    for name in ("LISTENED", "PROFILED", "ROUNDS"):
        monkeypatch.setattr(profile, name, 2)


@pytest.mark.parametrize("page", profile.PAGES)
def test_every_page_can_be_looked_at(ground, few, page):
    found = profile.profile(page, ground, ground.url, requests=8)
    has_limit = page in ("home", "public", "profile", "post", "signals", "json", "followers")
    assert (found.limit is not None) == has_limit
    assert (found.cost.size > 0) == (page not in ("publish", "follow")), "who has sent a form is sent on without a page"
    assert found.cost.middle >= found.cost.least > 0
    assert 0 <= found.template <= found.cost.elapsed * 20
    assert (found.template > 0) == (page not in ("post", "signals", "json", "followers", *DEEDS)), "a post's was drawn before"
    reader = "access_tokens" if page in ("json", "followers", "api_publish", "vote") else "sessions"
    assert reader in found.statements[0].words
    assert found.statements[0].times == 1.0
    assert found.statements[0].buffers > 0
    said = profile.text(found)
    assert "microblog/" in said
    assert ("its limit" in said) == has_limit


def test_an_answer_that_is_not_good_is_no_profile():
    with pytest.raises(BenchError, match="/x answers 404"):
        profile.answer(lambda environ, start: start("404 NOT FOUND", []) or [b""], {"PATH_INFO": "/x"})
