"""What happens to a page while it lies open: badges rise, progress arrives, and nothing is asked when nobody looks."""

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from .conftest import NewWindow, Window

TEN_SECONDS = 10_500  # milliseconds, with the way there


@pytest.fixture
def watching(new_window: NewWindow) -> Window:
    """Somebody reads a page on which time passes when the test says so."""
    window = new_window()
    window.page.clock.install()
    window.log_in("dev.dilys")
    return window


def write_to(window: Window, recipient: str, text: str) -> None:
    page = window.open(f"/send_message/{recipient}")
    page.fill("[name=message]", text)
    page.press("[name=message]", "Control+Enter")
    page.get_by_text("Your message has been sent.").wait_for()


def poll(page: Page, milliseconds: int = TEN_SECONDS) -> None:
    with page.expect_response("**/notifications?since=*"):
        page.clock.run_for(milliseconds)


@pytest.mark.row("MT-21.7", "MT-21.12", "MT-21.5")
def test_a_badge_rises_within_ten_seconds_of_another_persons_message_and_falls_when_it_is_read(
    watching: Window, new_window: NewWindow
):
    page = watching.open("/explore")
    badge = page.locator("#message_count")
    expect(badge).to_have_css("visibility", "hidden")
    other = new_window()
    other.log_in("coach.femi")
    write_to(other, "dev.dilys", "The pitch is white. 눈이 와요.")
    poll(page)
    expect(badge).to_have_css("visibility", "visible")
    expect(badge).to_have_text("1")
    watching.open("/messages")
    expect(page.get_by_text("눈이 와요.").first).to_be_visible()
    watching.open("/explore")
    expect(badge).to_have_css("visibility", "hidden")


@pytest.mark.row("MT-22.5", "MT-22.2")
def test_the_alert_of_an_export_reaches_a_hundred(watching: Window):
    page = watching.open("/user/dev.dilys")
    page.get_by_role("button", name="Export your posts").click()
    alert = page.locator(".alert-success")
    expect(alert).to_contain_text("Exporting posts... 0%")
    subprocess.run([sys.executable, "-m", "microblog", "worker", "--once"], env=watching.site.environment, check=True)
    poll(page)
    expect(alert).to_contain_text("Exporting posts... 100%")
    watching.open("/user/dev.dilys")
    expect(page.get_by_role("button", name="Export your posts")).to_be_visible()


@pytest.mark.row("MT-21.12", "MT-D24")
def test_a_page_that_nobody_looks_at_asks_nothing(watching: Window):
    page = watching.open("/explore")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    page.clock.run_for(120_000)
    assert [url for url in asked if "since=" in url] == []
    with page.expect_response("**/notifications?since=*"):
        page.evaluate("""() => {
            Object.defineProperty(document, "hidden", { get: () => false, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""")
