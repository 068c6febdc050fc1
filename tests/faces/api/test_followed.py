"""Those whom somebody reads."""

import pytest

from microblog.core import follows


@pytest.mark.row("MT-23.9", "MT-D33")
def test_whom_somebody_reads_is_listed_with_links_that_keep_who_it_is(program, alice, bob, charlie, db):
    for name in ("charlie", "alice"):
        follows.follow(db, bob.id, name)
    db.commit()
    path = f"/api/users/{bob.id}/followed"
    answer = program.get(f"{path}?per_page=1").json
    assert [each["username"] for each in answer["items"]] == ["alice"]
    assert answer["_meta"] == {"page": 1, "per_page": 1, "total_pages": 2, "total_items": 2}
    assert answer["_links"]["next"].startswith(f"/microblog{path}?")
    assert [each["username"] for each in program.get(answer["_links"]["next"]).json["items"]] == ["charlie"]
    assert program.get(f"/api/users/{alice.id}/followed").json["items"] == []
