"""browser: what a page takes is told by the browser itself."""

import functools
import sys
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from microblog.bench import browser, sites
from microblog.bench.browser import NoBrowserError, Window

WINDOW = Window("some", 600, 400)
PAGE = """<!doctype html><html lang="en"><head><link rel="icon" href="data:,"><script src="late.js"></script></head>
<body><img src="a.svg" alt="" style="display: block"><p id="words">These are the words of the page.</p><script>work()</script></body></html>"""
LATE = """function work() {
  const until = performance.now() + 180;
  while (performance.now() < until);
  setTimeout(() => { document.getElementById("words").style.marginTop = "120px"; console.error("oh dear"); }, 200);
}"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><path d="M0 0h40v40z"/></svg>'


class Handler(SimpleHTTPRequestHandler):
    """Files that may be kept, but for the page itself."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store" if self.path == "/" else "max-age=3600, immutable")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    for name, text in (("index.html", PAGE), ("late.js", LATE), ("a.svg", SVG)):
        (tmp_path / name).write_text(text)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.usefixtures("chromium")
def test_two_looks_tell_what_was_fetched_what_moved_and_what_kept_the_page(url: str):
    with browser.browser() as chromium:
        first, second = browser.twice(chromium, url, WINDOW)
    assert {each.path: each.kind for each in first.fetched} == {"/": "Document", "/late.js": "Script", "/a.svg": "Image"}
    assert first.requests == 3
    assert len(PAGE) + len(LATE) + len(SVG) < first.bytes < len(PAGE) + len(LATE) + len(SVG) + 1_500
    assert [each.path for each in second.fetched] == ["/"]
    for look in (first, second):
        assert look.shift > 0.01
        assert "p" in look.moved
        assert look.largest == "p"
        assert look.blocked >= 100
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
