"""Who somebody is, beside their name; and what one shows of oneself."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from microblog import demo

from .conftest import NewWindow, Window


@pytest.fixture
def explore(window: Window) -> Page:
    """A page full of names, where time passes when the test says so."""
    window.page.clock.install()
    window.log_in("lucia_faro")
    page = window.open("/explore")
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # until then it flows by itself, however slow the machine is
    return page


@pytest.fixture
def name(explore: Page) -> Locator:
    """The first name that is somebody else's and stands alone."""
    return explore.locator('.user_popup:not([href$="/lucia_faro"])').first


def rest(page: Page, milliseconds: int) -> None:
    page.clock.run_for(milliseconds)


@pytest.mark.row("MT-20.3", "MT-20.4", "MT-D06")
def test_who_rests_on_a_name_for_a_second_sees_who_it_is(explore: Page, name: Locator) -> None:
    name.hover()
    rest(explore, 900)
    expect(explore.locator(".popup")).to_have_count(0)
    with explore.expect_response(re.compile(r"/microblog/user/[^/]+/popup$")):
        rest(explore, 200)
    popup = explore.locator(".popup")
    expect(popup).to_be_visible()
    expect(popup.locator("time")).to_have_attribute("title", re.compile("GMT|CET|UTC"))
    assert explore.evaluate("document.querySelector('.user_popup').parentElement.contains(document.querySelector('.popup'))")
    popup.get_by_role("button").hover()
    rest(explore, 5_000)
    expect(popup).to_be_visible()
    explore.mouse.move(1, 1)
    rest(explore, 500)
    expect(popup).to_have_count(0)


@pytest.mark.row("MT-20.3")
def test_who_leaves_early_asks_nothing(explore: Page, name: Locator) -> None:
    asked: list[str] = []
    explore.on("request", lambda request: asked.append(request.url))
    name.hover()
    rest(explore, 900)
    explore.mouse.move(1, 1)
    rest(explore, 5_000)
    expect(explore.locator(".popup")).to_have_count(0)
    assert not any("popup" in url for url in asked)


@pytest.mark.row("MT-20.3")
def test_who_leaves_while_it_is_loading_ends_the_request(explore: Page, name: Locator) -> None:
    explore.route("**/popup", lambda route: None)  # it never answers
    name.hover()
    with explore.expect_request("**/popup"):
        rest(explore, 1_100)
    with explore.expect_event("requestfailed") as failed:
        explore.mouse.move(1, 1)
        rest(explore, 500)
    assert "ERR_ABORTED" in (failed.value.failure or "")


@pytest.mark.row("MT-20.3")
def test_the_keyboard_gets_there_into_it_and_out_again(explore: Page, name: Locator) -> None:
    explore.keyboard.press("Tab")
    name.focus()
    with explore.expect_response("**/popup"):
        rest(explore, 1_100)
    popup = explore.locator(".popup")
    expect(popup).to_be_visible()
    explore.keyboard.press("Tab")
    expect(popup.get_by_role("link")).to_be_focused()
    rest(explore, 5_000)
    explore.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(name).to_be_focused()
    rest(explore, 5_000)
    expect(popup).to_have_count(0)


def test_one_follows_from_there_and_stays_on_the_page(window: Window) -> None:
    window.log_in("lucia_faro")
    page = window.open("/user/marta")
    address = page.url
    page.locator(".user_popup").first.hover()
    button = page.locator(".popup button")
    before = button.inner_text()
    button.click()
    page.get_by_text(re.compile("You are (not )?following marta")).wait_for()
    assert page.url == address
    page.locator(".user_popup").first.hover()
    expect(button).not_to_have_text(before)
    button.click()
    page.get_by_text(re.compile("You are (not )?following marta")).wait_for()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.row("MT-06.8")
def test_one_puts_up_a_picture_and_takes_it_down(new_window: NewWindow, tmp_path: Path, scripts: bool) -> None:
    """The file is larger than other forms may be: the web server lets it through here, and the process makes a square of it."""
    file = tmp_path / "photo.png"
    Image.effect_noise((900, 900), 120).save(file)
    assert file.stat().st_size > 400_000
    window = new_window(java_script_enabled=scripts)
    window.log_in("nkem")
    page = window.open("/edit_profile")
    page.get_by_label("Picture", exact=True).set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("Your picture has been changed.").wait_for()
    picture = page.locator(".picture img")
    expect(picture).to_have_attribute("src", re.compile(r"\.webp$"))
    if scripts:
        assert picture.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [400, 400]
    page.get_by_role("button", name="Remove picture").click()
    if scripts:
        page.get_by_role("dialog").get_by_role("button", name="Remove picture").click()
    page.get_by_text("Your picture has been removed.").wait_for()
    expect(picture).to_have_attribute("src", re.compile(r"\.svg$"))


def test_a_photograph_of_many_megabytes_is_made_smaller_on_the_way(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    Image.effect_noise((2_500, 1_500), 120).save(file)
    assert file.stat().st_size > 2 * 1024 * 1024
    window.log_in("nkem")
    page = window.open("/edit_profile")
    field = page.get_by_label("Picture", exact=True)
    field.set_input_files(file)
    page.wait_for_function("field => field.files[0].size < field.dataset.most", arg=field.element_handle())
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("Your picture has been changed.").wait_for()


def test_one_sees_where_one_is_logged_in_and_ends_it_there(new_window: NewWindow) -> None:
    here, there = new_window(), new_window()
    for window in (here, there):
        window.log_in("marta", demo.PASSWORD)
    page = here.open("/sessions")
    expect(page.get_by_text("Chromium on Linux").first).to_be_visible()
    page.get_by_role("button", name="Log out everywhere else").click()
    page.get_by_text("You are logged out everywhere else.").wait_for()
    there.open("/")
    assert there.path.startswith("/auth/login")
