"""Writing to somebody, and the inbox."""

import re

import pytest
from sqlalchemy import func, select

from microblog.core import messages
from microblog.models import Message, User


def stored(db):
    rows = select(Message.sender_id, Message.recipient_id, Message.body).order_by(Message.id)
    return [tuple(row) for row in db.execute(rows)]


def write(db, sender, recipient, body="hello"):
    message_id = messages.send(db, sender.id, recipient.username, body, longest=300)
    db.commit()
    return message_id


def badge(page, name="message_count"):
    """What the bar says and whether one sees it."""
    classes, number = re.search(rf'class="([^"]*)" id="{name}">(\d+)<', page).groups()
    return int(number), "none" not in classes.split()


@pytest.mark.row("MT-21.2", "MT-21.1")
def test_one_writes_to_somebody_and_lands_on_their_page(as_alice, alice, bob, db):
    page = as_alice.get("/send_message/bob").text
    assert "<title>Send Message - Microblog</title>" in page
    assert re.search(r"<h1[^>]*>Send Message to bob</h1>", page)
    answer = as_alice.send("/send_message/bob", message="한글😀 hello")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/user/bob")
    assert as_alice.flashes() == ["Your message has been sent."]
    assert stored(db) == [(alice.id, bob.id, "한글😀 hello")]


@pytest.mark.row("MT-21.2")
@pytest.mark.parametrize(
    ("said", "message"),
    [("", "This field is required."), ("  \n ", "This field is required."), ("x" * 301, "At most 300 characters, please.")],
)
@pytest.mark.parametrize("path", ["/send_message/bob", "/messages/bob"])
def test_what_does_not_fit_is_refused_and_stays_in_the_form(as_alice, bob, db, path, said, message):
    answer = as_alice.send(path, message=said)
    assert answer.status_code == 422
    assert message in answer.text
    assert said.strip() in answer.text
    assert stored(db) == []


@pytest.mark.row("MT-21.2", "MT-D38")
@pytest.mark.parametrize("path", ["/send_message", "/messages"])
def test_nobody_writes_to_nobody_or_themselves(as_alice, db, path):
    assert as_alice.get(f"{path}/nobody").status_code == 404
    assert as_alice.press(f"{path}/nobody", message="hello").status_code == 404
    assert as_alice.get(f"{path}/alice").status_code == 409
    answer = as_alice.press(f"{path}/alice", message="hello")
    assert answer.status_code == 409
    assert "You cannot send a message to yourself." in answer.text
    assert stored(db) == []


@pytest.mark.parametrize("path", ["/send_message/bob", "/messages/bob"])
def test_the_same_form_sent_twice_is_one_message(as_alice, bob, db, path):
    page = as_alice.get(path).text
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf_token", "nonce")}
    for _ in range(2):
        assert as_alice.post(path, data=fields | {"message": "double click"}).status_code == 303
    assert len(stored(db)) == 1


@pytest.mark.parametrize("path", ["/send_message/bob", "/messages/bob"])
def test_a_form_that_is_too_old_comes_again_with_what_was_typed(as_alice, bob, db, path):
    answer = as_alice.post(path, data={"message": "typed with care"})
    assert answer.status_code == 400
    assert "typed with care" in answer.text
    assert stored(db) == []


@pytest.mark.row("MT-21.3")
def test_one_can_write_to_others_from_their_page(as_alice, bob):
    link = 'href="/microblog/send_message/'
    assert link + 'bob">Send private message</a>' in as_alice.get("/user/bob").text
    assert link not in as_alice.get("/user/alice").text


