"""The command that makes everything findable anew."""

import pytest
from sqlalchemy import func, insert, select, update

from microblog.core import posts, queries, search, users
from microblog.framework.database import Database
from microblog.models import Post, User


@pytest.fixture
def unfindable(environment, new_database):
    """A database with people and posts whose words were lost, or were never theirs."""
    url = new_database()
    environment(DATABASE_URL=url)
    database = Database(url, connections=1)
    with database.writing() as db:
        user_id = db.scalar(insert(User).values(username="minseo", display_name="오민서").returning(User.id))
        db.execute(insert(Post), [{"author_id": user_id, "body": f"빵 number{number}", "language": "ko"} for number in range(25)])
        db.execute(update(Post).where(Post.id == select(func.max(Post.id)).scalar_subquery()).values(search="'somethingelse':1"))
        db.commit()
    with database.reading() as db:
        yield db
    database.close()


def found(db, typed: str) -> int:
    return len(posts.found(db, search.POSTGRES, queries.parse(typed), number=1, size=100).items)


@pytest.mark.row("MT-16.8", "MT-D22")
def test_reindexing_finds_everything_again_and_nothing_that_is_not_there(command, unfindable):
    assert (found(unfindable, "빵"), found(unfindable, "somethingelse")) == (0, 1)
    done = command("search", "reindex", "--batch", "10")
    assert done.status == 0
    assert "20 posts looked at, 20 put right" in done.out
    assert "All posts can be found." in done.out
    assert (found(unfindable, "빵 lang:ko from:minseo"), found(unfindable, "somethingelse")) == (25, 0)
    assert users.found(unfindable, search.POSTGRES, queries.parse("민서"), most=5)


@pytest.mark.row("MT-16.8")
def test_what_is_right_already_is_left_alone_and_one_may_begin_where_one_stopped(command, unfindable):
    middle = unfindable.scalar(select(Post.id).order_by(Post.id).offset(14).limit(1))
    assert "10 posts looked at, 10 put right" in command("search", "reindex", "--after", str(middle)).out
    assert "25 posts looked at, 15 put right" in command("search", "reindex").out
    versions = list(unfindable.scalars(select(Post.search.table.c.id).order_by(Post.id)))
    assert "25 posts looked at, 0 put right" in command("search", "reindex").out
    assert list(unfindable.scalars(select(Post.id).order_by(Post.id))) == versions


@pytest.mark.parametrize("words", [(), ("reindex", "--batch", "0"), ("reindex", "--batch", "x"), ("reindex", "--after", "x")])
def test_words_that_mean_nothing_are_refused(command, words):
    assert command("search", *words).status == 2
