"""What is said can be found: the best first, and at once."""

import pytest
from sqlalchemy import func, insert, update
from sqlalchemy.exc import IntegrityError

from microblog.core import posts, search, users
from microblog.core.queries import parse
from microblog.models import Post, User

POSTGRES, ABSENT = search.ENGINES["postgres"], search.ENGINES["off"]


@pytest.fixture
def say(db, alice):
    """Alice says something, or somebody else."""
    return lambda body, author=alice: posts.publish(db, author.id, body, longest=300)


@pytest.fixture
def found(db):
    """The texts that are found, in their order."""

    def find(typed: str, *, number: int = 1, size: int = 25) -> list[str]:
        return [row.body for row in posts.found(db, POSTGRES, parse(typed), number=number, size=size).items]

    return find


# What is found.


@pytest.mark.row("MT-16.4", "MT-16.5")
def test_any_word_matches_and_more_matches_come_first(say, found):
    say("this test is the best")
    say("only a test")
    say("nothing of the kind")
    say("this one only")
    assert found("this test") == ["this test is the best", "this one only", "only a test"]


def test_of_equally_good_ones_the_newest_comes_first(say, found):
    for body in ("one two three", "two three", "three one", "one", "two one three"):
        say(body)
    assert found("one two three") == ["two one three", "one two three", "three one", "two three", "one"]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ('"last ferry"', ["the last ferry"]),
        ("ferry -last", ["ferries, ferries"]),
        ('ferry -"last ferry"', ["ferries, ferries", "a ferry at last light"]),
        ("ferry", ["ferries, ferries", "a ferry at last light", "the last ferry"]),
        ("울에", ["오늘 서울에서"]),
        ("-ferry", ["오늘 서울에서"]),
        ("'; DROP TABLE posts; --", []),
        ("!!!", []),
        ("", []),
    ],
)
def test_the_language_of_queries_is_understood(say, found, typed, wanted):
    for body in ("the last ferry", "a ferry at last light", "ferries, ferries", "오늘 서울에서"):
        say(body)
    assert found(typed) == wanted


def test_a_search_can_be_narrowed_to_people_languages_and_days(db, say, found, alice, bob, charlie):
    say("the boat in the harbour is old and so am I")
    say("el barco viejo del puerto y yo", bob)
    say("오늘 boat 항구에서 배를 봤어요", bob)
    assert found("from:alice") == ["the boat in the harbour is old and so am I"]
    assert found("boat from:@BOB") == ["오늘 boat 항구에서 배를 봤어요"]
    assert len(found("from:alice from:bob")) == 3
    assert found("boat lang:ko") == found("lang:ko") == ["오늘 boat 항구에서 배를 봤어요"]
    assert found("lang:en-GB") == ["the boat in the harbour is old and so am I"]
    assert found("from:charlie") == found("boat from:charlie") == found("boat from:nobody-here") == found("boat lang:fr") == []
    assert len(found("boat after:2026")) == 2
    assert found("boat before:2026") == found("boat after:9000") == found("before:2026") == []
    assert len(found("before:3000")) == 3


@pytest.mark.row("MT-16.10")
def test_a_model_says_which_of_its_fields_are_found_by_their_words(db, alice):
    assert (Post.__searchable__, User.__searchable__) == (("body",), ("username", "display_name"))
    assert "'alice':1" in search.words_of(User, username="alice", display_name="Ann")
    assert "'=ko'" in search.words_of(Post, id=1, body="x", author_id=7, language="ko")


def test_nobody_finds_somebody_who_is_suspended(db, say, found, alice, bob):
    say("a word from alice")
    say("a word from bob", bob)
    search.index_user(db, bob.id)
    db.execute(update(User).where(User.id == bob.id).values(suspended_at=func.now()))
    assert found("word") == found("word from:alice") == ["a word from alice"]
    assert found("word from:bob") == []
    assert list(users.found(db, POSTGRES, parse("bob"), most=5)) == []


def test_people_are_found_by_the_beginnings_of_their_names(db, new_person):
    ana, anna, bert = (new_person(name, display_name=shown) for name, shown in PEOPLE)
    for person in (ana, anna, bert):
        search.index_user(db, person.id)
    db.execute(update(User).where(User.id == anna.id).values(follower_count=9))

    def people(typed: str) -> list[str]:
        return [row.username for row in users.found(db, POSTGRES, parse(typed), most=5)]

    assert people("an") == ["anna", "ana.sol"]
    assert people("ana garcia") == ["ana.sol", "anna"]
    assert people("garcía") == ["anna", "ana.sol"]
    assert people("ana.sol") == people("SOL") == ["ana.sol"]
    assert people("민서") == people("minseo") == ["bert"]
    assert people("an -sol") == ["anna"]
    assert people("an lang:ko") == people("from:anna") == people("-anna") == people("nn") == []


