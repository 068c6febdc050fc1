"""Deeds are requests that the product takes as it takes those of people."""

from random import Random

import pytest
from sqlalchemy import func, select

from microblog.bench import BenchError, planting, visitors
from microblog.bench.deeds import DEEDS, EXPECTED, Deeds
from microblog.bench.ground import dsn_of
from microblog.models import Follow, Post, Vote

from .conftest import opened


@pytest.fixture(scope="module")
def town_url(new_database, small_town) -> str:
    """A town of their own: what is done there stays."""
    url = new_database()
    planting.plant(dsn_of(url), small_town)
    return url


@pytest.fixture(scope="module")
def town_site(town_url, small_town):
    with opened(town_url, small_town) as site:
        yield site


@pytest.fixture
def deeds(town_site, cursor, small_town, tmp_path):
    chance = Random(1)
    visitors.write_down(tmp_path, cursor, small_town, town_site.visitors, {})
    lines = (tmp_path / "votes.tsv").read_text("utf-8").splitlines()
    votes = [(int(poll), int(choices), int(place)) for poll, choices, place in (line.split("\t") for line in lines)]
    return Deeds(chance, town_site.visitors, visitors.texts(chance, small_town), votes)


def rows(site) -> list[int]:
    """How many posts, follows and votes there are."""
    with site.app.database.reading() as db:
        return [db.scalar(select(func.count()).select_from(model)) for model in (Post, Follow, Vote)]


@pytest.mark.parametrize("kind", DEEDS)
def test_each_deed_is_done(town_site, deeds, kind):
    before = rows(town_site)
    statuses = []
    for _ in range(3):
        environ = deeds.environ(kind)
        host = {"SCRIPT_NAME": town_site.app.config.mount, "HTTP_HOST": town_site.app.config.host, "SERVER_NAME": "localhost"}
        host |= {"SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "QUERY_STRING": "", "wsgi.url_scheme": "http"}
        b"".join(town_site.app(host | environ, lambda status, headers: statuses.append(status[:3])))
        assert statuses[-1] == environ[EXPECTED]
    change = [after - earlier for after, earlier in zip(rows(town_site), before, strict=True)]
    assert (change[0], change[2]) == (3 * kind.endswith("publish"), 3 * (kind == "vote"))
    with town_site.app.database.reading() as db:
        following = {tuple(row) for row in db.execute(select(Follow.follower_id, Follow.followed_id))}
    assert following >= {(reader.id, author.id) for reader, author in deeds.following}
    assert len(deeds.following) == 3 * (kind == "follow")


def test_who_begins_to_read_somebody_ceases_a_little_later(deeds):
    paths = [deeds.environ("follow")["PATH_INFO"] for _ in range(6)]
    assert [path.split("/")[1] for path in paths] == ["follow"] * 4 + ["unfollow", "follow"]
    assert paths[4] == paths[0].replace("follow", "unfollow")


def test_votes_come_to_an_end(deeds):
    deeds.votes = deeds.votes[:1]
    deeds.environ("vote")
    with pytest.raises(BenchError, match="Everybody has voted"):
        deeds.environ("vote")
