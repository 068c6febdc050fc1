"""What people are told: signals for open pages, and a list for their eyes."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from microblog.core import follows, messages, notifications, polls, posts, tasks, votes
from microblog.framework.pagination import Cursor
from microblog.models import Session, User

PERSON = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def lines(db, person):
    return notifications.told.page(db, Cursor(), 9, user_id=person.id).items


def told(browser, since=None):
    answer = browser.get("/notifications" if since is None else f"/notifications?since={since}")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.json


@pytest.mark.row("MT-21.9", "MT-21.10", "MT-21.11")
def test_an_open_page_asks_for_what_is_newer_than_the_last(as_alice, alice, bob, db):
    assert told(as_alice) == []
    for _ in range(5):
        messages.send(db, bob.id, "alice", "hello", longest=300)
    notifications.signal(db, alice.id, "task_progress", {"task_id": "t", "progress": 7}, subject="t")
    db.commit()
    (new, count, progress) = told(as_alice, "0")
    assert set(count) == {"name", "data", "timestamp"}
    assert (count["name"], count["data"]) == ("unread_message_count", 5)
    assert (new["name"], new["data"]) == ("unread_notification_count", 1)
    assert (progress["name"], progress["data"]) == ("task_progress", {"task_id": "t", "progress": 7})
    assert new["timestamp"] < count["timestamp"] < progress["timestamp"]
    assert told(as_alice, repr(count["timestamp"])) == [progress]
    assert told(as_alice, repr(progress["timestamp"])) == []


@pytest.mark.row("MT-21.9")
def test_nobody_is_told_what_is_for_somebody_else(as_alice, alice, bob, db):
    notifications.signal(db, bob.id, "unread_message_count", 7)
    db.commit()
    assert told(as_alice, "0") == []
    notifications.signal(db, alice.id, "unread_message_count", 1)
    db.commit()
    assert [signal["data"] for signal in told(as_alice, "0")] == [1]


@pytest.mark.row("MT-21.9")
@pytest.mark.parametrize("since", ["", "abc", "nan", "inf", "-1", "1e999", "1_0", "٣", "0x1", "9" * 400 + "x", "+1"])
def test_what_is_no_number_counts_as_nought(as_alice, alice, db, since):
    notifications.signal(db, alice.id, "unread_message_count", 1)
    db.commit()
    assert len(told(as_alice, since)) == 1


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.9", "application/json"),
        (PERSON["Accept"], "text/html"),
        ("text/html", "text/html"),
    ],
)
def test_a_person_gets_a_page_and_a_program_json(as_alice, accept, kind):
    headers = {"Accept": accept} if accept else {}
    assert as_alice.get("/notifications", headers=headers).mimetype == kind
    assert as_alice.get("/notifications?since=0", headers=headers).mimetype == "application/json"


@pytest.mark.row("MT-21.9", "MT-21.12")
def test_strangers_are_told_nothing(browser, alice, db):
    notifications.signal(db, alice.id, "unread_message_count", 1)
    db.commit()
    assert browser.get("/notifications?since=0").status_code == 302
    answer = browser.get("/notifications?since=0", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"error": "UNAUTHORIZED"})
    assert "Set-Cookie" not in answer.headers
    assert "data-notifications" not in browser.get("/auth/login").text


@pytest.mark.row("MT-D24", "MT-06.7")
def test_asking_is_no_visit_and_looking_is(as_alice, alice, db):
    earlier = timedelta(minutes=5)
    db.execute(update(User).values(last_seen_at=User.last_seen_at - earlier))
    db.execute(update(Session).values(last_used_at=Session.last_used_at - earlier))
    db.commit()

    def visits():
        return db.execute(select(User.last_seen_at, Session.last_used_at).join(Session, Session.user_id == User.id)).one()

    before = visits()
    told(as_alice)
    told(as_alice, "0")
    assert as_alice.get("/notifications", headers={"Accept": "application/json"}).status_code == 200
    assert visits() == before
    as_alice.get("/notifications", headers=PERSON)
    assert all(after > first for after, first in zip(visits(), before, strict=True))


@pytest.mark.row("MT-21.13")
def test_signals_of_any_name_are_handed_on(as_alice, alice, db):
    notifications.signal(db, alice.id, "something_new", {"from": ["the", "future", None]})
    db.commit()
    (signal,) = told(as_alice)
    assert (signal["name"], signal["data"]) == ("something_new", {"from": ["the", "future", None]})


@pytest.mark.row("MT-D24")
def test_asking_costs_one_query_and_no_cookie(as_alice, alice, db, counted):
    for number in range(20):
        notifications.signal(db, alice.id, "x", number, subject=str(number))
    db.commit()
    with counted() as statements:
        answer = as_alice.get("/notifications?since=0")
    assert len(statements) == 1
    assert answer.json == notifications.signals(db, alice.id, 0.0)
    assert [signal["data"] for signal in answer.json] == list(range(20))
    assert as_alice.head("/notifications?since=0").status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.row("MT-22.5", "MT-22.6", "MT-D30")
def test_the_progress_of_a_task_can_be_watched(as_alice, alice, db):
    task_id = tasks.start(db, alice.id, "jobs.exports.create", "Exporting posts...")
    db.commit()
    seen, since = [], 0.0
    for percent in (40, 80, None):
        for signal in told(as_alice, repr(since)):
            since = signal["timestamp"]
            seen += [signal["data"]["progress"]] if signal["name"] == "task_progress" else []
        if percent == 40:
            assert f'<span id="{task_id}-progress">0</span>%' in as_alice.get("/explore").text
        if percent:
            tasks.advance(db, task_id, percent)
        else:
            tasks.finish(db, task_id, result=b"{}")
        db.commit()
    seen += [signal["data"]["progress"] for signal in told(as_alice, repr(since)) if signal["name"] == "task_progress"]
    assert seen == [0, 40, 80, 100]


def test_the_list_says_what_has_happened_and_leads_there(as_alice, alice, bob, charlie, db):
    page = as_alice.get("/notifications", headers=PERSON).text
    assert "<title>Notifications - Microblog</title>" in page
    assert "Nothing to tell yet." in page
    follows.follow(db, bob.id, "alice")
    post_id = posts.publish(db, charlie.id, "@alice look at <this>", longest=300)
    messages.send(db, bob.id, "alice", "hello", longest=300)
    task_id = tasks.start(db, alice.id, "jobs.exports.create", "Exporting posts...")
    tasks.finish(db, task_id, result=b"{}")
    db.commit()
    page = as_alice.get("/notifications", headers=PERSON).text
    sentences = [
        "Your export is ready.",
        "bob</bdi> has written to you.",
        "charlie</bdi> has mentioned you.",
        "bob</bdi> follows you.",
    ]
    assert [page.index(sentence) for sentence in sentences] == sorted(page.index(sentence) for sentence in sentences)
    assert "@alice look at &lt;this&gt;" in page
    assert page.count(">New<") == 4
    assert 'id="notification_count">4<' in page
    ways = [as_alice.get(f"/notifications/{line.id}").headers["Location"] for line in lines(db, alice)]
    assert ways == [
        f"/microblog/export/{task_id}/posts.json",
        "/microblog/messages/bob",
        f"/microblog/post/{post_id}",
        "/microblog/user/bob",
    ]
    page = as_alice.get("/notifications", headers=PERSON).text
    assert ">New<" not in page
    assert "Mark all as read" not in page
    assert 'id="notification_count">0<' in page


def test_the_end_of_a_poll_is_told_to_its_author_and_to_those_who_have_voted(as_alice, alice, bob, charlie, ask, new_browser, db):
    asked = ask(alice, body="which <bread>")
    for voter in (alice, bob):
        votes.cast(db, voter.id, asked.id, [1])
    polls.close(db, asked.id)
    polls.tell_end(db, asked.id)
    polls.tell_voters(db, asked.id)
    db.commit()
    told = {}
    for person in (alice, bob, charlie):
        browser = new_browser()
        browser.log_in(person)
        told[person.username] = browser.get("/notifications", headers=PERSON).text
        for line in lines(db, person):
            assert browser.get(f"/notifications/{line.id}").headers["Location"] == f"/microblog/post/{asked.post_id}"
    assert "Your poll is closed." in told["alice"]
    assert 'The poll of <bdi class="name">Alice Ånström</bdi> is closed.' in told["bob"]
    assert [page.count('<li class="line') for page in told.values()] == [1, 1, 0]
    assert [page.count("which &lt;bread&gt;") for page in told.values()] == [1, 1, 0]


def test_all_can_be_marked_as_read_at_once(as_alice, alice, bob, charlie, db):
    for person in (bob, charlie):
        follows.follow(db, person.id, "alice")
    db.commit()
    assert 'formaction="/microblog/notifications"' in as_alice.get("/notifications", headers=PERSON).text
    answer = as_alice.press("/notifications")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/notifications")
    assert ">New<" not in as_alice.get("/notifications", headers=PERSON).text


def test_nobody_opens_what_another_is_told(as_alice, alice, bob, new_browser, db):
    follows.follow(db, alice.id, "bob")
    db.commit()
    (line,) = lines(db, bob)
    assert as_alice.get(f"/notifications/{line.id}").status_code == 404
    other = new_browser()
    other.log_in(bob)
    assert other.get(f"/notifications/{line.id}").status_code == 302


def test_a_post_that_is_deleted_leaves_no_dead_link(as_alice, alice, bob, new_browser, db):
    post_id = posts.publish(db, alice.id, "@bob look", longest=300)
    db.commit()
    other = new_browser()
    other.log_in(bob)
    assert "has mentioned you" in other.get("/notifications", headers=PERSON).text
    as_alice.press(f"/post/{post_id}/delete")
    page = other.get("/notifications", headers=PERSON).text
    assert "has mentioned you" not in page
    assert 'id="notification_count">0<' in page
