"""Pages of a list: each thing stands on one page, whichever way one walks, at one query a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, column, insert, select, table, text
from sqlalchemy.orm import Session

from microblog.framework.database import Database
from microblog.framework.pagination import MOST_PAGES, Cursor, Listing

NUMBERS = table("numbers", column("id"), column("kind"))
EVERY = Listing(lambda window: window.limit(select(NUMBERS.c.id), NUMBERS.c.id))
OF_A_KIND = Listing(lambda window: window.limit(select(NUMBERS.c.id).where(NUMBERS.c.kind == bindparam("kind")), NUMBERS.c.id))


@pytest.fixture(scope="module")
def numbers(database_url):
    """A list of whatever ids one asks for."""
    database = Database(database_url, connections=1)

    def make(*ids: int) -> Session:
        session = database.writing()
        session.execute(
            text("CREATE TEMPORARY TABLE IF NOT EXISTS numbers (id integer PRIMARY KEY, kind integer) ON COMMIT DROP")
        )
        if ids:
            session.execute(insert(NUMBERS), [{"id": number, "kind": number % 2} for number in ids])
        return session

    yield make
    database.close()


def ids(page) -> list[int]:
    return [item.id for item in page.items]


def cursor(parameters: dict[str, str]) -> Cursor:
    """The cursor that a link's query parameters stand for."""
    return Cursor(**{name: int(value) for name, value in parameters.items()})


def test_the_first_page_has_the_newest(numbers):
    with numbers(*range(1, 6)) as db:
        page = EVERY.page(db, Cursor(), 2)
    assert (ids(page), page.newer, page.older) == ([5, 4], None, {"before": "4"})


def test_the_last_page_leads_no_further(numbers):
    with numbers(*range(1, 6)) as db:
        page = EVERY.page(db, Cursor(before=2), 2)
    assert (ids(page), page.newer, page.older) == ([1], {"after": "1"}, None)


def test_a_full_last_page_leads_no_further_either(numbers):
    with numbers(1, 2) as db:
        page = EVERY.page(db, Cursor(), 2)
    assert (ids(page), page.newer, page.older) == ([2, 1], None, None)


def test_going_back_shows_the_page_next_to_where_one_was(numbers):
    with numbers(*range(1, 8)) as db:
        page = EVERY.page(db, Cursor(after=2), 2)
    assert (ids(page), page.newer, page.older) == ([4, 3], {"after": "4"}, {"before": "3"})


@given(st.sets(st.integers(1, 10**6), max_size=25), st.integers(1, 7))
def test_walking_to_the_end_and_back_meets_each_thing_once_in_order(numbers, stored, size):
    with numbers(*stored) as db:
        there, page = [], EVERY.page(db, Cursor(), size)
        there += ids(page)
        while page.older is not None:
            page = EVERY.page(db, cursor(page.older), size)
            there += ids(page)
        back = ids(page)
        while page.newer is not None:
            page = EVERY.page(db, cursor(page.newer), size)
            back = ids(page) + back
    assert there == back == sorted(stored, reverse=True)


@given(st.integers(0, 20), st.integers(1, 7))
def test_numbered_pages_are_the_same_pages(numbers, stored, size):
    with numbers(*range(1, stored + 1)) as db:
        found = [number for page in range(1, stored // size + 2) for number in ids(EVERY.page(db, Cursor(page=page), size))]
    assert found == list(range(stored, 0, -1))


@pytest.mark.row("MT-09.8", "MT-D21")
@pytest.mark.parametrize("page", [-1, 0, 999, 2**63])
def test_a_page_that_is_none_is_a_page_all_the_same(numbers, page):
    with numbers(1, 2, 3) as db:
        assert ids(EVERY.page(db, Cursor(page=page), 2)) == ([3, 2] if page < 1 else [])


def test_a_page_number_never_makes_the_database_walk_further_than_the_last_we_count(numbers):
    with numbers(*range(1, MOST_PAGES + 3)) as db:
        assert ids(EVERY.page(db, Cursor(page=10**9), 1)) == ids(EVERY.page(db, Cursor(page=MOST_PAGES), 1)) == [3]


@pytest.mark.parametrize(
    ("place", "newer", "older"), [(Cursor(before=1), {}, None), (Cursor(after=9), None, {}), (Cursor(page=9), {}, None)]
)
def test_from_beyond_either_end_the_way_back_is_the_first_page(numbers, place, newer, older):
    with numbers(1, 2) as db:
        page = EVERY.page(db, place, 2)
    assert (page.items, page.newer, page.older) == ([], newer, older)


def test_an_empty_list_has_no_neighbours(numbers):
    with numbers() as db:
        page = EVERY.page(db, Cursor(), 2)
    assert (page.items, page.newer, page.older) == ([], None, None)


def test_values_fill_the_lists_own_parameters(numbers):
    with numbers(*range(1, 8)) as db:
        assert ids(OF_A_KIND.page(db, Cursor(before=7), 2, kind=1)) == [5, 3]


@pytest.mark.row("MT-D20")
def test_a_new_thing_does_not_shift_the_pages_below(numbers):
    with numbers(*range(1, 6)) as db:
        first = EVERY.page(db, Cursor(), 2)
        db.execute(insert(NUMBERS), [{"id": 6, "kind": 0}])
        assert ids(EVERY.page(db, cursor(first.older), 2)) == [3, 2]