PEOPLE = (("ana.sol", "Ana García"), ("anna", "Anna Garcia"), ("bert", "오민서 minseo"))


# When it is found.


@pytest.mark.row("MT-16.7", "MT-D22")
def test_what_is_said_is_found_at_once_and_what_is_taken_back_is_not(db, say, found, alice):
    post_id = say("hastily said")
    assert found("hastily") == ["hastily said"]
    posts.withdraw(db, alice.id, post_id)
    assert found("hastily") == []


def test_publishing_writes_the_words_that_reindexing_would(db, say):
    assert POSTGRES.add(db, Post, [say("오늘 boat 항구"), say("it's 'quoted' \\ and & more")]) == 0


@pytest.mark.row("MT-16.7", "MT-D22")
def test_what_is_rolled_back_was_never_there(db, say, found):
    with pytest.raises(IntegrityError), db.begin_nested():
        say("never said")
        db.execute(insert(User).values(username="alice"))
    assert found("never") == []


@pytest.mark.row("MT-16.7")
def test_what_has_changed_is_found_by_what_it_says_now(db, say, found, alice):
    post_id = say("first thought")
    db.execute(update(Post).where(Post.id == post_id).values(body="second thought", language="ko"))
    search.index_post(db, post_id)
    assert found("second") == found("thought lang:ko") == ["second thought"]
    assert found("first") == []


def test_somebody_new_is_found_by_both_names(db):
    user_id = users.register(db, username="minseo", email="m@example.org", password="correct horse", display_name="오민서")
    for typed in ("minseo", "민서", "오"):
        assert [row.id for row in users.found(db, POSTGRES, parse(typed), most=5)] == [user_id]


@pytest.mark.row("MT-16.10")
def test_the_engine_forgets_and_remembers(db, say, found):
    ids = [say("one fish"), say("two fish")]
    POSTGRES.remove(db, Post, ids)
    assert found("fish") == []
    assert POSTGRES.add(db, Post, ids) == 2
    assert POSTGRES.add(db, Post, ids) == 0
    assert found("fish") == ["two fish", "one fish"]


@pytest.mark.row("MT-16.9", "MT-16.10")
def test_without_an_engine_nothing_is_found_and_nothing_fails(db, say):
    post_id = say("there all the same")
    assert posts.found(db, ABSENT, parse("there"), number=1, size=25) == search.NOTHING
    assert list(users.found(db, ABSENT, parse("alice"), most=5)) == []
    assert ABSENT.add(db, Post, [post_id]) == 0
    ABSENT.remove(db, Post, [post_id])
    assert [row.id for row in posts.found(db, POSTGRES, parse("there"), number=1, size=25).items] == [post_id]


# Pages.


@pytest.mark.row("MT-16.6", "MT-D21")
def test_pages_follow_one_another_and_a_number_beyond_them_is_the_last(db, say):
    ids = [say(f"page {number}") for number in range(7)][::-1]
    pages = {number: posts.found(db, POSTGRES, parse("page"), number=number, size=3) for number in (-5, 0, 1, 2, 3, 4, 10**9)}
    shown = [[row.id for row in pages[number].items] for number in (1, 2, 3)]
    assert shown == [ids[:3], ids[3:6], ids[6:]]
    assert [pages[number].has_more for number in (1, 2, 3)] == [True, True, False]
    assert pages[-5] == pages[0] == pages[1]
    assert pages[4] == pages[10**9] == pages[3]


@pytest.mark.row("MT-D21")
def test_a_page_of_nothing_is_the_first(db):
    assert posts.found(db, POSTGRES, parse("nowhere"), number=7, size=25) == search.Found((), 1, False)


@pytest.mark.parametrize(
    "typed", ["word", "some words of a long sentence that somebody has pasted into the box", "from:alice word", "-word"]
)
def test_a_search_costs_the_same_queries_whatever_it_is(db, say, counted, typed):
    say("a word")
    with counted() as statements:
        posts.found(db, POSTGRES, parse(typed), number=3, size=25)
    assert len(statements) == 1 + ("from:" in typed)
