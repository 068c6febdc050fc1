"""Hours as words tell any stretch of time exactly, and Postgres writes the same words as we do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Text, cast, func, select

from microblog.core import hours

HOURS = st.integers(0, 1_000_000)


@settings(max_examples=200, deadline=None)
@given(HOURS, st.integers(0, 20_000), HOURS)
def test_a_stretch_of_time_has_a_word_of_each_of_its_hours_and_of_no_other(first, length, other):
    told = set(hours.between(first, first + length))
    for hour in {first, first + length // 2, first + length - 1, first + length, max(first - 1, 0), other}:
        assert bool(told & set(hours.words(hour))) == (first <= hour < first + length)


@pytest.mark.parametrize(
    ("first", "last", "most"), [(0, 0, 0), (5, 5, 0), (7, 3, 0), (0, 4_096, 1), (1, 500_000, 170), (480_001, 499_999, 95)]
)
def test_a_stretch_of_time_is_told_by_few_words(first, last, most):
    assert len(hours.between(first, last)) <= most


def test_an_id_tells_its_hour(db):
    an_id = db.scalar(select(func.next_id()))
    assert hours.of_id(an_id) - hours.now() in (-1, 0)


def test_the_database_writes_the_same_words(db):
    before = hours.now()
    written = db.scalar(select(cast(hours.words_now(), Text)))
    assert sorted(written.replace("'", "").split()) in (sorted(hours.words(before)), sorted(hours.words(hours.now())))
