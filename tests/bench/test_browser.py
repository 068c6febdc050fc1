"""browser: what a page takes is told by the browser itself."""

import functools
import sys
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from microblog.bench import browser, sites
from microblog.bench.browser import NoBrowserError, Window

WINDOW = Window("some", 600, 400)
PAGE = """<!doctype html><html lang="en"><head><link rel="icon" href="data:,"><script src="waits" async></script>
<script src="late.js"></script></head>
<body><img src="a.svg" alt="" style="display: block"><p id="words">These are the words of the page.</p><script>work()</script></body></html>"""
LATE = """function work() {
  const keep = (milliseconds) => { for (const until = performance.now() + milliseconds; performance.now() < until;); };
  keep(900); // before anything is seen
  setTimeout(() => { document.getElementById("words").style.marginTop = "120px"; console.error("oh dear"); }, 200);
  setTimeout(() => { keep(180); fetch("done").then((answer) => answer.text()); }, 300);
}"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><path d="M0 0h40v40z"/></svg>'


class Handler(SimpleHTTPRequestHandler):
    """Files that may be kept, but for the page itself; what waits is answered when the page is done."""

    is_done = Event()

    def do_GET(self) -> None:
        if self.path == "/":
            self.is_done.clear()
        if self.path == "/done":
            self.is_done.set()
        if self.path == "/waits":
            self.is_done.wait(20)
        super().do_GET()

    def guess_type(self, path: str) -> str:  # type: ignore[override]
        return "text/javascript" if path.endswith("waits") else super().guess_type(path)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=3600, immutable" if self.path.endswith((".js", ".svg")) else "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    for name, text in (("index.html", PAGE), ("late.js", LATE), ("a.svg", SVG), ("waits", "1"), ("done", "1")):
        (tmp_path / name).write_text(text)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.usefixtures("chromium")
def test_two_looks_tell_what_was_fetched_what_moved_and_what_kept_the_page(url: str):
    with browser.browser() as chromium:
        first, second = browser.twice(chromium, url, WINDOW)
    words = {"/": "Document", "/waits": "Script", "/done": "Fetch"}
    assert {each.path: each.kind for each in first.fetched} == words | {"/late.js": "Script", "/a.svg": "Image"}
    assert first.requests == 5
    assert len(PAGE) + len(LATE) + len(SVG) < first.bytes < len(PAGE) + len(LATE) + len(SVG) + 2_500
    assert {each.path: each.kind for each in second.fetched} == words
    for look in (first, second):
        assert look.shift > 0.01
        assert "p" in look.moved
        assert look.largest == "p"
        assert 100 <= look.blocked < 800
        assert look.lcp > 0
        assert look.complaints == ("oh dear",)
        assert (look.pictures, len(look.unsized)) == (1, 1)


def test_where_playwright_is_missing_that_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(NoBrowserError, match="Playwright is not installed"), browser.browser():
        pass


@pytest.mark.usefixtures("chromium")
def test_a_page_that_cannot_be_had_is_no_accident():
    with pytest.raises(NoBrowserError, match="gave up.*ERR_CONNECTION_REFUSED"), browser.browser() as chromium:
        browser.twice(chromium, f"http://127.0.0.1:{sites.free_port()}/", WINDOW)
