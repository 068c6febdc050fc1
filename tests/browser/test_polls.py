"""Asking and voting in a real browser, with scripts and without."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import NewWindow, Window

# Of each bar its value, what that is a share of, and how long it is.
BARS = "bars => bars.map(bar => [bar.value, bar.max, bar.getBoundingClientRect().width])"


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def either_window(request: pytest.FixtureRequest, new_window: NewWindow) -> Window:
    """A window that runs scripts, and one that does not, with somebody of their own logged in."""
    window = new_window(java_script_enabled=request.param, expected=(422,))
    window.name = "daniel.k" if request.param else "camila-rx"
    window.log_in(window.name)
    return window


def asking(page: Page, question: str, *choices: str) -> None:
    """Fill in a question with its choices."""
    page.get_by_label("Say something").fill(question)
    page.get_by_text("Ask something with it").click()
    for number, choice in enumerate(choices, start=1):
        page.get_by_label(f"Choice {number}").fill(choice)


def card(page: Page, question: str) -> Locator:
    return page.get_by_role("article").filter(has_text=question)


def test_one_asks_and_others_vote_and_see_what_has_come_of_it(either_window: Window, new_window: NewWindow):
    page, question = either_window.page, f"Which way home, {either_window.name}?"
    asking(page, question, "Over the hill", "Along the quay", "Through Rope Lane")
    expect(page.get_by_label("Choice 4")).to_be_visible()
    expect(page.get_by_label("Choice 5")).to_be_hidden()
    page.get_by_label("Open for").select_option("1 hour")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Your post is now live!")).to_be_visible()
    expect(card(page, question).get_by_role("group", name="Choose one")).to_be_visible()
    expect(card(page, question)).to_contain_text(re.compile(r"Closes in 60 minutes\.|Closes [^.]* UTC\."))
    card(page, question).get_by_label("Along the quay").check()
    card(page, question).get_by_role("button", name="Vote").click()
    expect(page).to_have_url(re.compile(r"/microblog/#poll\d+$"))
    expect(card(page, question)).to_be_in_viewport()
    lines = card(page, question).get_by_role("list", name="Results").get_by_role("listitem")
    expect(lines).to_contain_text(
        ["Over the hill", re.compile(r"Along the quay\s+Your choice\s+100%\s+1 vote"), "Through Rope Lane"]
    )
    expect(card(page, question).get_by_role("button", name="Vote")).to_have_count(0)

    other = new_window()
    other.log_in("ivan.ajedrez")
    theirs = other.open("/explore")
    expect(card(theirs, question)).not_to_contain_text("%")
    card(theirs, question).get_by_label("Through Rope Lane").check()
    card(theirs, question).get_by_role("button", name="Vote").click()
    expect(card(theirs, question)).to_contain_text("2 people have voted.")
    bars = card(theirs, question).locator("progress").evaluate_all(BARS)
    assert [bar[:2] for bar in bars] == [[0, 100], [50, 100], [50, 100]]
    assert len({round(width) for _, _, width in bars}) == 1
    assert bars[0][2] > 200


def test_a_question_that_is_refused_keeps_all_that_was_typed(either_window: Window):
    page = either_window.page
    asking(page, "Only one way?", "This one")
    page.get_by_label("Open for").select_option("7 days")
    page.get_by_label("People may choose several").check()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Please give at least two choices.")).to_be_visible()
    expect(page.get_by_label("Say something")).to_have_value("Only one way?")
    expect(page.get_by_label("Choice 1")).to_have_value("This one")
    expect(page.get_by_label("Choice 1")).to_be_focused()
    expect(page.get_by_label("Open for")).to_have_value("604800")
    expect(page.get_by_label("People may choose several")).to_be_checked()


def test_several_answers_are_ticked_and_nothing_ticked_is_said_kindly(either_window: Window):
    page, question = either_window.page, f"What shall we carry, {either_window.name}?"
    asking(page, question, "Mugs", "Buns", "The kettle")
    page.get_by_label("People may choose several").check()
    page.get_by_role("button", name="Submit").click()
    card(page, question).get_by_role("button", name="Vote").click()
    expect(page.get_by_role("alert").filter(has_text="Please choose something.")).to_be_in_viewport()
    for choice in ("Mugs", "The kettle"):
        card(page, question).get_by_label(choice).check()
    card(page, question).get_by_role("button", name="Vote").click()
    expect(card(page, question).get_by_text("Your choice")).to_have_count(2)


def test_enter_in_a_choice_leads_to_the_next_and_sends_nothing(window: Window):
    page = window.log_in("huerto_17")
    asking(page, "Which bean?", "Broad", "Runner")
    page.get_by_label("Choice 1").press("Enter")
    expect(page.get_by_label("Choice 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Choice 3")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Choice 3")).to_be_focused()
    expect(page.get_by_label("Say something")).to_have_value("Which bean?")
    page.get_by_label("Say something").press("Control+Enter")
    expect(page.get_by_text("Your post is now live!")).to_be_visible()
    expect(card(page, "Which bean?").get_by_role("radio")).to_have_count(2)


def test_the_keyboard_votes(window: Window):
    page = window.log_in("abuela_pilar")
    asking(page, "¿Café o chocolate?", "Café", "Chocolate")
    page.get_by_label("Say something").press("Control+Enter")
    page.get_by_text("Your post is now live!").wait_for()
    card(page, "¿Café o chocolate?").get_by_label("Café").focus()
    for key in ("Space", "ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(card(page, "¿Café o chocolate?").get_by_role("listitem").nth(1)).to_contain_text(
        re.compile(r"Chocolate\s+Your choice")
    )
