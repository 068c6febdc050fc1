"""The example pages of another origin, in a real browser before a real instance: sign up, log in, read and speak."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from microblog.config import ROOT

from ..deploy.installation import Installation
from .conftest import Window
from .test_accessibility import mistakes, violations
from .test_look import TOO_WIDE

EXAMPLES = ROOT / "deploy" / "examples"
PAGES = ("signup.html", "login.html")
PASSWORD = "correct horse"


class Quiet(SimpleHTTPRequestHandler):
    """Any server of files will do; this one says nothing."""

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Where the pages lie: not where the instance is."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(EXAMPLES))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Visit(Window):
    """A window before the example pages, which may speak with the miniter of the instance and with nobody else."""

    def __init__(self, page: Page, site: Installation, expected: tuple[int, ...], origin: str) -> None:
        self.origin, self.instance = origin, site.origin + site.mount
        super().__init__(page, site, expected)

    def _watch(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", f"{self.instance}/miniter/")):
            self.complaints.append(f"it asked for {url}")

    def open(self, path: str, **query: str) -> Page:
        self.page.goto(f"{self.origin}/{path}?{urlencode({'server': self.instance} | query)}")
        return self.page

    def sign_up(self, name: str, **fields: str) -> Page:
        page = self.open("signup.html")
        filled = {
            "Name": name,
            "E-mail": f"{name}@example.org",
            "Password": PASSWORD,
            "About you (may stay empty)": "Likes boats.",
        }
        for label, value in (filled | fields).items():
            page.get_by_label(label).fill(value)
        page.get_by_role("button", name="Sign up").click()
        return page

    def log_in(self, name: str = "", password: str = PASSWORD) -> Page:
        """Fill in what the page has not filled in itself."""
        if name:
            self.page.get_by_label("E-mail").fill(f"{name}@example.org")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        return self.page

    def come_in(self, name: str) -> Page:
        page = self.sign_up(name)
        page.wait_for_url("**/login.html?*")
        self.log_in()
        page.get_by_role("heading", name="You are in").wait_for()
        return page


NewVisit = Callable[..., Visit]


@pytest.fixture
def new_visit(chrome: Browser, site: Installation, origin: str) -> Iterator[NewVisit]:
    """Opens windows before the pages: new_visit(expected=(401,)), where `expected` are errors that may come."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def make(*, expected: tuple[int, ...] = (), **options: Any) -> Visit:
            context = chrome.new_context(locale="en-GB", **options)
            stack.callback(context.close)
            visits.append(Visit(context.new_page(), site, expected, origin))
            return visits[-1]

        yield make
    assert [complaint for visit in visits for complaint in visit.complaints] == []


