"""Collections come in pages of any size, by number and by cursor, and whoever follows the links meets everything once."""

from datetime import timedelta

import pytest

from microblog.core import counters, follows, messages, notifications, posts, search
from microblog.core.polls import NewPoll

COLLECTIONS = (
    "/api/users",
    "/api/users/{alice}/followers",
    "/api/users/{alice}/followed",
    "/api/posts",
    "/api/posts?user_id={alice}",
    "/api/timelines/home",
    "/api/timelines/public",
    "/api/conversations",
    "/api/conversations/{bob}",
    "/api/messages",
    "/api/notifications",
    "/api/search/posts?q=hello",
)
SHORT = ("/api/tokens", "/api/languages", "/api/exports", "/api/signals", "/api/search/users?q=person")


@pytest.fixture
def busy(db, alice, bob, new_person):
    """Fills everything that is listed with so many things; gives the paths."""

    def fill(number: int, *, with_polls: bool = False) -> list[str]:
        for n in range(number):
            other = new_person(f"person{number}_{n}")
            follows.follow(db, alice.id, other.username)
            follows.follow(db, other.id, "alice")
            poll = NewPoll(("yes", "no"), timedelta(hours=1)) if with_polls else None
            posts.publish(db, alice.id, f"hello {n}", longest=300, poll=poll)
            messages.send(db, bob.id, "alice", f"dear alice {n}", longest=300)
            messages.send(db, other.id, "alice", "hello", longest=300)
        db.commit()
        return [path.format(alice=alice.id, bob=bob.id) for path in COLLECTIONS]

    return fill


def key_of(item):
    return item["id"] if "id" in item else item["last_message"]["id"]


def walk(program, path, direction):
    """All pages from a path on, in a direction."""
    pages = []
    while path:
        answer = program.get(path)
        assert answer.status_code == 200, path
        pages.append(answer.json)
        path = answer.json["_links"][direction]
        assert len(pages) < 50
    return pages


@pytest.mark.row("MT-23.8", "MT-23.9", "MT-D33")
def test_following_next_to_the_end_and_prev_back_meets_everything_once(program, busy):
    for path in busy(7):
        sized = f"{path}{'&' if '?' in path else '?'}per_page=3"
        everything = [key_of(item) for item in program.get(sized.replace("per_page=3", "per_page=100")).json["items"]]
        forth = walk(program, sized, "next")
        assert [key_of(item) for page in forth for item in page["items"]] == everything, path
        assert [len(page["items"]) for page in forth[:-1]] == [3] * (len(forth) - 1)
        assert len(everything) >= 7
        back = walk(program, forth[-1]["_links"]["self"], "prev")
        assert [key_of(item) for page in reversed(back) for item in page["items"]] == everything, path
        assert len(set(everything)) == len(everything)


@pytest.mark.row("MT-23.8", "XC-02")
def test_links_carry_the_prefix_and_all_that_was_asked_and_are_null_at_the_ends(program, busy):
    for path in busy(4):
        sized = f"{path}{'&' if '?' in path else '?'}per_page=3"
        first = program.get(sized).json["_links"]
        assert first["self"] == "/microblog" + sized
        assert first["prev"] is None
        assert first["next"].startswith("/microblog/api/")
        assert "per_page=3" in first["next"]
        assert path.partition("?")[2] in first["next"]
        assert walk(program, sized, "next")[-1]["_links"]["next"] is None


@pytest.mark.row("MT-23.8", "MT-D33")
@pytest.mark.parametrize(
    ("asked", "given"),
    [("1000", 100), ("100", 100), ("101", 100), ("1", 1), ("0", 1), ("-1", 1), ("-999999999999999999", 1), ("abc", 10), ("", 10),
     ("٣", 10), ("1.5", 10), ("9" * 30, 10), ("9" * 19, 10)],
)  # fmt: skip
def test_a_page_has_one_to_a_hundred_things(program, db, alice, new_person, asked, given):
    for number in range(2):
        new_person(f"person{number}")
    answer = program.get("/api/users", query_string={"per_page": asked})
    assert answer.status_code == 200
    assert answer.json["_meta"]["per_page"] == given
    assert len(answer.json["items"]) == min(given, 3)


