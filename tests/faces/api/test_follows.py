"""Following by program."""

from sqlalchemy import func, select

from microblog.models import Follow, Notification


def test_one_follows_and_unfollows_as_often_as_one_likes(program, new_program, alice, bob, db):
    path = f"/api/users/{bob.id}/follow"
    relation = {"user_id": bob.id, "following": False, "followed_by": False, "_links": {"self": f"/microblog{path}"}}
    assert program.get(path).json == relation
    for _ in range(2):
        answer = program.put(path)
        assert (answer.status_code, answer.json) == (200, relation | {"following": True})
    assert new_program(bob).get(f"/api/users/{alice.id}/follow").json["followed_by"]
    assert program.get(f"/api/users/{bob.id}").json["follower_count"] == 1
    assert db.scalars(select(Notification.kind)).all() == ["follow"]
    for _ in range(2):
        answer = program.delete(path)
        assert (answer.status_code, answer.data) == (204, b"")
    assert program.get(path).json == relation
    assert program.get(f"/api/users/{bob.id}").json["follower_count"] == 0


def test_nobody_follows_themselves_or_nobody(program, alice, new_person, db):
    gone = new_person("gone", suspended_at=func.now())
    for verb, message in (("PUT", "You cannot follow yourself!"), ("DELETE", "You cannot unfollow yourself!")):
        answer = program.open(f"/api/users/{alice.id}/follow", method=verb)
        assert (answer.status_code, answer.json["error"], answer.json["message"]) == (409, "Conflict", message)
        for user_id in (gone.id, 999_999, 2**62):
            assert program.open(f"/api/users/{user_id}/follow", method=verb).status_code == 404
    assert db.scalar(select(func.count()).select_from(Follow)) == 0