@pytest.mark.row("MN-20", "MN-02", "MN-05", "MN-08")
def test_a_newcomer_signs_up_logs_in_arrives_and_says_something(new_visit: NewVisit, site: Installation):
    visit = new_visit()
    page = visit.sign_up("은우", **{"E-mail": "eunwoo@example.org"})
    page.wait_for_url("**/login.html?*")
    number = site.one("SELECT id FROM users WHERE display_name = '은우' AND about_me = 'Likes boats.'")
    expect(page.get_by_text(f"Welcome, 은우. You are number {number}; now log in.")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("eunwoo@example.org")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are in")).to_be_focused()
    expect(page.get_by_text(f"You are number {number} at {site.host}.")).to_be_visible()
    expect(page.get_by_text("Nothing has been said yet.")).to_be_visible()
    page.get_by_label("Say something").fill("첫 글\n두 번째 줄 🌊")
    page.get_by_role("button", name="Tweet").click()
    expect(page.get_by_role("article")).to_have_count(1)
    assert page.get_by_role("article").locator(".words").inner_text() == "첫 글\n두 번째 줄 🌊"
    expect(page.get_by_role("article")).to_contain_text("You")
    expect(page.get_by_label("Say something")).to_have_value("")
    expect(page.get_by_text("Nothing has been said yet.")).to_be_hidden()
    assert site.one("SELECT body FROM posts WHERE author_id = :id", id=number) == "첫 글\n두 번째 줄 🌊"


@pytest.mark.row("MN-20", "MN-14")
def test_the_timeline_has_what_those_one_follows_say_and_leads_to_older_pages(new_visit: NewVisit, site: Installation):
    page = new_visit().come_in("follower")
    own, other = (
        site.one("SELECT id FROM users WHERE username = 'follower'"),
        site.one("SELECT id FROM users WHERE username = 'marta'"),
    )
    with site.database.writing() as db:
        db.execute(text("INSERT INTO followers (follower_id, followed_id) VALUES (:own, :other)"), {"own": own, "other": other})
        row = text("INSERT INTO posts (author_id, body) VALUES (:own, :body)")
        for count in range(150):
            db.execute(row, {"own": own, "body": f"number {count}"})
        db.commit()
    there_are = site.one("SELECT count(*) FROM posts WHERE author_id IN (:own, :other)", own=own, other=other)
    page.reload()
    expect(page.get_by_role("article")).to_have_count(100)
    page.get_by_role("button", name="Older tweets").click()
    expect(page.get_by_role("article")).to_have_count(there_are)
    expect(page.get_by_role("article").filter(has_text=f"Number {other}").first).to_be_visible()
    expect(page.get_by_role("button", name="Older tweets")).to_be_hidden()
    words = page.locator("article .words").all_inner_texts()
    assert [one for one in words if one.startswith("number ")] == [f"number {count}" for count in reversed(range(150))]


@pytest.mark.row("MN-20")
def test_what_people_write_is_text_and_never_code(new_visit: NewVisit):
    page = new_visit().come_in("hostile")
    hostile = '<script>document.title="owned"</script><img src=x onerror=alert(1)>&lt;b&gt;'
    page.get_by_label("Say something").fill(hostile)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article")).to_contain_text(hostile)
    assert page.locator("article script, article img").count() == 0
    assert page.title() == "You are in - miniter"


@pytest.mark.row("MN-20", "MN-08")
def test_a_tweet_that_is_too_long_is_kept_and_the_servers_own_words_are_shown(new_visit: NewVisit, site: Installation):
    page = new_visit(expected=(400,)).come_in("talker")
    page.get_by_label("Say something").fill("말" * 301)
    page.get_by_role("button", name="Tweet").click()
    expect(page.get_by_role("alert").filter(has_text="300자 초과했어요")).to_be_visible()
    expect(page.get_by_label("Say something")).to_have_value("말" * 301)
    page.get_by_label("Say something").fill("말")
    page.get_by_role("button", name="Tweet").dblclick()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_text("300자 초과했어요")).to_be_hidden()
    assert site.one("SELECT count(*) FROM posts WHERE body = '말'") == 1


