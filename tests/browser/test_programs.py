"""What programs are given: in a real browser, with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import NewWindow


@pytest.mark.row("MT-D34")
@pytest.mark.parametrize("scripts", [True, False])
def test_a_token_is_made_shown_once_copied_and_revoked(new_window: NewWindow, scripts: bool):
    window = new_window(java_script_enabled=scripts, permissions=["clipboard-read", "clipboard-write"], expected=(422,))
    window.log_in("daniel.k")
    page = window.open("/account/tokens")
    page.get_by_label("Name").fill("Weather station")
    page.get_by_label("Good for").select_option("7 days")
    page.get_by_role("button", name="Make a token").click()
    field = page.get_by_label("Your new token")
    expect(field).to_be_focused()
    token = field.input_value()
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", token)
    copy = page.get_by_role("button", name="Copy")
    if scripts:
        copy.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == token
        assert page.evaluate("getSelection().toString()") == token
    else:
        expect(copy).to_be_hidden()
    page.reload()
    expect(page.get_by_text("You have a token of this name already.")).to_be_visible()
    window.open("/account/tokens")
    expect(page.get_by_label("Your new token")).to_have_count(0)
    expect(page.get_by_text("Weather station")).to_have_count(1)
    page.get_by_role("button", name="Revoke", exact=True).click()
    if scripts:
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No program can come in as you.")).to_be_visible()
