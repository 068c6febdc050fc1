"""firstlook: pages as a browser sees them, as a table; and where there is none, a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from microblog.bench import browser, firstlook
from microblog.bench.browser import Fetched, Look, NoBrowserError, Window

FETCHED = (Fetched("/", "Document", 7_000, "gzip"), Fetched("/a.css", "Stylesheet", 5_000, "gzip"))
LOOK = Look(FETCHED, 1234.5, "div.post-body", 0.0002, (), 12.0, (), 3, ())


class Eyes:
    """Stands for the browser: it remembers what it was asked for, and has seen what it is told."""

    def __init__(self, first: Look, again: Look) -> None:
        self.first, self.again = first, again
        self.asked: list[tuple[str, int, bool]] = []

    def twice(self, _: object, url: str, window: Window, *, cookies: Sequence[Mapping[str, str]]) -> tuple[Look, Look]:
        self.asked.append((url, window.width, bool(cookies)))
        return self.first, self.again


@pytest.fixture
def eyes(monkeypatch: pytest.MonkeyPatch) -> Eyes:
    @contextmanager
    def no_browser() -> Iterator[None]:
        yield

    eyes = Eyes(LOOK, replace(LOOK, fetched=FETCHED[:1]))
    monkeypatch.setattr(browser, "browser", no_browser)
    monkeypatch.setattr(browser, "twice", eyes.twice)
    return eyes


def take() -> dict:
    return firstlook.take("http://x/m", cookie="mb=secret", username="ann", post="7")


def test_five_pages_are_looked_at_in_two_windows_the_first_by_a_stranger(eyes: Eyes):
    found = take()
    assert eyes.asked[:5] == [
        ("http://x/m/auth/login", 375, False),
        ("http://x/m/", 375, True),
        ("http://x/m/explore", 375, True),
        ("http://x/m/user/ann", 375, True),
        ("http://x/m/post/7", 375, True),
    ]
    assert [width for _, width, _ in eyes.asked] == [375] * 5 + [1280] * 5
    assert found["looks"][1]["first"] == {
        "bytes": 12_000,
        "requests": 2,
        "lcp": 1234.5,
        "largest": "div.post-body",
        "shift": 0.0002,
        "blocked": 12.0,
        "kinds": {"document": 7_000, "stylesheet": 5_000},
        "complaints": [],
    }


@pytest.mark.usefixtures("eyes")
def test_the_table_has_a_line_for_each_and_names_a_window_once():
    head, *lines = firstlook.lines(take()["looks"])
    assert [line[0] for line in lines] == ["phone", "", "", "", "", "desktop", "", "", "", ""]
    assert lines[1] == ["", "home", "12,000", "2", "1,234", "0.000", "12", "7,000", "1", "1,234", "0.000", "12", ""]
    assert len(head) == len(lines[0])


@pytest.mark.parametrize(
    "spoiled",
    [
        {"fetched": (Fetched("/", "Document", 60_001, ""),)},
        {"shift": 0.01},
        {"complaints": ("oh dear",)},
    ],
)
def test_a_page_that_is_too_large_or_moves_or_is_complained_of_has_missed(eyes: Eyes, spoiled: dict):
    assert all(firstlook.is_met(each) for each in take()["looks"])
    eyes.first = replace(LOOK, **spoiled)
    found = take()
    assert {line[-1] for line in firstlook.lines(found["looks"])[1:]} == {"MISSED"}
    told = firstlook.remarks(found)
    assert ("phone, home: the browser complains: oh dear" in told) == ("complaints" in spoiled)


def test_where_there_is_no_browser_one_line_says_so(monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def missing() -> Iterator[None]:
        raise NoBrowserError("Playwright is not installed: python -m pip install playwright")
        yield

    monkeypatch.setattr(browser, "browser", missing)
    assert firstlook.remarks(take()) == ["Nobody has looked: Playwright is not installed: python -m pip install playwright"]
