"""Everything people can do with scripts they can do without."""

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .conftest import NewWindow, Window


@pytest.fixture
def plain(new_window: NewWindow) -> Window:
    """A window of a browser that runs no scripts, with somebody logged in."""
    window = new_window(java_script_enabled=False, expected=(422,))
    window.log_in("marta")
    return window


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


@pytest.mark.row("MT-06.8", "MT-06.3")
def test_a_profile_is_edited_and_gets_a_picture(plain: Window, tmp_path):
    Image.new("RGB", (600, 400), "teal").save(tmp_path / "me.png")
    page = plain.open("/edit_profile")
    page.set_input_files("input[type=file]", tmp_path / "me.png")
    press(page, "Upload")
    expect(page.locator(".alert")).to_be_visible()
    plain.open("/user/marta")
    expect(page.locator("img[src*='/avatar/'][src$='.webp']").first).to_be_visible()
    plain.open("/edit_profile")
    page.get_by_label("About me").fill("Baker. 빵 굽는 사람.")
    press(page, "Submit")
    expect(page.get_by_text("Your changes have been saved.")).to_be_visible()


@pytest.mark.row("MT-21.2", "MT-21.4")
def test_two_people_write_to_one_another(plain: Window, new_window: NewWindow):
    page = plain.open("/user/coach.femi")
    page.get_by_role("link", name="Send private message").click()
    page.fill("[name=message]", "Is the pitch dry?")
    press(page, "Submit")
    expect(page.get_by_text("Your message has been sent.")).to_be_visible()
    other = new_window(java_script_enabled=False)
    other.log_in("coach.femi")
    theirs = other.open("/messages/marta")
    expect(theirs.get_by_text("Is the pitch dry?")).to_be_visible()
    theirs.fill("[name=message]", "Dry as your rye.")
    press(theirs, "Submit")
    expect(plain.open("/messages").get_by_text("Dry as your rye.").first).to_be_visible()


@pytest.mark.row("MT-16.1", "MT-16.2")
def test_one_searches_and_reads_what_is_new(plain: Window):
    page = plain.open("/explore")
    page.get_by_role("searchbox").fill("ferry")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    plain.open("/notifications")
    expect(page.get_by_role("heading", name="Notifications")).to_be_visible()


@pytest.mark.row("MT-22.1", "MT-22.5")
def test_an_export_is_asked_for_and_seen_on_every_page(plain: Window):
    press(plain.open("/user/marta"), "Export your posts")
    for path in ("/", "/explore"):
        expect(plain.open(path).locator(".alert-success")).to_contain_text("Exporting posts... 0%")
