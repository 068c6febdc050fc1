"""A headless Chromium that looks at pages, with an empty cache and once more with a full one: what it fetches, when the largest
thing is there, what moves, for how long it cannot answer. Playwright belongs to the tests: where it is missing, that is said."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
PATIENCE = 30_000  # milliseconds
LONG = 50  # milliseconds that a task may keep the page from answering

# Told by the browser itself, from the first moment on.
WATCH = """(() => {
  const seen = window.firstLook = {lcp: 0, largest: "", shift: 0, moved: [], tasks: []};
  const name = (node) => node?.nodeType === 1 ? [node.tagName.toLowerCase(), ...node.classList].join(".") : "";
  const observer = (take) => new PerformanceObserver((list) => list.getEntries().forEach(take));
  const watch = (type, take) => observer(take).observe({type, buffered: true});
  watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; seen.largest = name(entry.element); });
  watch("layout-shift", (entry) => {
    if (entry.hadRecentInput) return;
    seen.shift += entry.value;
    seen.moved.push(...entry.sources.map((source) => name(source.node)));
  });
  watch("longtask", (entry) => seen.tasks.push([entry.startTime, entry.startTime + entry.duration]));
})()"""
PICTURES = """() => {
  const unsized = (image) => !image.hasAttribute("width") || !image.hasAttribute("height");
  return [document.images.length, [...document.images].filter(unsized).map((image) => image.outerHTML)];
}"""
# Observers are told after the next frame, so look two frames later.
SEEN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(firstLook)))))"
# Before something can be seen nobody waits for an answer: tasks count from then on, as Lighthouse has it.
BLOCKED = """() => {
  const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity;
  return firstLook.tasks.reduce((sum, [start, end]) => sum + Math.max(0, end - Math.max(start, first) - LONG), 0);
}""".replace("LONG", str(LONG))


class NoBrowserError(Exception):
    """There is no browser that could look; the message says what is missing."""


@dataclass(frozen=True)
class Window:
    """How somebody looks: the size of the window, and how slow the line (milliseconds for each request, kilobits a second; 0 for
    as fast as it goes) and the processor are."""

    name: str
    width: int
    height: int
    latency: float = 0
    speed: float = 0
    slower: float = 1


@dataclass(frozen=True)
class Fetched:
    """Something that came over the wire: its path, what it was for (Document, Stylesheet, …), its bytes with the headers."""

    path: str
    kind: str
    bytes: int
    encoding: str


@dataclass(frozen=True)
class Look:
    """What one look at a page took: whatever was fetched, when (ms) the largest thing was painted and what that was, how much
    moved (layout shift) and what did, how long (ms) the page could not answer, what the console said, how many pictures there
    are, and which of them do not say how large they are."""

    fetched: tuple[Fetched, ...]
    lcp: float
    largest: str
    shift: float
    moved: tuple[str, ...]
    blocked: float
    complaints: tuple[str, ...]
    pictures: int
    unsized: tuple[str, ...]

    @property
    def bytes(self) -> int:
        return sum(each.bytes for each in self.fetched)

    @property
    def requests(self) -> int:
        return len(self.fetched)


@contextmanager
def browser() -> Iterator["Browser"]:
    """A headless Chromium, while the block lasts."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise NoBrowserError("Playwright is not installed: python -m pip install playwright") from error
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        except Error as error:
            raise NoBrowserError("Chromium does not start: apt install chromium") from error
        try:
            yield found
        except Error as error:
            raise NoBrowserError(f"Chromium gave up: {error.message.partition(chr(10))[0]}") from error
        finally:
            found.close()


def twice(browser: "Browser", url: str, window: Window, *, cookies: Sequence[Mapping[str, str]] = ()) -> tuple[Look, Look]:
    """The first look at a page, with an empty cache, and a second one in a new tab. `cookies` as Playwright takes them."""
    context = browser.new_context(viewport={"width": window.width, "height": window.height}, locale="en-GB")
    try:
        context.add_cookies(list(cookies))  # type: ignore[arg-type]
        return _look(context, url, window), _look(context, url, window)
    finally:
        context.close()


def _look(context: "BrowserContext", url: str, window: Window) -> Look:
    page = context.new_page()
    try:
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WATCH)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        wire = _Wire(context.new_cdp_session(page), window)
        page.goto(url, wait_until="networkidle")
        return wire.look(page, complaints)
    finally:
        page.close()


class _Wire:
    """What passes between a tab and the server."""

    def __init__(self, session: "CDPSession", window: Window) -> None:
        self.asked: dict[str, dict[str, Any]] = {}
        self.fetched: list[Fetched] = []
        session.on("Network.responseReceived", lambda event: self.asked.update({event["requestId"]: event}))
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        if window.latency or window.speed:
            bytes_a_second = window.speed * 1024 / 8 if window.speed else -1
            line = {"latency": window.latency, "downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second / 2}
            session.send("Network.emulateNetworkConditions", {"offline": False, **line})
        if window.slower > 1:
            session.send("Emulation.setCPUThrottlingRate", {"rate": window.slower})

    def _finished(self, event: dict[str, Any]) -> None:
        """Something is there whole; what came from a cache has no length."""
        size, asked = round(event["encodedDataLength"]), self.asked.get(event["requestId"])
        if size and asked:
            answer = asked["response"]
            headers = {name.lower(): value for name, value in answer["headers"].items()}
            path = urlsplit(answer["url"]).path
            self.fetched.append(Fetched(path, asked["type"], size, headers.get("content-encoding", "")))

    def look(self, page: "Page", complaints: Sequence[str]) -> Look:
        seen = page.evaluate(SEEN)
        pictures, unsized = page.evaluate(PICTURES)
        return Look(
            tuple(self.fetched),
            round(seen["lcp"], 1),
            seen["largest"],
            round(seen["shift"], 4),
            tuple(seen["moved"]),
            round(page.evaluate(BLOCKED), 1),
            tuple(complaints),
            pictures,
            tuple(unsized),
        )
