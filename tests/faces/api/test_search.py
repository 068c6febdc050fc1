"""Posts and people are found by program as on the web."""

import pytest
from sqlalchemy import func, select

from microblog.core import posts, search
from microblog.models import Post


@pytest.fixture
def say(db, bob):
    def said(*bodies: str) -> None:
        for body in bodies:
            posts.publish(db, bob.id, body, longest=300)
        db.commit()

    return said


def found(answer):
    assert answer.status_code == 200, answer.text
    return [each["body"] for each in answer.json["items"]]


@pytest.mark.row("MT-16.2", "MT-16.5", "XC-09")
def test_posts_are_found_the_best_first_in_any_script(program, say):
    say("tea and coffee", "coffee alone", "한글😀 커피")
    assert found(program.get("/api/search/posts", query_string={"q": "tea coffee"})) == ["tea and coffee", "coffee alone"]
    assert found(program.get("/api/search/posts", query_string={"q": "커피"})) == ["한글😀 커피"]
    assert found(program.get("/api/search/posts", query_string={"q": "coffee -tea"})) == ["coffee alone"]


@pytest.mark.row("MT-D21", "XC-02")
def test_pages_go_by_number_and_keep_what_is_looked_for(program, say):
    say(*(f"hello {number}" for number in range(5)))
    first = program.get("/api/search/posts?q=hello&per_page=2").json
    assert first["_meta"] == {"page": 1, "per_page": 2, "total_pages": None, "total_items": None}
    assert first["_links"]["prev"] is None
    assert first["_links"]["next"] == "/microblog/api/search/posts?q=hello&per_page=2&page=2"
    last = program.get("/api/search/posts?q=hello&per_page=2&page=3").json
    assert len(last["items"]) == 1
    assert last["_links"]["next"] is None
    for page in ("0", "-1", "abc", "999", "9223372036854775807", "9" * 30):
        assert program.get(f"/api/search/posts?q=hello&page={page}").status_code == 200


@pytest.mark.row("MT-D21")
@pytest.mark.parametrize(
    "q", ["", " ", "-", '"', "nobody said this", "a" * 2_000, "' OR 1=1 --", "한글😀 %", "from:", "before:xyz", "\\"]
)
def test_whatever_is_looked_for_is_answered(program, say, q):
    say("hello")
    for path in ("/api/search/posts", "/api/search/users"):
        answer = program.get(path, query_string={"q": q})
        assert answer.status_code == 200
        assert answer.json["_links"]["next"] is None


def test_people_are_found_with_all_that_everybody_may_know(program, new_person, db):
    susan = new_person("susan", display_name="수잔 Smith")
    gone = new_person("susanna", suspended_at=func.now())
    for person in (susan, gone):
        search.index_user(db, person.id)
    db.commit()
    for q in ("susan", "수잔", "smith"):
        (item,) = program.get("/api/search/users", query_string={"q": q}).json["items"]
        assert item == program.get(f"/api/users/{susan.id}").json
        assert "email" not in item


def test_a_post_that_is_gone_is_not_found(program, say, bob, db):
    say("hello")
    posts.withdraw(db, bob.id, db.scalars(select(Post.id)).one())
    db.commit()
    assert found(program.get("/api/search/posts?q=hello")) == []
