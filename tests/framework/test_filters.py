"""Text on pages: whatever was written is shown, nothing of it is markup, and links are what they look like."""

import re
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microblog.core.posts import MENTION
from microblog.framework.filters import instant, marked, rich_text

PIECES = st.sampled_from(
    [
        "http://",
        "https://",
        "HTTP://",
        "www.",
        "example.org",
        "/a_(b)",
        "@susan",
        "@Bob",
        "@nobody",
        "<b>",
        "&amp;",
        '"',
        "'",
        ">",
        ".",
        ")",
        "…",
        "한글",
        "é",
        "javascript:",
        "@",
        "`",
        "{}",
        "%s",
        "\\",
        " ",
        "\n",
        "\t",
    ]
)
BODIES = st.lists(PIECES, max_size=10).map("".join) | st.text(max_size=40)


def rich(body: str) -> str:
    return rich_text(body, ["susan", "bob"], lambda name: f"/microblog/user/{name}")


class Reader(HTMLParser):
    """Reads what a browser would: the tags with their attributes, and the text that is shown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.shown: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data) -> None:
        self.shown.append(data)

    @property
    def links(self) -> list[dict]:
        return [attributes for tag, attributes in self.tags if tag == "a"]


@given(BODIES)
@example("http://a.b/\"onmouseover='x'")
@example("<script>alert(1)</script> http://<b>")
def test_nothing_that_was_written_is_markup(body):
    for tag, attributes in Reader(rich(body)).tags:
        assert tag in ("a", "br")
        assert set(attributes) <= {"href", "rel", "class"}
        if tag == "a":
            assert attributes["href"].lower().startswith(("http://", "https://", "/microblog/user/"))


@given(BODIES.filter(lambda body: "://" not in body))
def test_everything_that_was_written_is_shown(body):
    assert "".join(Reader(rich(body)).shown) == body


@given(BODIES)
def test_every_link_can_be_seen(body):
    html = rich(body)
    assert "></a>" not in html


def test_markup_is_shown_as_it_was_typed():
    assert rich("<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"


@pytest.mark.row("XC-09")
def test_lines_stay_lines():
    assert rich("하나\n둘") == "하나<br>\n둘"


@pytest.mark.parametrize(
    ("body", "address", "shown"),
    [
        ("see https://example.org/a?b=c&d now", "https://example.org/a?b=c&d", "example.org/a?b=c&d"),
        ("http://www.example.org/", "http://www.example.org/", "example.org"),
        ("HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG", "EXAMPLE.ORG"),
        ("(https://example.org/a).", "https://example.org/a", "example.org/a"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)", "example.org/a_(b)"),
        ("(https://example.org/a_(b))!", "https://example.org/a_(b)", "example.org/a_(b)"),
        ("“https://example.org/a”, she said", "https://example.org/a", "example.org/a"),
        ("https://example.org/한글。", "https://example.org/한글", "example.org/한글"),
        ("https://example.org/" + "a" * 60, "https://example.org/" + "a" * 60, "example.org/" + "a" * 27 + "…"),
    ],
)
def test_an_address_becomes_a_link_without_the_sentences_punctuation(body, address, shown):
    reader = Reader(rich(body))
    assert [link["href"] for link in reader.links] == [address]
    assert shown in reader.shown


def test_a_link_written_by_people_earns_nothing_and_tells_nothing():
    assert Reader(rich("http://example.org")).links[0]["rel"] == "nofollow noopener ugc"


@pytest.mark.parametrize("body", ["javascript:alert(1)", "ftp://example.org", "example.org", "data:text/html,x", "//example.org"])
def test_only_addresses_of_the_web_become_links(body):
    assert rich(body) == body


@pytest.mark.parametrize("body", ["http://", "http://...", "https://!", "http:///"])
def test_an_address_of_nowhere_stays_text(body):
    assert rich(body) == body


def test_a_mention_of_somebody_is_a_link_to_them_as_it_was_typed():
    assert rich("Hi @SUSAN.") == 'Hi <a href="/microblog/user/susan" class="mention">@SUSAN</a>.'


@pytest.mark.parametrize("body", ["@nobody", "susan@example.org", "a@susan", "/@susan", "@@susan", "@susann", "@", "@-"])
def test_what_only_looks_like_a_mention_stays_text(body):
    assert rich(body) == body


def test_a_mention_inside_an_address_is_part_of_the_address():
    assert [link["href"] for link in Reader(rich("https://example.org/@susan")).links] == ["https://example.org/@susan"]


@given(BODIES.filter(lambda body: "://" not in body))
@example("안녕@susan")
@example("@\u212aim")
def test_exactly_those_who_hear_of_a_mention_are_linked(body):
    linked = {
        link["href"].rpartition("/")[2] for link in Reader(rich_text(body, ["susan", "bob", "kim"], "/user/{}".format)).links
    }
    assert linked == {handle.lower() for handle in MENTION.findall(body)} & {"susan", "bob", "kim"}


@pytest.mark.row("MT-12.1")
def test_an_instant_is_written_in_utc_with_a_z():
    assert instant(datetime(2026, 11, 20, 9, 5, 7, 999_999, tzinfo=UTC)) == "2026-11-20T09:05:07Z"
    assert instant(datetime(2026, 1, 1, 8, 0, tzinfo=timezone(timedelta(hours=9)))) == "2025-12-31T23:00:00Z"


def everywhere(word: str):
    """Gives the places of a word, as a search does."""
    return lambda text: [found.span() for found in re.finditer(word, text)]


def test_what_was_looked_for_is_marked_and_everything_is_escaped():
    assert str(marked("a <b> & b", everywhere("b"))) == "a &lt;<mark>b</mark>&gt; &amp; <mark>b</mark>"
    assert str(marked("<mark>", everywhere("mark>"))) == "&lt;<mark>mark&gt;</mark>"
    assert str(marked("nothing", everywhere("x"))) == "nothing"


def test_marks_stand_inside_links_and_never_in_their_addresses():
    shown = rich_text("bob: @bob https://bob.example/bob", ["bob"], "/user/{}".format, everywhere("bob"))
    assert shown == (
        '<mark>bob</mark>: <a href="/user/bob" class="mention">@<mark>bob</mark></a> '
        '<a href="https://bob.example/bob" rel="nofollow noopener ugc"><mark>bob</mark>.example/<mark>bob</mark></a>'
    )
