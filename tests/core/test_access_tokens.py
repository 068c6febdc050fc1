"""What lets programs in: made, asked for again, used, revoked."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from microblog.core import access_tokens, credentials, moderation
from microblog.core.refusals import Conflict, Invalid, NotFound, Taken
from microblog.framework.database import Database
from microblog.models import AccessToken, User

from ..together import in_transactions

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


def have_tokens(db, user_id: int, count: int, *, lives: timedelta = HOUR) -> None:
    for number in range(count):
        access_tokens.create(db, KEYS[0], user_id, label=f"t{number}", lives=lives)


def test_nobody_hoards_tokens(db, alice, bob):
    have_tokens(db, alice.id, access_tokens.MOST_OF_ONE_PERSON)
    for ask in (
        lambda: access_tokens.create(db, KEYS[0], alice.id, label="one more", lives=HOUR),
        lambda: access_tokens.ask(db, KEYS, alice.id),
    ):
        with pytest.raises(Conflict):
            ask()
    assert db.scalar(select(func.count()).select_from(AccessToken)) == access_tokens.MOST_OF_ONE_PERSON
    assert access_tokens.ask(db, KEYS, alice.id, label="t7").token  # it is there already
    assert access_tokens.ask(db, KEYS, bob.id).token


def test_tokens_that_are_over_leave_room_for_others(db, alice):
    have_tokens(db, alice.id, access_tokens.MOST_OF_ONE_PERSON)
    pass_by(db, HOUR)
    assert access_tokens.create(db, KEYS[0], alice.id, label="one more", lives=HOUR).token


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
    for gone in (mine.id, 2**63 - 1):
        with pytest.raises(NotFound):
            access_tokens.revoke(db, alice.id, gone)


def test_a_token_that_is_over_is_not_there_to_be_revoked(db, alice):
    token = access_tokens.ask(db, KEYS, alice.id)
    pass_by(db, HOUR)
    with pytest.raises(NotFound):
        access_tokens.revoke(db, alice.id, token.id)


def test_whoever_revokes_all_leaves_those_of_others(db, alice, bob):
    access_tokens.issue(db, alice.id, "ballot", HOUR)
    theirs = access_tokens.ask(db, KEYS, bob.id)
    access_tokens.revoke_all(db, alice.id)
    assert access_tokens.of(db, alice.id) == []
    assert access_tokens.holder(db, theirs.token).id == bob.id


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
    assert db.scalars(select(AccessToken.expires_at)).one() == capped


@pytest.mark.row("TK-09", "TK-D8")
def test_a_row_that_is_over_or_revoked_does_not_come_to_life_again(db, alice):
    over, revoked = access_tokens.issue(db, alice.id, "tokenauth", HOUR), access_tokens.issue(db, alice.id, "tokenauth", HOUR)
    access_tokens.revoke(db, alice.id, revoked.id)
    pass_by(db, HOUR)
    for row in (over, revoked):
        assert access_tokens.prolong(db, row.id, HOUR, at_most=timedelta(days=1)) is None
        assert access_tokens.holder_of_jwt(db, "tokenauth", row.id) is None


def test_a_use_is_noted_at_most_once_a_minute(db, alice):
    token = access_tokens.ask(db, KEYS, alice.id)
    assert access_tokens.holder(db, token.token).is_due
    access_tokens.note_use(db, token.id, alice.id)
    assert not access_tokens.holder(db, token.token).is_due
    pass_by(db, timedelta(seconds=61))
    assert access_tokens.holder(db, token.token).is_due  # for the token; the person has been here
    access_tokens.note_use(db, token.id, alice.id)
    db.execute(update(User).values(last_seen_at=func.now() - timedelta(seconds=61)))
    assert access_tokens.holder(db, token.token).is_due
    access_tokens.note_use(db, token.id, alice.id)
    seen = db.execute(select(User.last_seen_at, AccessToken.last_used_at, func.now()).join(AccessToken)).one()
    assert len(set(seen)) == 1


def test_who_somebody_is_costs_one_query(db, alice, counted):
    token, jwt = access_tokens.ask(db, KEYS, alice.id), access_tokens.issue(db, alice.id, "miniter", HOUR)
    with counted() as statements:
        holder = access_tokens.holder(db, token.token)
        holder_of_jwt = access_tokens.holder_of_jwt(db, "miniter", jwt.id)
    assert len(statements) == 2
    assert (holder.id, holder.username, holder.token_id) == (alice.id, "alice", token.id)
    assert (holder_of_jwt.id, holder_of_jwt.token_id) == (alice.id, jwt.id)
    assert access_tokens.holder(db, "x" * 32) is None


def test_somebody_suspended_holds_nothing(db, alice):
    token, jwt = access_tokens.ask(db, KEYS, alice.id), access_tokens.issue(db, alice.id, "miniter", HOUR)
    db.execute(update(User).values(suspended_at=func.now()))
    assert access_tokens.holder(db, token.token) is None
    assert access_tokens.holder_of_jwt(db, "miniter", jwt.id) is None


@pytest.mark.row("TK-17")
def test_a_person_sees_what_programs_hold_the_newest_first_and_somebody_who_holds_nothing_an_empty_list(db, alice, bob, charlie):
    access_tokens.ask(db, KEYS, alice.id, label="first")
    access_tokens.issue(db, alice.id, "miniter", HOUR)
    access_tokens.ask(db, KEYS, bob.id)
    assert [(row.face, row.label) for row in access_tokens.of(db, alice.id)] == [("miniter", ""), ("api", "first")]
    assert access_tokens.of(db, charlie.id) == []
    pass_by(db, HOUR)
    assert [row.face for row in access_tokens.of(db, alice.id)] == []


def test_a_program_that_logs_in_all_the_time_does_not_hide_tokens_with_names(db, alice):
    access_tokens.ask(db, KEYS, alice.id, label="phone")
    issued = [access_tokens.issue(db, alice.id, "miniter", HOUR).id for _ in range(access_tokens.MOST_JWTS + 1)]
    shown = access_tokens.of(db, alice.id)
    assert [row.id for row in shown[:-1]] == issued[:0:-1]
    assert shown[-1].label == "phone"


@pytest.fixture
def crowd(new_database):
    """A database that really commits, and the id of somebody in it."""
    database = Database(new_database(), connections=16, settings={"lock_timeout": "30000"})
    with database.writing() as db:
        user_id = db.scalar(insert(User).values(username="susan").returning(User.id))
        db.commit()
    yield database, user_id
    database.close()


def sixteen_at_once(database, deed) -> list:
    """What comes of a deed, or what kind of refusal, done sixteen times at the same moment; it is told which time it is."""
    made = in_transactions(database, [lambda db, number=number: deed(db, number) for number in range(16)])
    return [type(each) if isinstance(each, Conflict) else each for each in made]


@pytest.mark.parametrize("before", [None, "retired", "due"])
def test_a_crowd_that_asks_at_once_gets_one_and_the_same(crowd, before):
    database, user_id = crowd
    old = ""
    if before:
        with database.writing() as db:
            old = access_tokens.ask(db, KEYS if before == "due" else [b"o" * 32], user_id).token
            if before == "due":
                pass_by(db, HOUR - access_tokens.REST)
            db.commit()
    tokens = {access.token for access in sixteen_at_once(database, lambda db, _: access_tokens.ask(db, KEYS, user_id))}
    assert len(tokens) == 1
    assert old not in tokens
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(AccessToken)) == 1
        assert access_tokens.holder(db, tokens.pop()).id == user_id


def test_of_a_crowd_that_wants_the_last_token_one_has_it(crowd):
    database, user_id = crowd
    with database.writing() as db:
        have_tokens(db, user_id, access_tokens.MOST_OF_ONE_PERSON - 1)
        db.commit()
    made = sixteen_at_once(
        database, lambda db, number: access_tokens.create(db, KEYS[0], user_id, label=f"last {number}", lives=HOUR)
    )
    assert made.count(Conflict) == 15
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(AccessToken)) == access_tokens.MOST_OF_ONE_PERSON
