"""Signals are those since a moment, the oldest first."""

import pytest

from microblog.core import notifications


@pytest.mark.row("MT-21.9")
def test_a_program_asks_for_what_is_newer_than_the_last_it_has_seen(program, new_program, alice, bob, db):
    for number, name in enumerate(("first", "second", "third")):
        notifications.signal(db, alice.id, name, {"number": number})
    notifications.signal(db, bob.id, "not hers", 0)
    db.commit()
    items = program.get("/api/signals").json["items"]
    assert [(each["name"], each["data"]) for each in items] == [
        ("first", {"number": 0}), ("second", {"number": 1}), ("third", {"number": 2}),
    ]  # fmt: skip
    newer = program.get(f"/api/signals?since={items[0]['timestamp']}").json["items"]
    assert newer == items[1:]
    assert program.get(f"/api/signals?since={items[2]['timestamp']}").json["items"] == []
    for since in ("0", "-1", "0.5"):
        assert program.get(f"/api/signals?since={since}").json["items"] == items
    assert [each["name"] for each in new_program(bob).get("/api/signals").json["items"]] == ["not hers"]


def test_asking_again_and_again_costs_two_queries_and_nothing_where_nothing_is_new(program, alice, db, counted):
    notifications.signal(db, alice.id, "unread_message_count", 1)
    db.commit()
    etag = program.get("/api/signals").headers["ETag"]
    with counted() as statements:
        assert program.get("/api/signals", headers={"If-None-Match": etag}).status_code == 304
    assert len(statements) == 2
