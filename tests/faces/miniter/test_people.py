"""People who are meant by a number."""

import pytest

from microblog.core import moderation

UNKNOWN = "그런 사용자 없습니다"


def says_nobody(answer) -> bool:
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return (answer.status_code, answer.text) == (400, UNKNOWN)


@pytest.mark.row("MN-11", "MN-13", "MN-15", "MN-D9")
@pytest.mark.parametrize("number", [999_999, 0, 2**31, 2**63 - 1, 2**63, 10**40])
def test_nobodys_number_is_said_to_be_nobodys_everywhere(as_alice, follows, number):
    assert says_nobody(as_alice.send("/follow", follow=number))
    assert says_nobody(as_alice.send("/unfollow", id_follow=str(number)))
    assert says_nobody(as_alice.get(f"/timeline/{number}"))
    assert follows() == set()


def test_somebody_who_is_suspended_is_nobody(as_alice, bob, db):
    moderation.suspend(db, "bob")
    db.commit()
    assert says_nobody(as_alice.send("/follow", follow=bob.id))
    assert says_nobody(as_alice.get(f"/timeline/{bob.id}"))
