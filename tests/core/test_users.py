"""People join, are found, and are known by one name whatever its case."""

import contextlib

import pytest
from sqlalchemy import func, select

from microblog.core import avatars, follows, messages, passwords, posts, queries, search, users
from microblog.core.refusals import Invalid, NotFound
from microblog.framework.database import Database
from microblog.models import Base, Credential, Follow, Notification, User

from ..together import in_transactions


def register(db, username="susan", email="susan@example.org", password="long enough", **more):
    return users.register(db, username=username, email=email, password=password, **more)


def errors_of(db, **values):
    with pytest.raises(Invalid) as refused:
        register(db, **values)
    return {name: str(message) for name, message in refused.value.errors.items()}


@pytest.mark.row("MT-05.1", "MN-04", "MT-D08")
def test_whoever_registers_is_there_with_a_hash_and_not_a_password(db):
    user_id = register(db)
    credential = db.scalars(select(Credential).where(Credential.user_id == user_id)).one()
    assert db.get(User, user_id).username == "susan"
    assert credential.password_hash.startswith("$argon2id$")
    assert "long enough" not in credential.password_hash


@pytest.mark.row("MT-08.8")
def test_the_same_password_is_never_hashed_the_same_way_twice():
    first, second = passwords.hashed("cat"), passwords.hashed("cat")
    assert first != second
    assert passwords.fits("cat", first)
    assert passwords.fits("cat", second)
    assert not passwords.fits("dog", first)


@pytest.mark.row("MT-05.11")
@pytest.mark.parametrize("username", ["susan", "SUSAN", "Susan"])
def test_a_taken_name_is_refused_politely_whatever_its_case(db, username):
    register(db)
    assert errors_of(db, username=username, email="other@example.org") == {"username": "Please use a different username."}


@pytest.mark.row("MT-05.11")
def test_a_taken_address_is_refused_politely_whatever_its_case(db):
    register(db)
    assert errors_of(db, username="david", email="SUSAN@Example.org") == {"email": "Please use a different email address."}
    assert db.scalar(select(func.count()).select_from(User)) == 1


def test_of_a_name_and_an_address_that_are_both_taken_one_hears_at_once(db):
    register(db)
    assert set(errors_of(db)) == {"username", "email"}


@pytest.mark.row("MT-D07")
@pytest.mark.parametrize(
    "username", ["", " ", "a/b", "?", "a b", ".susan", "susan.", "-x", "수잔", "a" * 65, "alice\n@", "admin", "Explore"]
)
def test_a_name_that_cannot_be_one_is_refused(db, username):
    assert set(errors_of(db, username=username)) == {"username"}


@pytest.mark.parametrize("username", ["a", "_", "susan.b-c_d", "A1", "a" * 64])
def test_a_name_of_letters_digits_and_marks_is_welcome(db, username):
    assert register(db, username=username)


@pytest.mark.row("MT-05.11")
@pytest.mark.parametrize("email", ["", "susan", "@example.org", "susan@", "a@b@c", "a b@example.org", "a" * 250 + "@b.org"])
def test_an_address_without_two_sides_is_refused(db, email):
    assert set(errors_of(db, email=email)) == {"email"}


@pytest.mark.parametrize("password", ["", "short", "x" * 1_025])
def test_a_password_too_short_or_too_long_is_refused(db, password):
    assert set(errors_of(db, password=password)) == {"password"}


@pytest.mark.row("MT-05.11")
def test_two_passwords_that_differ_are_refused(db):
    assert set(errors_of(db, repeated="something else")) == {"password2"}


def test_all_that_is_wrong_is_said_at_once(db):
    assert set(errors_of(db, username="", email="", password="")) == {"username", "email", "password"}


def test_one_comes_in_by_name_or_by_address(db):
    user_id = register(db)
    for login in ("susan", "SUSAN", "susan@example.org", " Susan@Example.org "):
        assert users.authenticate(db, login, "long enough") == user_id


@pytest.mark.row("MT-05.3")
@pytest.mark.parametrize(
    ("login", "password"), [("susan", "wrong"), ("nobody", "long enough"), ("nobody@example.org", "x"), ("", "")]
)
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(db, login, password):
    register(db)
    with pytest.raises(NotFound, match="Invalid username or password"):
        users.authenticate(db, login, password)


