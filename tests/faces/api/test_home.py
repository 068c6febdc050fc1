"""The caller's own timeline."""

from microblog.core import follows, posts


def test_one_hears_oneself_and_those_whom_one_reads_the_newest_first(program, new_program, alice, bob, charlie, db):
    for person in (alice, bob, charlie):
        posts.publish(db, person.id, f"{person.username} says", longest=300)
    follows.follow(db, alice.id, "bob")
    db.commit()
    answer = program.get("/api/timelines/home")
    assert [each["body"] for each in answer.json["items"]] == ["bob says", "alice says"]
    assert answer.json["_links"] == {"self": "/microblog/api/timelines/home", "next": None, "prev": None}
    assert [each["body"] for each in new_program(charlie).get("/api/timelines/home").json["items"]] == ["charlie says"]