@pytest.mark.row("MT-21.4")
def test_the_inbox_has_what_one_received_and_nobody_elses(as_alice, alice, bob, charlie, new_browser, having, db):
    having(posts_per_page=2)
    for body in ("first", "second", "third"):
        write(db, bob, alice, body)
    write(db, alice, bob, "answer")
    page = as_alice.get("/messages").text
    assert "<title>Welcome to Microblog</title>" in page
    assert re.search(r"<h1[^>]*>Messages</h1>", page)
    assert page.index("third") < page.index("second")
    assert "answer" not in page
    assert 'href="/microblog/user/bob"' in page
    assert 'href="/microblog/messages/bob#reply"' in page
    older = re.search(r'href="(/microblog/messages\?[^"]+)">Older messages', page)[1]
    assert "first" in as_alice.get(older).text
    assert "Newer messages" in as_alice.get(older).text
    other = new_browser()
    other.log_in(charlie)
    assert "third" not in other.get("/messages").text
    assert "Nobody has written to you yet." in other.get("/messages").text


@pytest.mark.row("MT-21.5", "MT-21.6", "MT-21.7")
def test_the_badge_counts_until_the_inbox_is_opened(as_alice, alice, bob, db):
    assert badge(as_alice.get("/explore").text) == (0, False)
    for _ in range(3):
        write(db, bob, alice)
    assert badge(as_alice.get("/explore").text) == (3, True)
    page = as_alice.get("/messages").text
    assert page.count(">New<") == 3
    assert badge(page) == (0, False)
    assert badge(page, "notification_count") == (0, False)
    assert badge(as_alice.get("/explore").text) == (0, False)
    assert ">New<" not in as_alice.get("/messages").text
    db.expire_all()
    assert db.get(User, alice.id).last_message_read_time is not None
    assert as_alice.get("/notifications").json[-1]["data"] == 0


@pytest.mark.row("MT-21.7")
def test_a_badge_that_says_nothing_is_hidden_by_the_style_sheet(as_alice):
    page = as_alice.get("/").text
    assert 'class="count none" id="message_count">0<' in page
    assert "style=" not in page
    sheet = as_alice.get(re.search(r'href="([^"]+made/all\.css)"', page)[1]).text
    assert re.search(r"\.count \{[^}]*&\.none \{ visibility: hidden; \}", sheet)


def test_what_people_write_is_text_and_never_markup(as_alice, alice, bob, db):
    write(db, bob, alice, "<script>alert(1)</script> @alice https://example.org/?a=1&b=2")
    for path in ("/messages", "/messages/bob", "/conversations"):
        page = as_alice.get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; @alice" in page
        assert "<script>alert" not in page
    assert 'href="https://example.org/?a=1&amp;b=2"' in as_alice.get("/messages").text


@pytest.mark.parametrize(("path", "most"), [("/messages", 4), ("/conversations", 2), ("/messages/bob", 5), ("/notifications", 2)])
def test_a_page_costs_the_same_queries_however_much_there_is(as_alice, alice, bob, new_person, db, counted, path, most):
    write(db, bob, alice)
    with counted() as few:
        assert as_alice.get(path, headers={"Accept": "text/html"}).status_code == 200
    for number in range(6):
        person = new_person(f"p{number}")
        for _ in range(3):
            write(db, person, alice)
            write(db, alice, bob)
    with counted() as many:
        assert as_alice.get(path, headers={"Accept": "text/html"}).status_code == 200
    assert len(few) == len(many) == most


@pytest.mark.parametrize(
    "query", ["page=abc", "page=-1", "page=999", "before=x", "after=9223372036854775808", "before=1&after=2"]
)
@pytest.mark.parametrize("path", ["/messages", "/messages/bob", "/conversations", "/notifications"])
def test_a_strange_page_number_is_no_error(as_alice, bob, path, query):
    assert as_alice.get(f"{path}?{query}", headers={"Accept": "text/html"}).status_code == 200


def test_who_writes_too_much_waits(as_alice, bob, having, db):
    having(rate_limits=True)
    token = as_alice.token("/send_message/bob")
    statuses = [
        as_alice.post("/send_message/bob", data={"csrf_token": token, "message": str(number)}).status_code for number in range(31)
    ]
    assert statuses == [303] * 30 + [429]
    assert db.scalar(select(func.count()).select_from(Message)) == 30