def test_an_unknown_name_costs_a_hash_like_a_known_one(db, monkeypatch):
    hashes = []
    monkeypatch.setattr(passwords, "hasher", type("Counting", (), {"verify": lambda _, *words: hashes.append(words)})())
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda: "the hash of nobody")
    with pytest.raises(NotFound):
        users.authenticate(db, "nobody", "guess")
    assert hashes == [("the hash of nobody", "guess")]


def test_somebody_who_is_suspended_does_not_come_in(db):
    user_id = register(db)
    db.get(User, user_id).suspended_at = func.now()
    db.flush()
    with pytest.raises(NotFound):
        users.authenticate(db, "susan", "long enough")


def test_a_dated_hash_is_made_anew_at_login(db):
    user_id = register(db)
    credential = db.get(Credential, user_id)
    credential.password_hash = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("long enough")
    db.flush()
    users.authenticate(db, "susan", "long enough")
    db.refresh(credential)
    assert "m=19456,t=2,p=1" in credential.password_hash


def test_a_profile_tells_who_follows_whom(db, alice, bob):
    from microblog.core import follows

    follows.follow(db, bob.id, "alice")
    assert users.profile(db, "ALICE", reader_id=bob.id).is_followed
    assert users.profile(db, "bob", reader_id=alice.id).follows_back
    with pytest.raises(NotFound, match="User nobody not found"):
        users.profile(db, "nobody", reader_id=bob.id)


@pytest.mark.row("MT-D09", "MN-D8")
def test_of_sixteen_who_register_one_name_at_once_one_gets_it(new_database):
    database = Database(new_database(), connections=16)

    def join(db, number):
        register(db, username="Susan" if number % 2 else "susan", email=f"{number}@example.org")

    assert at_once(database, join, range(16)) == ["Please use a different username."] * 15 + ["done"]
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(User)) == 1
    database.close()


def edit(db, person, **changes):
    kept = {"username": person.username, "display_name": "", "about_me": "", "language": ""}
    users.edit(db, person.id, **(kept | changes), languages=("en", "es", "ko"))


def refused_edit(db, person, **changes):
    with pytest.raises(Invalid) as refused:
        edit(db, person, **changes)
    return {name: str(message) for name, message in refused.value.errors.items()}


@pytest.mark.row("MT-06.8", "MT-06.10")
def test_what_a_person_says_of_themselves_is_stored_and_a_new_name_counts_at_once(db, alice):
    edit(db, alice, username="Anna", display_name=" Anna \n Ångström ", about_me="I write.\nA lot.", language="ko")
    stored = db.execute(select(User.display_name, User.about_me, User.language)).one()
    assert tuple(stored) == ("Anna Ångström", "I write.\nA lot.", "ko")
    assert users.authenticate(db, "anna", "correct horse") == alice.id
    assert users.profile(db, "anna", reader_id=0).id == alice.id
    with pytest.raises(NotFound):
        users.profile(db, "alice", reader_id=0)


@pytest.mark.row("MT-07.9")
def test_ones_own_name_stays_or_changes_its_case_and_somebody_elses_is_taken(db, alice, bob):
    edit(db, alice)
    edit(db, alice, username="ALICE")
    assert refused_edit(db, alice, username="Bob") == {"username": "Please use a different username."}
    assert db.scalar(select(User.username).where(User.id == alice.id)) == "ALICE"


