"""yardsticks: the limit builds the pages of the product, to the letter."""

import re
from datetime import UTC, datetime
from itertools import product as product_of

import pytest
from werkzeug.test import Client

from microblog.bench import cuts
from microblog.bench.ground import dsn_of
from microblog.bench.yardsticks import Yardsticks, date, escaped, instant, moment

# What is new on each page, and what the limit leaves alone: a count that is none is marked so.
NEW = re.compile(r'value="[0-9a-f]{16}\.[0-9a-f]{40}"|name="nonce" value="[^"]*"|class="count( none)?"|data-seen="[^"]*"')
ARTICLE = re.compile(r'<article class="post" id="post([0-9]+)"')


@pytest.fixture(scope="module")
def both(town_site, town_url):
    """Asks the product and the limit for the same page as the same person; gives both answers."""
    limit = Yardsticks(dsn_of(town_url), cuts.cut(town_site.app.config))
    clients = [Client(application, use_cookies=False) for application in (town_site.app, limit)]

    def ask(path: str, number: int = 0):
        visitor = town_site.visitors[number]
        by_token = path.startswith("/api/")
        headers = {"Authorization": f"Bearer {visitor.access_token}"} if by_token else {"Cookie": visitor.cookie}
        return [client.get(path, base_url=town_site.url, headers=headers) for client in clients]

    yield ask
    limit.threads.connection.close()


def without_new(text: str) -> str:
    return re.sub(r"\s+", " ", NEW.sub("", text))


@pytest.mark.parametrize("number", [0, 1, 2, 9, 20])
def test_the_home_page_has_the_same_posts(both, number):
    product, limit = both("/", number)
    assert (product.status_code, limit.status_code) == (200, 200)
    assert ARTICLE.findall(limit.text) == ARTICLE.findall(product.text)
    assert len(ARTICLE.findall(limit.text)) == 25


@pytest.mark.parametrize("path", ["/", "/explore", "/user/{username}", "/post/{post}"])
def test_a_page_without_polls_is_the_same_to_the_letter(both, town_site, asked, path):
    ((post,),) = asked("SELECT id FROM posts WHERE NOT has_poll AND language = 'en' ORDER BY id DESC LIMIT 1")
    talkers = [
        name for (name,) in asked("SELECT username FROM users WHERE post_count > 25 AND id > 1 ORDER BY follower_count LIMIT 4")
    ]
    compared = 0
    for number, username in product_of(range(30), talkers if "user" in path else [""]):
        product, limit = both(path.format(username=username, post=post), number)
        differing = ('class="poll', 'class="badge"', 'formaction="/microblog/unfollow', 'formaction="/microblog/export_posts')
        if any(mark in product.text for mark in differing):
            continue
        assert without_new(limit.text) == without_new(product.text)
        compared += 1
    assert compared


def test_pages_with_polls_are_nearly_as_large(both):
    for number in range(10):
        product, limit = both("/", number)
        assert 0.9 < len(limit.data) / len(product.data) <= 1.01


def test_the_timeline_of_the_api_is_the_same(both):
    product, limit = both("/api/timelines/home?per_page=25", 4)
    assert limit.mimetype == "application/json"
    for ours, theirs in zip(limit.json["items"], product.json["items"], strict=True):
        assert ours | {"poll": None} == theirs | {"poll": None}
    assert limit.json["_links"] == product.json["_links"]
    assert limit.json["_meta"] == product.json["_meta"]


def test_the_followers_of_the_api_are_the_same(both):
    product, limit = both("/api/users/1/followers?per_page=25", 4)
    assert limit.json == product.json


def test_signals_are_the_same_whether_there_is_something_new_or_not(both):
    for since in ("0", "4000000000"):
        product, limit = both(f"/notifications?since={since}", 3)
        assert limit.json == product.json
        assert limit.mimetype == product.mimetype
    assert limit.data == b"[]"


def test_the_headers_are_those_of_the_product(both):
    made_anew = {"Content-Length", "X-Request-ID", "ETag", "Date"}
    for path in ("/", "/api/timelines/home", "/notifications?since=0"):
        product, limit = both(path)
        assert {name: value for name, value in limit.headers if name not in made_anew} == {
            name: value for name, value in product.headers if name not in made_anew
        }
        assert limit.headers["Content-Length"] == str(len(limit.data))


@pytest.mark.parametrize(
    "path", ["/", "/explore", "/notifications?since=0", "/api/timelines/home", "/user/nobody-at-all", "/post/1"]
)
def test_a_stranger_and_a_page_that_is_not_there_get_nothing(both, town_url, town_site, path):
    client = Client(Yardsticks(dsn_of(town_url), cuts.cut(town_site.app.config)), use_cookies=False)
    assert client.get(path, headers={"Cookie": f"{town_site.app.cookies.session_name}=x.y"}).status_code == 401


def test_the_bare_callable_asks_nobody(town_site):
    bare = Yardsticks("postgresql://nobody@/nothing", {f"{kind}_headers": [] for kind in ("html", "json", "signal")})
    answer = Client(bare).get("/bare")
    assert (answer.status_code, answer.data) == (200, b"bare")


def test_times_are_written_as_the_product_writes_them(town_site):
    language = town_site.app.languages.default
    first, noon = datetime(2001, 2, 3, 0, 5, 6, 7, UTC), datetime(2026, 11, 25, 12, tzinfo=UTC)
    for at in (first, noon, datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)):
        assert moment(str(at)) == language.moment(at)
        assert date(str(at)) == language.date(at)
        assert instant(str(at)) == at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_people_write_is_escaped():
    assert escaped("<b> & 'co'") == "&lt;b&gt; &amp; &#39;co&#39;"
    assert escaped("plain 한국어") == "plain 한국어"
