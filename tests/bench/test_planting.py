"""planting: a town in a database, found by the product's own search and counted exactly."""

from microblog.bench import ledger, planting
from microblog.core import posts, queries, search
from microblog.framework.database import Database
from microblog.models import Post, User


def test_everything_that_was_to_be_planted_is_there(asked, small_town):
    assert asked("SELECT count(*) FROM users") == [(small_town.people,)]
    assert asked("SELECT count(*), count(DISTINCT id), max(created_at) < now() FROM posts") == [(500, 500, True)]
    for table in ("followers", "messages", "conversations", "notifications", "signals", "votes", "credentials"):
        assert asked(f"SELECT count(*) > 0 FROM {table}") == [(True,)], table
    assert asked("SELECT count(*) FROM polls WHERE post_id IS NOT NULL") == [(5,)]
    assert asked("SELECT count(*) FROM posts WHERE has_poll") == [(5,)]
    assert asked("SELECT count(*) > 0 FROM posts WHERE mentions <> '{}'") == [(True,)]


def test_every_counter_equals_its_rows(cursor, asked):
    assert ledger.counters(cursor) == []
    assert asked("SELECT sum(post_count), sum(follower_count) > 0 FROM users") == [(500, True)]
    assert asked("SELECT value FROM counters WHERE name = 'users'") == [(30,)]
    assert asked("SELECT sum(voter_count) > 0 FROM polls") == [(True,)]


def test_words_are_those_that_the_product_would_store(town_url, asked):
    database = Database(town_url, connections=1)
    with database.writing() as db:
        for model, table in ((Post, "posts"), (User, "users")):
            ids = [each for (each,) in asked(f"SELECT id FROM {table}")]
            assert search.POSTGRES.add(db, model, ids) == 0, "the product would have stored other words"
    database.close()


def test_posts_are_found(town_url, asked):
    ((post_id, body),) = asked("SELECT id, body FROM posts WHERE language = 'en' AND length(body) > 60 ORDER BY id LIMIT 1")
    rare = max(body.strip(".!?").split(), key=len)
    database = Database(town_url, connections=1)
    with database.reading() as db:
        found = posts.found(db, search.POSTGRES, queries.parse(f'"{rare}"'), number=1, size=25)
    database.close()
    assert post_id in [row.id for row in found.items]


def test_the_indexes_of_words_are_back(asked):
    assert asked(
        "SELECT count(*) FROM pg_indexes WHERE tablename = 'posts' AND indexdef LIKE '%USING gin%gin_pending_list_limit%'"
    ) == [(1,)]


def test_the_next_person_gets_an_id_of_their_own(asked):
    assert asked("INSERT INTO users (username) VALUES ('newcomer') RETURNING id") == [(31,)]


def test_text_reaches_the_database_as_it_is(cursor, asked):
    cursor.execute("CREATE TEMPORARY TABLE tried (body text, words text[], digest bytea, flag boolean)")
    texts = ["plain", "a\\b", "tab\there", "line\nbreak", r"\N", "한국어 ñ 🎶"]
    planting.copy(
        cursor, "tried", [(text, ["a", "b"], b"\x00\xff\\", True) for text in texts], ("body", "words", "digest", "flag")
    )
    assert [row[0] for row in asked("SELECT body FROM tried")] == texts
    assert asked("SELECT DISTINCT words, digest, flag FROM tried")[0][0] == ["a", "b"]
    assert bytes(asked("SELECT digest FROM tried LIMIT 1")[0][0]) == b"\x00\xff\\"
    planting.copy(cursor, "tried", [(None, [], b"", False)], ("body", "words", "digest", "flag"))
    assert asked("SELECT words FROM tried WHERE body IS NULL") == [([],)]
