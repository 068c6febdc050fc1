"""The page that describes the API is made of the same document, needs no script and nobody's token, and its commands work."""

import json
import re
import shlex
from html import unescape

import pytest

from microblog.faces.api import docs, openapi

BASE = "http://localhost/microblog"


@pytest.fixture
def described(stranger) -> dict:
    return stranger.get("/api/openapi.json").json


@pytest.fixture
def page(stranger) -> str:
    return stranger.get("/api/docs").text


@pytest.fixture
def operation(app):
    """What the page knows of an operation."""
    api = openapi.document(app.urls, 300)
    return lambda path, verb: docs.operation(api, path, verb)


def told(html: str) -> str:
    """What some HTML says, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def article(page: str, name: str) -> str:
    return told(page.partition(f'<article class="operation" id="{name}"')[2].partition(">")[2].partition("</article>")[0])


def test_the_page_names_every_operation_and_shape_and_loads_nothing_from_elsewhere(stranger, page, described):
    answer = stranger.get("/api/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    for path, operations in described["paths"].items():
        assert f"<code>{path}</code>" in page
        for each in operations.values():
            assert page.count(f'id="{each["operationId"]}"') == 1
    for name in described["components"]["schemas"]:
        assert page.count(f'id="{name}"') == 1
    for name in (*described["components"]["headers"], *described["components"]["parameters"]):
        assert f"<dt><code>{name}</code></dt>" in page
    assert "<script" not in page
    assert all(found.startswith(("/microblog/", "#")) for found in re.findall(r'(?:href|src)="([^"]*)"', page))


def test_every_link_within_the_page_leads_somewhere(page):
    ids = set(re.findall(r'\sid="([^"]*)"', page))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= ids


def test_an_operation_says_who_may_and_how_often(page):
    assert "With a token · at most 30 times in 5 minutes" in article(page, "posts.create")
    assert "With username and password · at most 20 times" in article(page, "access_tokens.create")
    assert "For everybody · at most 20 times in 60 minutes" in article(page, "users.create")
    assert "at most 120 times in 1 minute" in article(page, "posts.update")
    assert "times in" not in article(page, "posts.show")


def test_an_operation_says_what_it_takes_and_gives(page):
    said = article(page, "posts.create")
    assert "body string , 1 to 300 characters, required" in said
    assert "poll NewPoll , or null" in said
    assert "201 Post 400 401 413 415 422 429 500 503" in said
    assert "post_id integer , in the path a post" in article(page, "posts.show")
    assert "q string , in the query, required what to look for" in article(page, "search.index")
    assert "page per_page before after If-None-Match" in article(page, "posts.index")
    assert "choices list of string , 2 to 6 of them, required no two alike" in article(page, "NewPoll")
    assert "closes_in integer , 300 to 2592000, 86400 where it is left out seconds" in article(page, "NewPoll")
    assert "email string , not always there" in article(page, "User")
    assert "items list of Post" in article(page, "PostCollection")
    assert "edited_at date-time , or null" in article(page, "Post")
    assert "fields object of string , not always there" in article(page, "Error")


def test_the_limit_of_a_text_is_that_of_the_site(stranger, having):
    having(post_length=77)
    assert "1 to 77 characters" in article(stranger.get("/api/docs").text, "posts.create")


def test_what_is_code_is_shown_as_code(page):
    assert "With <code>user_id</code> what one person says" in page
    assert "`" not in page


def test_the_frame_speaks_the_readers_language(stranger):
    page = stranger.get("/api/docs", headers={"Accept-Language": "ko"})
    assert '<html lang="ko">' in page.text
    assert page.headers["Content-Language"] == "ko"
    assert "Accept-Language" in page.headers["Vary"]
    assert '<span lang="en">One post.</span>' in page.text


def test_it_is_drawn_once_and_whoever_has_it_already_is_told_so(stranger, counted):
    first = stranger.get("/api/docs")
    drawn = docs._page.cache_info().misses
    with counted() as statements:
        again = stranger.get("/api/docs", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, statements) == (304, b"", [])
    assert docs._page.cache_info().misses == drawn


# The commands


@pytest.mark.parametrize(
    ("path", "verb", "expected"),
    [
        ("/api", "get", f"curl {BASE}/api"),
        ("/api/tokens", "delete", f'curl -H "Authorization: Bearer $TOKEN" -X DELETE \\\n{BASE}/api/tokens'),
        ("/api/posts/{post_id}", "get", f'curl -H "Authorization: Bearer $TOKEN" \\\n"{BASE}/api/posts/$ID"'),
        ("/api/search/users", "get", f'curl -H "Authorization: Bearer $TOKEN" \\\n"{BASE}/api/search/users?q=bread"'),
        (
            "/api/tokens",
            "post",
            f'curl -u "$NAME" {BASE}/api/tokens \\\n' + """-H 'Content-Type: application/json' -d '{"label": "laptop"}'""",
        ),
        ("/api/exports", "post", f'curl -H "Authorization: Bearer $TOKEN" -X POST \\\n{BASE}/api/exports'),
    ],
)
def test_a_command_is_no_longer_than_it_must_be(operation, path, verb, expected):
    assert operation(path, verb).command == expected


def test_every_command_stands_on_the_page_as_it_is_typed(page, operation, described):
    shown = [unescape(re.sub("<[^>]+>", "", each)).strip() for each in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.S)]
    for path, operations in described["paths"].items():
        for verb in operations:
            assert operation(path, verb).command in shown
    assert f'NAME=susan\ncurl -u "$NAME" -X POST {BASE}/api/tokens' in shown


def run(stranger, command: str, **values: str):
    """What a command of the page gets: the little of curl that it uses."""
    for name, value in values.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    method, headers, options, address = None, {}, {}, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-u":
            options["auth"] = tuple(next(words).split(":"))
        elif word == "-d":
            options["data"] = next(words)
        else:
            address = word
    verb = method or ("POST" if "data" in options else "GET")
    return stranger.open(address.removeprefix(BASE), method=verb, headers=headers, **options)


def test_the_commands_do_what_they_are_shown_for(stranger, alice, new_person, operation, program):
    from tests.conftest import PASSWORD

    other = new_person("berta")
    first = run(stranger, operation("/api/tokens", "post").command, NAME=f"alice:{PASSWORD}")
    assert first.status_code == 200
    token = first.json["token"]
    made = run(stranger, operation("/api/posts", "post").command, TOKEN=token)
    assert (made.status_code, made.json["body"]) == (201, "Good morning from a program.")
    changed = run(stranger, operation("/api/posts/{post_id}", "put").command, TOKEN=token, ID=made.json["id"])
    assert (changed.status_code, changed.json["body"]) == (200, "Good evening from a program.")
    assert run(stranger, operation("/api/users/{user_id}/follow", "put").command, TOKEN=token, ID=str(other.id)).json["following"]
    assert run(stranger, operation("/api/search/posts", "get").command, TOKEN=token).status_code == 200
    joined = run(stranger, operation("/api/users", "post").command)
    assert (joined.status_code, joined.json["username"]) == (201, "susan")
    assert run(stranger, operation("/api/tokens", "delete").command, TOKEN=token).status_code == 204


def test_an_example_is_made_of_the_members_that_have_one(described):
    assert docs.examples(described["components"]["schemas"]["NewPost"]) == {"body": "Good morning from a program."}
    assert json.dumps(docs.examples(described["components"]["schemas"]["NewVote"])) == '{"choices": [1]}'
