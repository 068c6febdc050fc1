"""A real Chromium before a real site under /microblog; whatever it complains of fails the test."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Timer
from typing import Any

import pytest
from greenlet import getcurrent
from playwright.sync_api import Browser, Page

from microblog import demo

from ..deploy.conftest import Install
from ..deploy.conftest import new_site as new_site
from ..deploy.installation import Installation

PATIENCE = 15_000  # milliseconds
LONGEST = 60.0  # seconds that a test may take; most take two
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`The policy forbids ${event.blockedURI} (${event.violatedDirective})`));"""


@pytest.fixture(scope="session")
def site(new_site: Install) -> Installation:
    return new_site()


@pytest.fixture(autouse=True)
def nobody_hangs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Not all that Playwright waits for has an end. Where a test takes too long its process says where it stands and dies, which
    is a failure of that test; other lanes go on."""
    tests = getcurrent()  # Playwright waits in a greenlet of its own, which is all that faulthandler would show

    def give_up() -> None:
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            lines = traceback.format_stack(tests.gr_frame) if tests.gr_frame else []
            sys.stderr.write(f"{request.node.nodeid} has not ended within {LONGEST:.0f} seconds:\n{''.join(lines)}")
            sys.stderr.flush()
            os.abort()

    timer = Timer(LONGEST, give_up)
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


class Window:
    """A fresh window of a browser, with nobody logged in; `complaints` is what it would say in its console."""

    name = ""  # whose window it is going to be

    def __init__(self, page: Page, site: Installation, expected: tuple[int, ...]) -> None:
        self.page, self.site = page, site
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: self._hear(message.type, message.text, expected))
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", lambda request: self._watch(request.url))
        page.add_init_script(TELL_VIOLATIONS)

    def _hear(self, kind: str, text: str, expected: tuple[int, ...]) -> None:
        if kind in ("error", "warning") and not any(f"with a status of {status} " in text for status in expected):
            self.complaints.append(f"{kind}: {text}")

    def _watch(self, url: str) -> None:
        if not url.startswith((f"{self.site.origin}/microblog/", "data:", "about:")):
            self.complaints.append(f"it asked for {url}")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site.origin + self.site.mount)

    def open(self, path: str) -> Page:
        self.page.goto(self.site.origin + self.site.mount + path)
        return self.page

    def log_in(self, username: str = "marta", password: str = demo.PASSWORD) -> Page:
        page = self.open("/auth/login")
        page.fill("[name=username]", username)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"**{self.site.mount}/")
        return page

    def say(self, text: str) -> None:
        self.page.get_by_label("Say something").fill(text)
        self.page.get_by_role("button", name="Submit").click()
        self.page.get_by_text("Your post is now live!").wait_for()


NewWindow = Callable[..., Window]


@pytest.fixture
def new_window(chrome: Browser, site: Installation) -> Iterator[NewWindow]:
    """Opens windows: new_window(java_script_enabled=False, expected=(422,)), where `expected` are errors that may come."""
    windows: list[Window] = []
    with ExitStack() as stack:

        @contextmanager
        def opened(expected: tuple[int, ...], options: dict[str, Any]) -> Iterator[Window]:
            context = chrome.new_context(**({"locale": "en-GB", "timezone_id": "Europe/Berlin"} | options))
            try:
                yield Window(context.new_page(), site, expected)
            finally:
                context.close()

        def make(*, expected: tuple[int, ...] = (), **options: Any) -> Window:
            windows.append(stack.enter_context(opened(expected, options)))
            return windows[-1]

        yield make
    assert [complaint for window in windows for complaint in window.complaints] == []


@pytest.fixture
def window(new_window: NewWindow) -> Window:
    return new_window()
