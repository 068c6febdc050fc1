"""The laboratory in a real browser: its buttons, its calculator with and without scripts, its two counters, and how it sits."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import NewWindow, Window
from .test_look import COLOURS, NAMELESS, TOO_WIDE

NO_ICON = 404  # an answer that is no page of ours names no picture, so a browser asks the host for one
PAGES = ("/lab/", "/lab/9/?name=" + "W" * 80, "/lab/10/", "/lab/13/")


def calculate(page: Page, left: str, operator: str, right: str) -> None:
    page.get_by_label("First number").fill(left)
    page.get_by_label("Operator").fill(operator)
    page.get_by_label("Second number").fill(right)
    page.get_by_role("button", name="제출").click()


@pytest.mark.row("LB-12", "LB-13", "LB-D4")
def test_the_calculator_says_that_it_was_sent_and_then_what_came_of_it(new_window: NewWindow):
    said: list[str] = []
    page = new_window(expected=(NO_ICON,)).open("/lab/10")
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    calculate(page, "-12", "*", "5")
    page.wait_for_url("**/microblog/lab/10/post")
    assert said == ["제출 완료!"]
    expect(page.locator("body")).to_contain_text('{"arg1": -12, "operator": "*", "arg2": 5}')
    expect(page.locator("body")).to_contain_text("최종 연산 결과 값은 다음과 같습니다: -60")


@pytest.mark.row("LB-12", "LB-14")
def test_without_scripts_it_works_without_a_word_and_refuses_what_is_missing(new_window: NewWindow):
    window = new_window(java_script_enabled=False, expected=(400, NO_ICON))
    calculate(window.open("/lab/10/"), "12", "+", "5")
    expect(window.page.locator("body")).to_contain_text("최종 연산 결과 값은 다음과 같습니다: 17")
    calculate(window.open("/lab/10/"), "", "+", "5")
    expect(window.page.locator("body")).to_contain_text('{"error":"POST 방식에서 JSON에 필요한 데이터 누락입니다"}')


@pytest.mark.row("LB-08", "LB-16")
@pytest.mark.parametrize(
    ("exercise", "button", "answer"),
    [
        (2, "POST /microblog/lab/2/bad", "Bad World!"),
        (3, "GET /microblog/lab/3/안녕/정현", "안녕, 정현!"),
        (6, "POST /microblog/lab/6/", "그대는 POST 로 호출하였구나. 그대는 Mozilla/5.0"),
        (8, 'POST /microblog/lab/8/ {"key1": "value"}', '"key1": "value"'),
        (9, "GET /microblog/lab/9/?name=<b>", "Hi, 필멸자 <b>!"),
        (12, 'POST /microblog/lab/12/ {"name": "JongHyun"}', "Hello World JongHyun"),
    ],
)
def test_an_exercise_is_done_by_pressing_it(new_window: NewWindow, exercise: int, button: str, answer: str):
    window = new_window(java_script_enabled=False, expected=(NO_ICON,))
    item = window.open("/lab/").locator(f"#exercise-{exercise}")
    role = "link" if button.startswith("GET") else "button"
    item.get_by_role(role, name=button, exact=True).click()
    expect(window.page.locator("body")).to_contain_text(answer)


@pytest.mark.row("LB-20", "LB-22")
def test_one_presses_and_compares_the_two_numbers(window: Window):
    def postgres() -> int:
        return int(window.page.get_by_role("region", name="In Postgres").locator(".counter-value").inner_text())

    page = window.open("/lab/13/")
    before = postgres()
    for pressed in range(1, 4):
        page.get_by_role("button", name="Count one more").click()
        expect(page).to_have_url(re.compile("/microblog/lab/13/$"))
        assert postgres() == before + pressed
    page.get_by_role("link", name="Ask again").click()
    assert postgres() == before + 3
    expect(page.get_by_role("region", name="In this process").locator("dd").first).to_have_text(re.compile(r"^\d+$"))


@pytest.mark.parametrize("locale", ["en", "es", "ko"])
def test_it_fits_every_window_by_day_and_by_night(new_window: NewWindow, locale: str):
    window = new_window(locale=locale, reduced_motion="reduce")
    for path in PAGES:
        page = window.open(path)
        page.evaluate("document.fonts.ready")
        for width in (1280, 768, 375, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate(TOO_WIDE) == [False, []], f"{path} at {width}"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            brightness, faint = page.evaluate(COLOURS)
            assert brightness < 0.1 if scheme == "dark" else brightness > 0.6, f"{path} in {scheme}"
            assert faint == [], f"{path} in {scheme}"
        assert page.locator("h1").count() == page.locator("main").count() == 1
        assert page.evaluate(NAMELESS) == []
