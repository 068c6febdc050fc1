"""What the database itself says of sessions."""

import pytest
from sqlalchemy import func, insert
from sqlalchemy.exc import IntegrityError

from microblog.framework.faults import constraint_of
from microblog.models import Session


def test_a_secret_opens_one_session(db, alice, bob):
    values = {"digest": b"x", "expires_at": func.now(), "remembered": False, "address": "", "user_agent": ""}
    db.execute(insert(Session).values(user_id=alice.id, **values))
    with pytest.raises(IntegrityError) as refusal, db.begin_nested():
        db.execute(insert(Session).values(user_id=bob.id, **values))
    assert constraint_of(refusal.value) == "pk__sessions"


def test_no_column_holds_the_secret_itself():
    assert not {"secret", "token", "id", "cookie"} & set(Session.__table__.columns.keys())