@pytest.mark.row("MN-20", "MN-05")
def test_who_may_not_come_in_is_told_so_and_keeps_what_was_typed(new_visit: NewVisit):
    visit = new_visit(expected=(401, 409))
    page = visit.come_in("careful")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    visit.log_in("careful", "wrong")
    expect(page.get_by_text("Nobody has this e-mail address and this password.")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("careful@example.org")
    page = visit.sign_up("careful")
    expect(page.get_by_text("email: Please use a different email address.")).to_be_visible()
    assert "signup.html" in page.url
    expect(page.get_by_label("Name")).to_have_value("careful")


@pytest.mark.row("MN-20", "MN-07")
def test_a_login_outlives_a_reload_and_ends_with_its_token(new_visit: NewVisit, site: Installation):
    page = new_visit(expected=(401,)).come_in("patient")
    page.reload()
    expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    with site.database.writing() as db:
        db.execute(text("DELETE FROM access_tokens"))
        db.commit()
    page.get_by_label("Say something").fill("still here?")
    page.get_by_role("button", name="Tweet").click()
    expect(page.get_by_text("Please log in again.")).to_be_visible()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert site.one("SELECT count(*) FROM posts WHERE body = 'still here?'") == 0


@pytest.mark.row("MN-20")
def test_the_server_is_asked_for_remembered_and_taken_along(new_visit: NewVisit, site: Installation):
    visit = new_visit()
    page = visit.page
    page.goto(f"{visit.origin}/login.html")
    expect(page.get_by_label("Server")).to_have_value("")
    page.get_by_label("Server").fill(f" 127.0.0.1:{site.port}{site.mount}/ ")
    page.get_by_role("link", name="Sign up").click()
    expect(page.get_by_role("heading", name="Sign up")).to_be_visible()
    for label, value in {"Name": "typist", "E-mail": "typist@example.org", "Password": PASSWORD}.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/login.html?*")
    expect(page.get_by_label("Server")).to_have_value(visit.instance)
    page.goto(f"{visit.origin}/login.html")
    expect(page.get_by_label("Server")).to_have_value(visit.instance)


@pytest.mark.row("MN-20")
@pytest.mark.parametrize("server", ["https://", "http://[", "example.org:port"])
def test_what_is_no_address_is_said_to_be_none(new_visit: NewVisit, server: str):
    visit = new_visit()
    page = visit.open("login.html", server=server)
    visit.log_in("somebody")
    expect(page.get_by_role("alert").first).to_contain_text("The address of a server looks like https://")


@pytest.mark.row("MN-20")
def test_where_no_microblog_answers_the_page_says_so_and_keeps_what_was_typed(new_visit: NewVisit, site: Installation):
    visit = new_visit()
    page = visit.open("login.html", server=f"{site.origin}/nowhere")
    visit.log_in("somebody")
    expect(page.get_by_role("alert").first).to_contain_text(f"{site.origin}/nowhere does not answer.")
    expect(page.get_by_label("E-mail")).to_have_value("somebody@example.org")
    assert all("/nowhere/miniter/" in complaint or "Failed to load" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


# How they look


@pytest.mark.row("MN-20")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark"), (320, "light")])
def test_nothing_stands_in_anybodys_way(new_visit: NewVisit, width: int, scheme: str):
    visit = new_visit(viewport={"width": width, "height": 800}, color_scheme=scheme, expected=(400,))
    found = {}

    def look(place: str) -> None:
        found[place] = (violations(visit), visit.page.evaluate(TOO_WIDE))

    for name in PAGES:
        visit.open(name)
        look(name)
    page = visit.come_in(f"looker{width}{scheme}")
    for words in ("잔잔한 바다, 느린 아침.", "w" * 200, "A quiet harbour.\n\nThen the ferry."):
        page.get_by_label("Say something").fill(words)
        page.get_by_role("button", name="Tweet").click()
        expect(page.get_by_role("article").first).to_contain_text(words[:10])
    page.get_by_label("Say something").fill("말" * 301)
    page.get_by_role("button", name="Tweet").click()
    page.get_by_text("300자 초과했어요").wait_for()
    look("inside")
    assert found == dict.fromkeys([*PAGES, "inside"], ([], [False, []]))


@pytest.mark.row("MN-20")
@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_valid_have_nothing_inline_and_load_only_what_lies_beside_them(page: str):
    html = (EXAMPLES / page).read_text("utf-8")
    assert mistakes(html) == []
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    beside = re.findall(r'\b(?:src|href)="([^"]+)"', html)
    assert beside
    assert all((EXAMPLES / name).is_file() for name in beside)
    scripts = "\n".join(path.read_text("utf-8") for path in EXAMPLES.glob("*.js"))
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", scripts)
    assert all(Path(EXAMPLES, name).is_file() for name in re.findall(r'from "\./([^"]+)"', scripts))
