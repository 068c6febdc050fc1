"""A first look at a page, with an empty cache, and a second one: what comes over the wire, and that nothing moves."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser

from microblog.bench import browser
from microblog.bench.browser import Look, Window

from ..deploy.conftest import Install
from ..deploy.installation import Installation

NARROW, WIDE = Window("narrow", 375, 812), Window("wide", 1280, 800)
MOST = 60_000  # bytes, headers and all
MOST_REQUESTS = 20  # the page, its sheet, script, font and icons, and the pictures of whoever is in view
MOST_AGAIN = 12_000  # bytes of a page alone, and of a picture that was not in view
PACKED = {"Document", "Stylesheet", "Script"}

Views = dict[tuple[str, str], tuple[Look, Look]]


@pytest.fixture(scope="module")
def views(new_site: Install, chrome: Browser) -> Views:
    """Both looks at some pages by their path and the window's name; the sign-in page is a stranger's, the others are Marta's."""
    site = new_site(POSTS_PER_PAGE="25")
    known = cookies(site)
    found: Views = {}
    for path, window in (("/", NARROW), ("/", WIDE), ("/explore", NARROW), ("/auth/login", WIDE)):
        own = () if path == "/auth/login" else known
        found[path, window.name] = browser.twice(chrome, site.origin + site.mount + path, window, cookies=own)
    return found


def cookies(site: Installation) -> list[Mapping[str, str]]:
    url = f"{site.origin}{site.mount}/"
    return [{"name": each.key, "value": each.coded_value, "url": url} for each in site.member("marta").cookies.values()]


def test_a_first_look_takes_sixty_kilobytes_at_most(views: Views):
    for place, (first, _) in views.items():
        sizes = sorted(((each.bytes, each.path) for each in first.fetched), reverse=True)
        assert first.bytes <= MOST, f"{place}: {sizes[:5]}"
        assert first.requests <= MOST_REQUESTS, f"{place}: {sizes}"
        assert {each.kind for each in first.fetched} >= {*PACKED, "Font", "Image"}, place
        assert [each.path for each in first.fetched if each.kind in PACKED and each.encoding != "gzip"] == [], place
        assert [each.path for each in first.fetched if each.kind == "Font" and each.encoding] == [], place


def test_a_second_look_takes_little_more_than_the_page(views: Views):
    for place, (_, second) in views.items():
        assert second.bytes <= MOST_AGAIN, place
        assert {each.kind for each in second.fetched} <= {"Document", "Image"}, place
        assert not [each.path for each in second.fetched if "/static/" in each.path], place


def test_nothing_moves_and_the_largest_thing_is_what_is_read(views: Views):
    for place, looks in views.items():
        for look in looks:
            assert look.shift < 0.01, f"{place}: {look.moved}"
            assert look.largest.startswith(("div.post-body", "p.lead")), place


def test_nothing_is_complained_of(views: Views):
    assert [look.complaints for looks in views.values() for look in looks if look.complaints] == []


def test_every_picture_says_how_large_it_is(views: Views):
    assert all(look.pictures for looks in views.values() for look in looks)
    assert [look.unsized for looks in views.values() for look in looks if look.unsized] == []
