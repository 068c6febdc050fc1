"""Every page is valid HTML and can be read and used by everybody: WCAG 2.2 A and AA as axe sees it, by day and by night."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from justhtml import JustHTML

from .conftest import NewWindow, Window

STRANGERS = (
    "/auth/login",
    "/auth/register",
    "/auth/reset_password_request",
    "/lab/",
    "/lab/9/?name=%EC%A0%95%ED%98%84",
    "/lab/10/",
    "/lab/13/",
)
DOCS = "/api/docs"  # thirty times as long as the others
PEOPLES = (
    "/", "/explore", "/user/marta", "/user/dev.dilys", "/user/elpanadero.nico", "/edit_profile", "/account/password", "/account/email", "/account/delete",
    "/account/tokens", "/account/activity", "/account/confirm", "/sessions", "/messages", "/conversations", "/messages/dev.dilys", "/send_message/dev.dilys", "/notifications",
    "/search?q=bread+ferry", "/search?q=zzzz", "/nope",
)  # fmt: skip
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what is in order need not be told at length
}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "list")


def violations(window: Window) -> list[str]:
    """What axe finds wrong with the page that is open: rule and places."""
    found = Axe().run(window.page, options=RULES).response["violations"]
    return [f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'])}" for one in found]


def mistakes(html: str) -> list[str]:
    """What is wrong with the document itself: what the parser of the standard complains of, ids twice, references to nothing."""
    document = JustHTML(html, collect_errors=True)
    found = [f"{error.code} in line {error.line}" for error in document.errors]
    ids = Counter(re.findall(r'\sid="([^"]*)"', html))
    found += [f"id {name!r} {times} times" for name, times in ids.items() if times > 1 or re.search(r"\s", name) or not name]
    for attribute in REFERENCES:
        for value in re.findall(rf'\s{attribute}="([^"]*)"', html):
            found += [f"{attribute} names {name!r}, which is not there" for name in value.split() if name not in ids]
    found += [f"{tag} in {outer}" for outer, tag in nested(document)]
    return found


def nested(document: JustHTML) -> list[tuple[str, str]]:
    """Links, buttons and forms inside one another, which browsers take apart."""
    pairs = [("a", "a"), ("a", "button"), ("button", "a"), ("button", "button"), ("form", "form"), ("label", "label")]
    return [pair for pair in pairs if document.query(f"{pair[0]} {pair[1]}")]


def own(window: Window) -> list[str]:
    """Pages whose addresses only this site knows: the newest post, which has a poll; the standing ballot; a post being edited."""
    page = window.open("/explore")
    asked = page.locator("article:has(.poll) .post-time").first.get_attribute("href") or ""
    page = window.open("/user/marta")
    edited = page.locator("article .post-actions a").first.get_attribute("href") or ""
    ballot = window.site.one("SELECT id FROM polls WHERE is_standing")
    return [asked.removeprefix(window.site.mount), f"/poll/{ballot}", edited.removeprefix(window.site.mount)]


def states(window: Window) -> Iterator[str]:
    """What some pages become when something is done on them; each is open when it is named."""
    page = window.open("/")
    page.locator(".asking summary").click()
    page.fill("[name=choice1]", "Rye")
    page.fill("[name=choice2]", "Wheat")
    yield "a poll being asked"
    page.fill("[name=choice2]", "")
    page.locator(".composer #submit").click()
    page.wait_for_selector("#choices-error")
    yield "a poll that was refused"
    page = window.open("/account/confirm")
    page.locator("form.form #submit").click()
    page.wait_for_selector("#password-error")
    yield "a password that was not shown again"
    page = window.open("/account/tokens")
    page.locator("form.form #submit").click()
    page.wait_for_selector("#label-error")
    yield "a token that was refused"
    page.fill("[name=label]", f"axe {page.viewport_size}")
    page.locator("form.form #submit").click()
    page.wait_for_selector("#token")
    yield "a token that is shown once"


@pytest.fixture(params=[(1280, "light", "en-GB"), (375, "dark", "ko-KR")], ids=["1280-light-en-GB", "375-dark-ko-KR"])
def sized(request: pytest.FixtureRequest, new_window: NewWindow) -> Window:
    """A window on a table by day, and one in a hand by night."""
    width, scheme, language = request.param
    return new_window(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        locale=language,
        reduced_motion="reduce",
        expected=(404, 422),
    )


def wrong_on(window: Window, paths: Iterable[str]) -> dict[str, list[str]]:
    """The violations on those of the pages that have any."""
    found = {}
    for path in paths:
        window.open(path)
        found[path] = violations(window)
    return {path: wrong for path, wrong in found.items() if wrong}


def test_nothing_stands_in_a_strangers_way(sized: Window):
    assert wrong_on(sized, STRANGERS) == {}


def test_nothing_stands_in_the_way_of_whoever_reads_about_the_api(sized: Window):
    assert wrong_on(sized, [DOCS]) == {}


@pytest.mark.parametrize("part", [0, 1])
def test_nothing_stands_in_the_way_of_whoever_has_logged_in(sized: Window, part: int):
    sized.log_in()
    assert wrong_on(sized, PEOPLES[part::2]) == {}


def test_nothing_stands_in_the_way_of_whoever_does_something(sized: Window):
    sized.log_in()
    assert wrong_on(sized, own(sized)) == {}
    assert {state: wrong for state in states(sized) if (wrong := violations(sized))} == {}


def test_every_page_is_valid_html(new_window: NewWindow):
    window = new_window(expected=(404, 422))

    def source(path: str) -> str:
        address = window.site.origin + window.site.mount + path
        return window.page.request.get(address, headers={"Accept": "text/html"}).text()

    found = {path: mistakes(source(path)) for path in (*STRANGERS, DOCS)}
    window.log_in()
    found |= {path: mistakes(source(path)) for path in (*PEOPLES, *own(window))}
    found |= {state: mistakes(window.page.content()) for state in states(window)}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_the_judges_see_what_is_wrong(new_window: NewWindow):
    window = new_window()
    window.open("/auth/login")
    window.page.evaluate("document.body.innerHTML = '<main><img src=\"x\"><input></main>'")
    window.complaints.clear()
    assert any(wrong.startswith("image-alt") for wrong in violations(window))
    window.complaints.clear()
    assert mistakes(
        '<!doctype html><title>x</title><p id="a" id="b"><a href="x"><button></button></a><label for="c"></label></div>'
    )
