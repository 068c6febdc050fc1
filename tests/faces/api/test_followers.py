"""Those who read somebody."""

import pytest
from sqlalchemy import func, update

from microblog.core import follows
from microblog.models import User


@pytest.mark.row("MT-23.9", "MT-D33")
def test_followers_are_people_with_links_that_keep_whose_they_are(program, alice, bob, charlie, db):
    for person in (charlie, bob):
        follows.follow(db, person.id, "alice")
    db.commit()
    path = f"/api/users/{alice.id}/followers"
    answer = program.get(f"{path}?per_page=1").json
    assert [each["username"] for each in answer["items"]] == ["bob"]
    assert answer["_meta"] == {"page": 1, "per_page": 1, "total_pages": 2, "total_items": 2}
    assert answer["_links"]["self"] == f"/microblog{path}?per_page=1"
    assert answer["_links"]["next"].startswith(f"/microblog{path}?")
    assert [each["username"] for each in program.get(answer["_links"]["next"]).json["items"]] == ["charlie"]
    assert program.get(f"/api/users/{bob.id}/followers").json["items"] == []


def test_a_follower_who_is_suspended_is_not_among_them(program, alice, bob, db):
    follows.follow(db, bob.id, "alice")
    db.execute(update(User).where(User.id == bob.id).values(suspended_at=func.now()))
    db.commit()
    assert program.get(f"/api/users/{alice.id}/followers").json["items"] == []


@pytest.mark.parametrize("ending", ["followers", "followed"])
def test_how_many_there_are_comes_with_them_and_nobody_has_any(program, bob, charlie, db, counted, ending):
    follows.follow(db, *((charlie.id, "bob") if ending == "followers" else (bob.id, "charlie")))
    db.commit()
    path = f"/api/users/{bob.id}/{ending}"
    assert program.get(f"{path}?page=2").json["_meta"]["total_items"] == 1
    with counted() as statements:
        assert program.get(path).json["_meta"]["total_items"] == 1
    assert len(statements) == 2
    assert program.get(f"/api/users/999999/{ending}").status_code == 404
    db.execute(update(User).where(User.id == bob.id).values(suspended_at=func.now()))
    db.commit()
    assert program.get(path).status_code == 404
