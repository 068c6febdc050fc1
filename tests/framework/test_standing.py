"""How things stand with a database."""

import time

from sqlalchemy import text

from microblog import migrations
from microblog.framework.database import Database
from microblog.framework.standing import standing


def test_what_the_server_is_and_allows(db):
    found = standing(db)
    assert found["version"] >= 150_000
    assert found["encoding"] == "UTF8"
    assert not found["in_recovery"]
    assert not found["read_only"]
    assert not found["superuser"]
    assert abs(found["now"] - time.time()) < 5
    assert (found["statement_timeout"], found["lock_timeout"], found["idle_timeout"]) == (5_000, 2_000, 10_000)
    assert found["schema"] == migrations.head()


def test_the_same_database_is_known_again_and_another_is_not(migrated_url, new_database):
    def identity(url: str) -> tuple[str, str]:
        database = Database(url, connections=1)
        with database.reading() as db:
            found = standing(db)
        database.close()
        return found["identity"], found["schema"]

    empty = new_database(migrated=False)
    assert identity(migrated_url) == identity(migrated_url)
    assert identity(migrated_url)[0] != identity(empty)[0]
    assert identity(empty)[1] == ""


def test_a_limit_of_the_role_or_the_database_counts(new_database):
    database = Database(new_database(migrated=False), connections=1)
    with database.reading() as db:
        most = standing(db)["connections"]
        name = db.scalar(text("SELECT current_database()"))
        db.execute(text(f"ALTER DATABASE {name} CONNECTION LIMIT 7"))
        assert standing(db)["connections"] == 7 < most
    database.close()
