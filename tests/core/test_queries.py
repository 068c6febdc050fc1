"""What is typed into the search box means something or nothing, and is never an error."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from microblog.core import queries
from microblog.core.queries import LATEST_ID, Term, parse


def first_id(*day: int) -> int:
    return int(datetime(*day, tzinfo=UTC).timestamp() * 1000) << 16


def test_words_and_phrases_are_wanted_or_not():
    wanted = parse('ferry "last boat" -storm -"high tide" “오늘 밤”')
    assert wanted.terms == (Term("ferry"), Term("last boat", exact=True), Term("오늘 밤", exact=True))
    assert wanted.without == (Term("storm"), Term("high tide", exact=True))
    assert not wanted.is_narrowed


def test_the_same_word_counts_once():
    assert parse("Ferry FERRY férry").terms == (Term("férry"),)


def test_filters_narrow_what_is_found():
    wanted = parse("from:@Marta lang:KO after:2026-11-03 before:2026-12 boats From:ji-woo")
    assert wanted.handles == ("marta", "ji-woo")
    assert wanted.languages == ("ko",)
    assert (wanted.since, wanted.until) == (first_id(2026, 11, 3), first_id(2026, 12, 1))
    assert wanted.terms == (Term("boats"),)
    assert wanted.is_narrowed


def test_of_several_dates_the_narrowest_counts():
    wanted = parse("after:2025 after:2026 before:2027/1/2 before:2030")
    assert (wanted.since, wanted.until) == (first_id(2026, 1, 1), first_id(2027, 1, 2))


@pytest.mark.parametrize("typed", ["after:soon", "before:2026-13-45", "from:한지우", "lang:123", "after:0000", "x:y", "from:"])
def test_a_filter_that_cannot_be_meant_is_looked_for_as_words(typed):
    wanted = parse(typed)
    assert wanted.terms == (Term(typed),)
    assert not wanted.is_narrowed


@pytest.mark.parametrize("typed", ["", "  ", "-", "!!!", '""', '"', "- -", "…", "-?!"])
def test_what_has_no_word_is_nothing(typed):
    assert parse(typed).is_nothing


@pytest.mark.parametrize("typed", ["before:9999-12-31", "after:9999", "after:1900 before:1969"])
def test_dates_far_away_still_are_ids(typed):
    wanted = parse(typed)
    assert 0 <= wanted.since <= LATEST_ID
    assert 0 <= wanted.until <= LATEST_ID


def test_a_very_long_query_is_cut():
    assert len(parse(" ".join(f"w{number}" for number in range(1_000))).terms) == queries.MOST_TERMS
    assert parse("x" * 100_000).terms == (Term("x" * queries.LONGEST),)


def test_places_are_those_of_all_terms():
    body = "The last ferry: 서울에서 Fähren"
    assert [body[start:end] for start, end in parse('ferries 울에 "the last" fahren -the').places(body)] == [
        "The last",
        "ferry",
        "울에",
        "Fähren",
    ]
    assert parse("from:marta").places(body) == []


def test_of_places_that_lie_over_one_another_it_is_the_first_and_the_longest():
    body = "the last ferry, 서울에서"
    for typed in ('last "last ferry" ferry 울에 서울', '서울 ferry 울에 "last ferry" last'):
        assert [body[start:end] for start, end in parse(typed).places(body)] == ["last ferry", "서울"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120) | st.text("ab -\"':&|!()<>*\\@#from:lang", max_size=40))
def test_junk_is_never_an_error(typed):
    wanted = parse(typed)
    wanted.places(typed)
    wanted.as_beginnings().places(typed)


@pytest.mark.parametrize("typed", ["a & b | !c", "'", "\\", "a:*", "((", "<->", "it's \"", "%s %(x)s", "'; DROP TABLE posts; --"])
def test_postgres_understands_what_becomes_of_its_own_signs(db, typed):
    for term in parse(typed).terms:
        db.scalar(text("SELECT CAST(:query AS tsquery)"), {"query": str(term)})