@pytest.mark.row("MT-D07")
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"username": ""}, "username"),
        ({"username": "a/b"}, "username"),
        ({"username": "explore"}, "username"),
        ({"username": "a" * 65}, "username"),
        ({"display_name": "한" * 101}, "display_name"),
        ({"about_me": "😀" * 501}, "about_me"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(db, alice, changes, wrong):
    assert set(refused_edit(db, alice, **changes)) == {wrong}


def test_as_much_as_there_is_room_for_fits(db, alice):
    edit(db, alice, username="a" * 64, display_name="한" * 100, about_me="😀" * 500)


def at_once(database, verb, numbers):
    """Run a verb for each number in a transaction of its own, all released together; gives what they said."""
    came = in_transactions(database, [lambda db, number=number: verb(db, number) for number in numbers], tries=3)
    return sorted(str(next(iter(each.errors.values()))) if isinstance(each, Invalid) else "done" for each in came)


@pytest.fixture
def sixteen(new_database):
    """A database with sixteen people, all following each other; and their ids."""
    database = Database(new_database(), connections=16)
    with database.writing() as db:
        ids = [register(db, username=f"person{number}", email=f"{number}@example.org") for number in range(16)]
        for one in ids:
            for other in range(16):
                if ids[other] != one:
                    follows.follow(db, one, f"person{other}")
        db.commit()
    yield database, ids
    database.close()


@pytest.mark.row("MT-07.10", "MT-D09")
def test_of_sixteen_who_take_one_name_at_once_one_gets_it_and_the_others_hear_why(sixteen):
    database, ids = sixteen
    words = {"display_name": "", "about_me": "", "language": ""}
    outcomes = at_once(database, lambda db, user_id: users.edit(db, user_id, username="Susan", **words, languages=()), ids)
    assert outcomes == ["Please use a different username."] * 15 + ["done"]
    with database.reading() as db:
        assert db.scalar(select(func.count()).where(func.lower(User.username) == "susan")) == 1


def test_who_leaves_takes_everything_along_and_what_is_counted_of_others_is_exact(db, alice, bob, charlie):
    follows.follow(db, alice.id, "bob")
    follows.follow(db, bob.id, "alice")
    follows.follow(db, charlie.id, "bob")
    follows.follow(db, bob.id, "charlie")
    posts.publish(db, alice.id, "hello @bob", longest=300)
    messages.send(db, alice.id, "bob", "hello", longest=300)
    messages.send(db, charlie.id, "bob", "hello", longest=300)
    avatars.put(db, alice.id, b"a picture")
    users.erase(db, alice.id)
    assert db.scalar(select(func.count()).select_from(User)) == 2
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if any(key.column.table.name == "users" for key in column.foreign_keys):
                assert db.scalar(select(func.count()).select_from(table).where(column == alice.id)) == 0, str(column)
    counted = select(User.follower_count, User.followed_count, User.unread_message_count, User.unread_notification_count)
    lines = select(func.count()).where(Notification.user_id == bob.id, Notification.read_at.is_(None))
    assert tuple(db.execute(counted.where(User.id == bob.id)).one()) == (1, 1, 1, db.scalar(lines))
    assert tuple(db.execute(counted.where(User.id == charlie.id)).one())[:2] == (1, 1)
    with pytest.raises(NotFound):
        users.authenticate(db, "alice", "correct horse")


def test_of_sixteen_who_follow_each_other_eight_leave_at_once_while_others_turn_away(sixteen):
    database, ids = sixteen

    def change(db, user_id):
        if ids.index(user_id) % 2:
            users.erase(db, user_id)
        else:
            with contextlib.suppress(NotFound):
                follows.unfollow(db, user_id, "person1")

    assert at_once(database, change, ids) == ["done"] * 16
    with database.reading() as db:
        for row in db.execute(select(User.id, User.follower_count, User.followed_count)):
            assert row.follower_count == db.scalar(select(func.count()).where(Follow.followed_id == row.id))
            assert row.followed_count == db.scalar(select(func.count()).where(Follow.follower_id == row.id))
        assert db.scalar(select(func.count()).select_from(User)) == 8


def test_profiles_are_found_the_most_read_first_without_those_who_are_gone(db, alice, bob, new_person):
    for person in (alice, bob, new_person("bobby", suspended_at=func.now())):
        search.index_user(db, person.id)
    follows.follow(db, alice.id, "bob")
    found = users.profiles_found(db, search.POSTGRES, queries.parse("ali bob"), most=5)
    assert [(row.username, row.display_name, row.follower_count) for row in found] == [
        ("bob", "", 1),
        ("alice", "Alice Ånström", 0),
    ]
    assert list(users.profiles_found(db, search.POSTGRES, queries.parse("nobody"), most=5)) == []
    assert "email" not in found[0]._fields
