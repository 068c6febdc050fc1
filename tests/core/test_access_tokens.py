"""What lets programs in: made, asked for again, used, revoked."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import access_tokens, credentials, moderation
from microblog.core.refusals import Conflict, Invalid, NotFound, Taken
from microblog.framework.database import Database
from microblog.models import AccessToken, User

KEYS = [b"k" * 32]
HOUR = timedelta(hours=1)


def pass_by(db, time: timedelta) -> None:
    """Let so much time pass for all tokens."""
    db.execute(
        update(AccessToken).values(
            created_at=AccessToken.created_at - time,
            expires_at=AccessToken.expires_at - time,
            last_used_at=AccessToken.last_used_at - time,
        )
    )


@pytest.mark.row("MT-23.3", "MT-D34")
def test_asking_again_gives_the_same_token_while_it_has_more_than_a_minute_to_live(db, alice):
    first = access_tokens.ask(db, KEYS, alice.id)
    assert len(first.token) == 32
    assert access_tokens.ask(db, KEYS, alice.id) == first
    pass_by(db, timedelta(minutes=58))
    assert access_tokens.ask(db, KEYS, alice.id).token == first.token
    pass_by(db, timedelta(minutes=1, seconds=1))
    second = access_tokens.ask(db, KEYS, alice.id)
    assert second.token != first.token
    assert access_tokens.holder(db, first.token) is None
    assert access_tokens.holder(db, second.token).id == alice.id


@pytest.mark.row("MT-D34")
def test_only_a_digest_is_stored_and_each_label_has_a_token_of_its_own(db, alice, bob):
    tokens = {access_tokens.ask(db, KEYS, person.id, label=label).token for person in (alice, bob) for label in ("", "phone")}
    assert len(tokens) == 4
    stored = db.execute(select(AccessToken.digest)).scalars().all()
    assert all(token.encode() not in bytes(each) for token in tokens for each in stored)
    with pytest.raises(Invalid):
        access_tokens.ask(db, KEYS, alice.id, label="x" * 101)


def test_a_retired_key_makes_room_for_a_new_token(db, alice):
    old = access_tokens.ask(db, KEYS, alice.id)
    assert access_tokens.ask(db, [b"n" * 32, *KEYS], alice.id).token == old.token
    new = access_tokens.ask(db, [b"n" * 32], alice.id)
    assert access_tokens.holder(db, old.token) is None
    assert access_tokens.holder(db, new.token).id == alice.id


def test_a_token_of_ones_own_has_a_name_of_its_own(db, alice):
    made = access_tokens.create(db, KEYS[0], alice.id, label="laptop", lives=HOUR)
    assert access_tokens.holder(db, made.token).id == alice.id
    with pytest.raises(Taken):
        access_tokens.create(db, KEYS[0], alice.id, label="laptop", lives=HOUR)
    pass_by(db, HOUR * 2)
    access_tokens.create(db, KEYS[0], alice.id, label="laptop", lives=HOUR)
    with pytest.raises(Invalid):
        access_tokens.create(db, KEYS[0], alice.id, label=" ", lives=HOUR)


def test_nobody_hoards_tokens(db, alice):
    for number in range(access_tokens.MOST_OF_ONE_PERSON):
        access_tokens.create(db, KEYS[0], alice.id, label=f"t{number}", lives=HOUR)
    with pytest.raises(Conflict):
        access_tokens.create(db, KEYS[0], alice.id, label="one more", lives=HOUR)


@pytest.mark.row("MT-23.5")
def test_a_revoked_token_is_useless_at_once_and_only_its_owner_revokes_it(db, alice, bob):
    mine, phone = access_tokens.ask(db, KEYS, alice.id), access_tokens.ask(db, KEYS, alice.id, label="phone")
    with pytest.raises(NotFound):
        access_tokens.revoke(db, bob.id, mine.id)
    access_tokens.revoke(db, alice.id, mine.id)
    assert access_tokens.holder(db, mine.token) is None
    assert access_tokens.holder(db, phone.token).id == alice.id
    access_tokens.revoke_all(db, alice.id)
    assert access_tokens.holder(db, phone.token) is None
    with pytest.raises(NotFound):
        access_tokens.revoke(db, alice.id, mine.id)


def test_a_new_password_or_a_suspension_revokes_everything(db, alice):
    for end in (lambda: credentials.set_password(db, alice.id, "another horse"), lambda: moderation.suspend(db, "alice")):
        token = access_tokens.ask(db, KEYS, alice.id).token
        jwt = access_tokens.issue(db, alice.id, "miniter", HOUR)
        end()
        assert access_tokens.holder(db, token) is None
        assert access_tokens.holder_of_jwt(db, "miniter", jwt.id) is None


def test_the_row_of_a_jwt_counts_for_its_face_until_it_is_over(db, alice):
    jwt = access_tokens.issue(db, alice.id, "ballot", HOUR)
    assert access_tokens.holder_of_jwt(db, "ballot", jwt.id).id == alice.id
    assert access_tokens.holder_of_jwt(db, "miniter", jwt.id) is None
    assert access_tokens.holder_of_jwt(db, "ballot", 2**63 - 1) is None
    pass_by(db, HOUR)
    assert access_tokens.holder_of_jwt(db, "ballot", jwt.id) is None
    access_tokens.sweep(db)
    pass_by(db, timedelta(seconds=1))
    access_tokens.sweep(db)
    assert db.scalar(select(func.count()).select_from(AccessToken)) == 0


@pytest.mark.row("TK-D8")
def test_a_row_lives_on_but_not_beyond_its_cap(db, alice):
    jwt = access_tokens.issue(db, alice.id, "tokenauth", HOUR)
    pass_by(db, timedelta(minutes=30))
    longer = access_tokens.prolong(db, jwt.id, HOUR, at_most=timedelta(hours=2))
    assert longer - jwt.expires_at == timedelta(0)  # an hour from now, as now stands still in here
    pass_by(db, timedelta(minutes=50))
    capped = access_tokens.prolong(db, jwt.id, HOUR, at_most=timedelta(hours=2))
    assert capped - longer == timedelta(minutes=-20)
    assert access_tokens.prolong(db, jwt.id, HOUR, at_most=timedelta(hours=2)) is None


def test_a_use_is_noted_at_most_once_a_minute(db, alice):
    token = access_tokens.ask(db, KEYS, alice.id)
    assert access_tokens.holder(db, token.token).is_due
    access_tokens.note_use(db, token.id, alice.id)
    assert not access_tokens.holder(db, token.token).is_due
    pass_by(db, timedelta(seconds=61))
    db.execute(update(User).values(last_seen_at=func.now() - timedelta(seconds=61)))
    assert access_tokens.holder(db, token.token).is_due


def test_a_person_sees_what_programs_hold_the_newest_first(db, alice, bob):
    access_tokens.ask(db, KEYS, alice.id, label="first")
    access_tokens.issue(db, alice.id, "miniter", HOUR)
    access_tokens.ask(db, KEYS, bob.id)
    assert [(row.face, row.label) for row in access_tokens.of(db, alice.id)] == [("miniter", ""), ("api", "first")]


def test_a_crowd_that_asks_at_once_gets_one_and_the_same(new_database):
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000"})
    with database.writing() as db:
        user_id = db.scalars(User.__table__.insert().values(username="susan").returning(User.id)).one()
        db.commit()
    start, tokens = threading.Barrier(16), []

    def ask() -> None:
        start.wait()
        with database.writing() as db:
            tokens.append(access_tokens.ask(db, KEYS, user_id).token)
            db.commit()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert len(tokens) == 16
    assert len(set(tokens)) == 1
