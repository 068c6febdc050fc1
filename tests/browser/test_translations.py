"""Translating posts where they stand, against a stand-in of the service, with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from microblog.core import posts

from ..deploy.conftest import Install
from ..deploy.installation import Installation
from ..gateways.stand_in import Service, running
from .conftest import NewWindow, Window

SAID = "Buenos días a todos.\n¿Quién viene? https://example.org/una/direccion/que/es/demasiado/larga/para/una/linea"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running() as service:
        service.translates()
        yield service


@pytest.fixture(scope="module")
def site(new_site: Install, service: Service) -> Installation:
    """A site of its own, which is told of the service."""
    return new_site(TRANSLATOR="libretranslate", TRANSLATOR_URL=service.url)


@pytest.fixture
def said(site: Installation) -> str:
    """The id of a post in Spanish with an address that is shown shortened."""
    author = site.rows("SELECT id FROM users WHERE username = 'lucia_faro'")[0][0]
    with site.database.writing() as db:
        post_id = posts.publish(db, author, SAID, longest=300)
        db.commit()
    return str(post_id)


def place(page: Page, post_id: str):
    return page.locator(f"#post{post_id} #translation{post_id}")


@pytest.mark.row("MT-14.7", "MT-14.2", "MT-D06", "MT-D42")
def test_a_post_is_translated_where_it_stands(window: Window, service: Service, said: str):
    window.log_in()
    page = window.open("/explore")
    page.evaluate("window.stillHere = true")
    button = place(page, said).get_by_role("button", name="Translate")
    button.focus()
    page.keyboard.press("Enter")
    expect(place(page, said)).to_have_text(SAID[::-1], use_inner_text=True)
    expect(place(page, said).locator("[lang=en]")).to_be_focused()
    assert button.count() == 0
    assert page.evaluate("window.stillHere")
    assert service.asked[-1].json["q"] == SAID
    assert page.get_by_text("Buenos días a todos.").count() == 1


@pytest.mark.row("MT-14.7", "MT-14.5")
def test_a_spinner_is_shown_and_what_fails_is_said(new_window: NewWindow, said: str):
    window = new_window()
    window.log_in()
    page = window.open("/explore")
    waiting = []
    page.route("**/translate", lambda route: waiting.append(route))
    button = place(page, said).get_by_role("button")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(button).to_have_text("Translating…")
    waiting[0].fulfill(status=200, content_type="text/html", body="<html>")
    expect(place(page, said).get_by_role("alert")).to_have_text("Error: Could not contact server.")
    expect(button).to_have_text("Translate")
    page.unroute("**/translate")
    button.click()
    expect(place(page, said)).to_have_text(SAID[::-1], use_inner_text=True)


@pytest.mark.row("MT-14.7")
def test_without_a_network_it_says_so(new_window: NewWindow, said: str):
    window = new_window()
    window.log_in()
    page = window.open("/explore")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    place(page, said).get_by_role("button").click()
    expect(place(page, said).get_by_role("alert")).to_have_text("Error: Could not contact server.")
    page.context.set_offline(False)
    window.complaints[:] = [complaint for complaint in window.complaints if "ERR_INTERNET_DISCONNECTED" not in complaint]


@pytest.mark.row("MT-14.5", "MT-14.7")
def test_a_service_that_fails_is_said_in_the_place_of_the_translation(window: Window, service: Service, said: str):
    window.log_in()
    page = window.open("/explore")
    service.says(b"", status=500)
    # Texts that were translated once are remembered, so this one is another.
    page.evaluate("id => { document.querySelector(`#post${id} .post-body`).textContent = 'otra cosa' }", said)
    place(page, said).get_by_role("button").click()
    expect(place(page, said)).to_have_text("Error: the translation service failed.")
    service.translates()


@pytest.mark.row("MT-14.7")
def test_without_scripts_it_is_a_page(new_window: NewWindow, said: str):
    window = new_window(java_script_enabled=False)
    window.log_in()
    page = window.open("/explore")
    place(page, said).get_by_role("button", name="Translate").click()
    page.wait_for_url(f"**/post/{said}/translation")
    expect(place(page, said)).to_contain_text("sodot a saíd soneuB")


@pytest.mark.row("MT-14.2")
def test_whoever_reads_spanish_is_offered_no_translation_of_it(new_window: NewWindow, said: str):
    window = new_window(locale="es-ES")
    page = window.open("/auth/login")
    page.locator("#username").fill("marta")
    page.locator("#password").fill("microblog-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/microblog/")
    page = window.open("/explore")
    expect(page.locator(f"#post{said}")).to_be_visible()
    assert place(page, said).count() == 0
