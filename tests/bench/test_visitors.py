"""visitors: sessions, forms and tokens that the product takes for its own, and files with requests in them."""

from urllib.parse import unquote_plus

import pytest
from werkzeug.test import Client

from microblog.bench import visitors
from microblog.framework.text import load_json


@pytest.fixture
def client(town_site):
    return Client(town_site.app, use_cookies=False)


def test_everybody_is_logged_in_with_a_browser(client, town_site):
    for visitor in town_site.visitors[::7]:
        page = client.get("/", base_url=town_site.url, headers={"Cookie": visitor.cookie})
        assert page.status_code == 200
        assert f"@{visitor.username}</a>" in page.text


def test_everybody_is_logged_in_with_a_program(client, town_site):
    visitor = town_site.visitors[3]
    answer = client.get(
        f"/api/users/{visitor.id}", base_url=town_site.url, headers={"Authorization": f"Bearer {visitor.access_token}"}
    )
    assert answer.json["username"] == visitor.username
    assert "email" in answer.json, "it is themselves whom they see"


def test_their_forms_are_taken_and_those_of_others_are_not(client, town_site):
    first, second = town_site.visitors[4:6]

    def status(token: str) -> int:
        empty = {"csrf_token": token, "post": " "}
        return client.post("/", base_url=town_site.url, headers={"Cookie": first.cookie}, data=empty).status_code

    assert status(second.form_token) == 400
    assert status(first.form_token) == 422, "it went as far as the text"


def test_each_has_secrets_of_their_own(town_site):
    assert len(town_site.visitors) == 30
    for name in ("id", "username", "secret", "cookie", "form_token", "access_token"):
        assert len({getattr(visitor, name) for visitor in town_site.visitors}) == 30


def test_the_files_say_what_can_be_asked_and_done(tmp_path, cursor, asked, small_town, town_site):
    crowds = visitors.crowds(cursor, small_town, town_site.visitors)
    number = visitors.write_down(tmp_path, cursor, small_town, town_site.visitors, crowds)
    lines = {path.stem: [line.split("\t") for line in path.read_text("utf-8").splitlines()] for path in tmp_path.iterdir()}
    assert lines.keys() == {"people", "crowds", "posts", "searches", "texts", "votes"}
    assert {line[0] for line in lines["crowds"]} == {"public", "steady", "busy", "curious"}
    assert [line[0] for line in lines["people"]] == [str(visitor.id) for visitor in town_site.visitors]
    assert {int(line[0]) for line in lines["posts"]} == {each for (each,) in asked("SELECT id FROM posts")}
    for form, member in lines["texts"]:
        assert load_json(f'"{member}"'.encode()) == unquote_plus(form)
        assert len(unquote_plus(form)) + 30 < 300, "there is room for a mark"
    assert len(lines["votes"]) == number > 0
    for poll, choices, place in lines["votes"]:
        voter = town_site.visitors[int(place)].id
        assert asked("SELECT count(*) FROM votes WHERE poll_id = %s AND user_id = %s", int(poll), voter) == [(0,)]
        assert asked("SELECT count(*) FROM poll_choices WHERE poll_id = %s", int(poll)) == [(int(choices),)]


@pytest.mark.parametrize("deep", [3, 400])
def test_a_crowd_is_of_its_people_and_its_readers_know_the_way_down(
    cursor, asked, small_town, town_site, client, monkeypatch, deep
):
    monkeypatch.setattr(visitors, "DEEP", deep)
    crowds = visitors.crowds(cursor, small_town, town_site.visitors)
    for name in ("steady", "busy", "curious"):
        assert [town_site.visitors[reader.place].id for reader in crowds[name]] == [*getattr(small_town, name)]
    steady = town_site.visitors[crowds["steady"][0].place]
    read = "author_id = %s OR author_id IN (SELECT followed_id FROM followers WHERE follower_id = %s)"
    for before, condition, reader in ((crowds["public"][0].before, "%s = %s", 1), (crowds["steady"][0].before, read, steady.id)):
        counted = (
            f"SELECT count(*) FILTER (WHERE id >= {before}), count(*) FILTER (WHERE id < {before}) FROM posts WHERE {condition}"
        )
        ((above, below),) = asked(counted, reader, reader)
        assert above == 50 if deep == 3 else below == 25 + 1
    page = client.get(f"/?before={before}", base_url=town_site.url, headers={"Cookie": steady.cookie})
    assert page.text.count('<article class="post"') == 25


def test_searches_find_something(town_site, tmp_path, cursor, small_town, client):
    visitors.write_down(tmp_path, cursor, small_town, town_site.visitors, {})
    lines = (tmp_path / "searches.tsv").read_text("utf-8").splitlines()
    words = [line.split("\t")[0] for line in lines]
    assert {line.split("\t")[1] for line in lines} == {"rare", "common", "two"}
    cookie = {"Cookie": town_site.visitors[0].cookie}
    pages = [client.get(f"/search?q={each}", base_url=town_site.url, headers=cookie) for each in words[::40]]
    assert {page.status_code for page in pages} == {200}
    assert sum('<article class="post"' in page.text for page in pages) > len(pages) / 3


def test_the_way_down_of_everybody_leads_to_a_page_without_polls(cursor):
    cursor.execute("CREATE TEMPORARY TABLE posts (id bigint, has_poll boolean)")
    cursor.execute("INSERT INTO posts SELECT number, number IN (90, 70) FROM generate_series(1, 100) AS number")
    assert visitors._without_polls(cursor, 101) == 70
    assert visitors._without_polls(cursor, 71) == 70
    assert visitors._without_polls(cursor, 60) == 60
    assert visitors._without_polls(cursor, 20) == 20, "there is no whole page any more"