@pytest.mark.row("MT-23.8")
@pytest.mark.parametrize(
    ("asked", "number"), [("1", 1), ("2", 2), ("abc", 1), ("0", 1), ("-1", 1), ("", 1), ("٣", 1), ("999", 400), ("9" * 30, 1)]
)
def test_pages_by_number_still_work_and_end_somewhere(program, new_person, asked, number):
    for n in range(3):
        new_person(f"person{n}")
    answer = program.get("/api/users", query_string={"page": asked, "per_page": "2"})
    assert answer.status_code == 200
    assert answer.json["_meta"]["page"] == number
    assert answer.json["_meta"]["total_pages"] == 2
    assert len(answer.json["items"]) == (2 if number < 3 else 0)
    if number > 2:
        assert answer.json["_links"]["next"] is None
        assert program.get(answer.json["_links"]["prev"]).json["_links"]["prev"] is None


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("cursor", ["0", "1", "abc", "-5", "9223372036854775807", "9223372036854775808", "9" * 30])
def test_any_cursor_is_answered(program, busy, where, cursor):
    for path in busy(1):
        answer = program.get(f"{path}{'&' if '?' in path else '?'}{where}={cursor}")
        assert answer.status_code == 200, path
        for link in ("next", "prev"):
            if answer.json["_links"][link]:
                assert program.get(answer.json["_links"][link]).status_code == 200


@pytest.mark.row("MT-23.8")
def test_the_meta_of_people_counts_all_of_them_and_that_of_posts_does_not(program, new_person, alice, db):
    assert counters.value(db, "users") == 1
    for number in range(10):
        new_person(f"person{number}")
    assert program.get("/api/users").json["_meta"] == {"page": 1, "per_page": 10, "total_pages": 2, "total_items": 11}
    assert program.get("/api/posts").json["_meta"] == {"page": 1, "per_page": 10, "total_pages": None, "total_items": None}
    by_cursor = program.get(program.get("/api/users").json["_links"]["next"]).json
    assert by_cursor["_meta"] == {"page": None, "per_page": 10, "total_pages": 2, "total_items": 11}
    assert len(by_cursor["items"]) == 1


def test_an_empty_collection_is_one_page_without_neighbours(program, alice, bob):
    for path in COLLECTIONS[1:]:
        answer = program.get(path.format(alice=alice.id, bob=bob.id)).json
        assert answer["items"] == []
        assert (answer["_links"]["next"], answer["_links"]["prev"]) == (None, None)
    followers = program.get(f"/api/users/{alice.id}/followers").json
    assert followers["_meta"] == {"page": 1, "per_page": 10, "total_pages": 0, "total_items": 0}


@pytest.mark.parametrize("query", ["endpoint", "self", "request", "values", "query", "size", "user_id", "cls", "method", "_external", "page", "listing", "db", "language"])  # fmt: skip
def test_no_name_in_the_query_gets_in_the_way(program, busy, query):
    for path in (*busy(2), *SHORT, "/api"):
        answer = program.get(f"{path}{'&' if '?' in path else '?'}{query}=1&per_page=1&_anchor=x")
        assert answer.status_code == 200, path
        following = answer.json["_links"].get("next")
        if following and query not in ("user_id", "page"):
            assert f"{query}=" not in following
            assert program.get(following).status_code == 200


def test_a_short_list_comes_as_a_whole(program, new_person, db):
    for number in range(12):
        search.index_user(db, new_person(f"person{number}", display_name="Person").id)
    db.commit()
    for path in SHORT:
        answer = program.get(f"{path}{'&' if '?' in path else '?'}per_page=1").json
        number = len(answer["items"])
        assert answer["_meta"] == {"page": 1, "per_page": max(number, 1), "total_pages": 1, "total_items": number}
        assert (answer["_links"]["next"], answer["_links"]["prev"]) == (None, None)
    assert number == 12


@pytest.mark.row("MT-D33")
def test_a_collection_costs_the_same_however_long_it_is(program, busy, counted):
    def costs(paths):
        found = {}
        for path in paths:
            with counted() as statements:
                assert program.get(path).status_code == 200
            found[path] = len(statements)
        return found

    program.get("/api")  # the visit is noted
    paths = [*busy(1), *SHORT]
    few = costs(paths)
    busy(8)
    assert costs(paths) == few
    assert max(count for path, count in few.items() if "search" not in path) <= 3
    assert few["/api/timelines/home"] == few["/api/notifications"] == few["/api/messages"] == 2
    busy(3, with_polls=True)
    with_polls = costs(paths)
    listing_posts = {path for path in paths if "posts" in path or "timelines" in path}
    assert with_polls == {path: count + (path in listing_posts) for path, count in few.items()}


def test_notifications_and_messages_are_left_unread(program, busy, alice, db):
    for path in busy(2):
        program.get(path)
    signalled = {row["name"]: row["data"] for row in notifications.signals(db, alice.id, 0.0)}
    assert signalled["unread_message_count"] == 4
    assert signalled["unread_notification_count"] > 0
