"""How the pages sit in windows of every kind: narrow, dark, in another zone, under a keyboard."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from ..deploy.installation import Installation
from .conftest import NewWindow, Window

LONG_NAME = "w" * 64
PASSWORD = "correct horse"

# Whether the page scrolls sideways, and what sticks out of it without being cut off by something on the page.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const cut = (element) => {
    for (let e = element; e && e !== document.body; e = e.parentElement) if (getComputedStyle(e).overflowX !== "visible") return true;
    return false;
  };
  const wide = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && box.height && box.left >= 0 && box.right > width + 1 && !cut(element.parentElement);
  });
  return [document.documentElement.scrollWidth > width, wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 80))];
}"""

# How bright the page is behind its words, 0 to 1, and which words do not stand out from that by 4.5 to 1 (WCAG 1.4.3).
COLOURS = """() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const luminance = (colours) => {
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    const colours = [];
    for (let e = element; e; e = e.parentElement) colours.unshift(getComputedStyle(e).backgroundColor);
    return ["white", ...colours];
  };
  const stands_out = (element) => {
    const [back, front] = [luminance(behind(element)), luminance([...behind(element), getComputedStyle(element).color])];
    return (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05) >= 4.5;
  };
  const words = "h1, h2, legend, summary, option, label, p, article, .result span, a, button, [role=alert], time, textarea, input:not([type=hidden])";
  const read = [...document.querySelectorAll(words)].filter((e) => e.checkVisibility() && !e.matches(":disabled, [aria-disabled]"));
  const points = [1, 3, 5, 7].flatMap((x) => [1, 3, 5, 7].map((y) => [innerWidth * x / 8, innerHeight * y / 8]));
  const places = points.map((point) => luminance(behind(document.elementFromPoint(...point))));
  return [places.reduce((sum, one) => sum + one) / places.length, read.filter((e) => !stands_out(e)).map((e) => e.outerHTML.slice(0, 120))];
}"""

NAMELESS = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, select")]
  .filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]") && ![e.ariaLabel, e.textContent, ...[...e.labels ?? []].map((l) => l.textContent)]
    .some((name) => name?.trim()))
  .map((e) => e.outerHTML.slice(0, 120))"""

FOCUS = """() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  return {
    what: element.tagName + " " + (element.textContent.trim() || element.name || element.id).slice(0, 30),
    marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    seen: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth,
    inside: element !== document.body,
  };
}"""

SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts += entry.value; })
  .observe({type: "layout-shift", buffered: true});"""


@pytest.fixture(scope="module", autouse=True)
def somebody_hard_to_fit(site: Installation) -> None:
    """A person with the longest name, who writes words without end, and asks with them: one poll is open, in the other they voted."""
    visitor = site.visitor()
    visitor.sign_up(LONG_NAME, PASSWORD)
    visitor.press(visitor.open("/auth/login"), "Sign In", username=LONG_NAME, password=PASSWORD)
    for text in ("M" * 300, "https://example.org/" + "x" * 250, "漢" * 200, "ﷺ" * 40, "a\n" * 40):
        assert visitor.submit(visitor.open("/"), "Submit", post=text).status == 303
    choices = {"choice1": "W" * 100, "choice2": "漢" * 100, "choice3": "ﷺ" * 40}
    assert visitor.submit(visitor.open("/"), "Submit", post="hard to choose", takes_several="y", **choices).status == 303
    assert visitor.submit(visitor.open("/"), "Vote", choice1="1", choice2="2").status == 303
    assert visitor.submit(visitor.open("/"), "Submit", post="harder still", **choices).status == 303


def all_pages(window: Window) -> Iterator[tuple[str, Page]]:
    """Every kind of page, first as a stranger, then as somebody, when it has its fonts."""
    for path in ("/auth/login", "/auth/register"):
        yield path, window.open(path)
    page = window.open("/auth/register")
    for name, value in (("username", "marta"), ("email", "not an address"), ("password", "short")):
        page.fill(f"[name={name}]", value)
    page.press("[name=password2]", "Enter")
    page.wait_for_selector("[aria-invalid]")
    yield "a validation error", page
    page = window.log_in(LONG_NAME, PASSWORD)
    yield "/", page
    post = page.get_by_role("article").locator('a[href*="/post/"]').first.get_attribute("href") or ""
    post = post.removeprefix("/microblog")
    for path in (
        "/explore",
        f"/user/{LONG_NAME}",
        "/user/marta",
        post,
        f"{post}/edit",
        "/account/tokens",
        "/account/activity",
        "/account/confirm",
        "/nope",
    ):
        page = window.open(path)
        page.evaluate("document.fonts.ready")
        yield path, page
    page = window.open("/")
    page.locator(".asking summary").click()
    page.fill("[name=choice1]", "W" * 100)
    page.locator(".composer #submit").click()
    page.wait_for_selector("#choices-error")
    yield "a poll that was refused", page
    page = window.open("/account/tokens")
    page.fill("[name=label]", f"{LONG_NAME} {id(window)}")
    page.locator("form.form #submit").click()
    page.wait_for_selector("#token")
    yield "a token that is shown once", page


