"""cuts: pages that are cut by unmistakable values, and nothing left behind in the database."""

import pytest

from microblog.bench import BenchError, cuts


@pytest.fixture(scope="module")
def made(town_site):
    return cuts.cut(town_site.app.config)


def test_nothing_of_it_stays_in_the_database(made, asked):
    assert asked("SELECT count(*) FROM users WHERE username LIKE 'zq%'") == [(0,)]
    assert asked("SELECT count(*) FROM posts WHERE body LIKE 'Zq%'") == [(0,)]
    assert asked("SELECT count(*) FROM users") == [(30,)]


def test_no_unmistakable_value_is_left_in_a_cut(made):
    values = [
        "Zq ",
        "zq_",
        "20000000",
        "90000000",
        "7654321",
        "8765432",
        "6543219",
        "700000",
        "2001-02-03",
        "Feb 3, 2001",
        "2002-03-04",
    ]
    for name, cut in made.items():
        if not name.endswith("_headers"):
            for text in cut.values():
                assert not any(value in text for value in values), (name, text[:200])


def test_a_card_has_a_gap_for_whatever_changes(made):
    assert made["cards"].keys() == {"other", "own", "foreign other", "foreign own"}
    for name, card in made["cards"].items():
        for gap in ("id", "author_id", "username", "name", "body", "instant", "moment", "language"):
            assert f"%({gap})s" in card or (gap == "language" and "foreign" not in name), (name, gap)
    assert "/delete" in made["cards"]["own"]
    assert "/delete" not in made["cards"]["other"]
    assert "/translation" in made["cards"]["foreign other"]
    assert "/translation" not in made["cards"]["other"]


def test_gaps_are_cut_the_longest_value_first_and_the_rest_is_safe_for_the_operator():
    text = cuts._with_gaps("100% of 12 and 123.", {"12": "short", "123": "long"})
    assert text == "100%% of %(short)s and %(long)s."
    assert text % {"short": 1, "long": 2} == "100% of 1 and 2."


def test_a_page_without_posts_is_said():
    with pytest.raises(BenchError, match="no posts on a page"):
        cuts._around("<p>Nothing</p>", {})


def test_a_page_that_does_not_come_is_said(town_site, monkeypatch):
    monkeypatch.setattr(cuts, "SECRET", "another\x00secret")
    with pytest.raises(BenchError, match="cannot be cut for the yardsticks: it answers"):
        cuts.cut(town_site.app.config)
