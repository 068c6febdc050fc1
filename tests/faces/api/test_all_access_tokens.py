"""All tokens are revoked at once."""

from datetime import timedelta

from microblog.core import access_tokens
from tests.conftest import PASSWORD


def test_all_tokens_of_a_person_end_and_nobody_elses(program, new_program, stranger, alice, bob, db):
    other = new_program(bob)
    laptop = stranger.post("/api/tokens", auth=("alice", PASSWORD), json={"label": "laptop"}).json["token"]
    issued = access_tokens.issue(db, alice.id, "ballot", timedelta(hours=24))
    db.commit()
    answer = program.delete("/api/tokens/all")
    assert (answer.status_code, answer.data) == (204, b"")
    assert program.get("/api/users").status_code == 401
    assert stranger.get("/api/users", headers={"Authorization": f"Bearer {laptop}"}).status_code == 401
    assert access_tokens.holder_of_jwt(db, "ballot", issued.id) is None
    assert other.get("/api/users").status_code == 200