@pytest.mark.row("MT-11.1", "MT-11.2")
def test_no_page_scrolls_sideways(new_window: NewWindow):
    window = new_window(expected=(404, 422))
    for path, page in all_pages(window):
        for width in (1280, 768, 375, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate(TOO_WIDE) == [False, []], f"{path} at {width}"


@pytest.mark.row("MT-11.1")
@pytest.mark.parametrize("locale", ["en", "es", "ko"])
def test_no_page_scrolls_sideways_in_another_language_and_the_readers_own_font(new_window: NewWindow, locale: str):
    window = new_window(locale=locale, viewport={"width": 320, "height": 640}, expected=(404, 422))
    window.page.route("**/*.woff2", lambda route: route.fulfill(status=404))
    for path, page in all_pages(window):
        assert page.evaluate(TOO_WIDE) == [False, []], path


def test_dark_is_dark_light_is_light_and_both_can_be_read(new_window: NewWindow):
    window = new_window(reduced_motion="reduce", expected=(404, 422))
    for path, page in all_pages(window):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            brightness, faint = page.evaluate(COLOURS)
            assert brightness < 0.1 if scheme == "dark" else brightness > 0.6, f"{path} in {scheme}"
            assert faint == [], f"{path} in {scheme}"


@pytest.mark.row("MT-12.1", "MT-12.2", "MT-12.3")
@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York"])
def test_times_are_told_in_the_readers_zone(new_window: NewWindow, zone: str):
    window = new_window(timezone_id=zone)
    window.log_in()
    time = window.open("/user/marta").locator("time[data-style=long]").first
    said = datetime.fromisoformat(time.get_attribute("datetime") or "").astimezone(ZoneInfo(zone))
    hour = said.hour % 12 or 12
    expect(time).to_contain_text(re.compile(rf"{said:%B} {said.day}, {said.year}.*\b{hour}:{said:%M}\s{said:%p}"))


@pytest.mark.row("MT-12.4")
def test_the_age_of_a_post_is_told_in_words(window: Window):
    page = window.log_in()
    window.say("eben gesagt")
    expect(page.get_by_role("article").filter(has_text="eben gesagt").locator("time")).to_have_text(re.compile("^now|second"))
    page = window.open("/explore?page=5")
    for text in page.get_by_role("article").locator(".post-time time").all_inner_texts():
        assert re.fullmatch(r"now|\d+ (second|minute|hour|day|week|month|year)s? ago", text)


@pytest.mark.row("MT-12.1")
def test_without_scripts_times_are_told_in_utc(new_window: NewWindow):
    window = new_window(java_script_enabled=False)
    window.log_in()
    for time in window.open("/explore").get_by_role("article").locator("time").all():
        assert time.inner_text().endswith("UTC")
        assert (time.get_attribute("datetime") or "").endswith("Z")


def test_the_first_tab_offers_to_skip_to_the_content(window: Window):
    page = window.log_in()
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen_wherever_it_goes(new_window: NewWindow, scheme: str):
    window = new_window(color_scheme=scheme)
    for page in (window.open("/auth/register"), window.log_in(), window.open("/user/marta")):
        visited = []
        for _ in range(12):
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if not focus["inside"]:
                break
            visited.append(focus["what"])
            assert focus["marked"], f"{focus['what']} has the focus and does not show it"
            assert focus["seen"], f"{focus['what']} has the focus and cannot be seen"
        assert len(visited) >= 6


def test_everything_can_be_done_with_the_keyboard_alone(window: Window):
    page = window.open("/auth/login")
    page.get_by_label("Username").focus()
    page.keyboard.type("marta")
    page.keyboard.press("Tab")
    page.keyboard.type("microblog-demo")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Hi,").wait_for()
    page.get_by_label("Say something").focus()
    page.keyboard.type("nur mit Tasten")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your post is now live!")).to_be_visible()
    page.get_by_role("link", name="Explore").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore")


def test_nothing_jumps_while_a_page_appears(new_window: NewWindow):
    window = new_window(viewport={"width": 375, "height": 720}, expected=(404, 422))
    window.page.add_init_script(SHIFTS)
    for path, page in all_pages(window):
        page.wait_for_timeout(100)
        assert page.evaluate("shifts") < 0.02, path


def test_each_page_has_one_heading_its_landmarks_and_named_controls(new_window: NewWindow):
    window = new_window(expected=(404, 422))
    for path, page in all_pages(window):
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").count() == 1, path
        assert page.locator("html").get_attribute("lang") == "en"
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
        assert len(ids) == len(set(ids)), f"{path} has an id twice"
        assert page.evaluate(NAMELESS) == [], path
