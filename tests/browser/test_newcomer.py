"""The main job in a real browser: join, log in, speak, follow, read, mend; with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from ..deploy.installation import Installation
from .conftest import NewWindow, Window

PASSWORD = "correct horse"


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def either_window(request: pytest.FixtureRequest, new_window: NewWindow) -> Window:
    """A window that runs scripts, and one that does not."""
    window = new_window(java_script_enabled=request.param, expected=(422,))
    window.name = "jimin" if request.param else "haneul"
    return window


def register(page: Page, username: str, password: str = PASSWORD, repeated: str = PASSWORD) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Email").fill(f"{username}@example.org")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Repeat Password").fill(repeated)
    page.get_by_role("button", name="Register").click()


@pytest.mark.row("MT-05.10", "MT-05.2", "MT-09.1", "MT-09.3", "MT-08.2", "MT-08.6", "XC-02", "XC-09")
def test_a_newcomer_joins_speaks_korean_follows_somebody_and_reads(either_window: Window):
    name, page = either_window.name, either_window.open("/")
    assert either_window.path.startswith("/auth/login")
    page.get_by_role("link", name="Register").click()
    register(page, name)
    expect(page.get_by_text("Congratulations, you are now a registered user!")).to_be_visible()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name=f"Hi, {name}!")).to_be_visible()
    assert either_window.path == "/"
    either_window.say("오늘 바다가 참 조용하다 🌊")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text("오늘 바다가 참 조용하다 🌊")
    page.get_by_role("link", name="Explore").click()
    assert either_window.path == "/explore"
    other = page.get_by_role("article").filter(has_not_text="오늘 바다가").first
    author = (other.get_by_role("link").filter(has_text="@").first.inner_text()).split("@")[1].split()[0]
    other.get_by_role("link").filter(has_text=f"@{author}").first.click()
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_text(f"You are following {author}!")).to_be_visible()
    expect(page.get_by_role("button", name="Unfollow")).to_be_visible()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("article").filter(has_text=f"@{author}").first).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="오늘 바다가")).to_be_visible()
    page.get_by_role("link", name="Older posts").click()
    assert "before=" in either_window.path
    page.get_by_role("link", name="Newer posts").click()
    expect(page.get_by_role("article").first).to_be_visible()
    page.get_by_role("link", name="Profile").click()
    expect(page.get_by_text("0 followers, 1 following.")).to_be_visible()
    page.get_by_role("button", name="Logout").click()
    assert either_window.path.startswith("/auth/login")


@pytest.mark.row("MT-03.4", "MT-05.11")
def test_a_refused_sign_up_keeps_what_was_typed_and_says_what_is_wrong(either_window: Window):
    page = either_window.open("/auth/register")
    register(page, "marta", repeated="another horse")
    field = page.get_by_label("Repeat Password")
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert "This must be the same as the password." in [page.locator(f"#{id_}").inner_text() for id_ in described]
    assert page.get_by_label("Username").input_value() == "marta"
    assert page.get_by_label("Password", exact=True).input_value() == ""
    register(page, "marta")
    expect(page.get_by_text("Please use a different username.")).to_be_visible()


@pytest.mark.row("MT-09.2")
def test_reloading_after_posting_does_not_post_again(either_window: Window):
    page = either_window.log_in("marta")
    text = f"nur einmal {either_window.name}"
    either_window.say(text)
    page.reload()
    page.reload()
    expect(page.get_by_role("article").filter(has_text=text)).to_have_count(1)
    page.get_by_role("button", name="Logout").click()


@pytest.mark.row("MT-09.2")
def test_an_impatient_double_click_posts_once(window: Window, site: Installation):
    page = window.log_in("marta")
    page.get_by_label("Say something").fill("doppelt geklickt")
    page.get_by_role("button", name="Submit").dblclick()
    page.get_by_text("Your post is now live!").wait_for()
    assert site.one("SELECT count(*) FROM posts WHERE body = 'doppelt geklickt'") == 1


@pytest.mark.row("MT-02.4", "MT-D42")
def test_what_people_write_is_text_and_never_code(window: Window):
    window.log_in("marta")
    hostile = '<script>document.title="owned"</script><img src=x onerror=alert(1)> https://example.org/"onmouseover="x'
    window.say(hostile)
    article = window.page.get_by_role("article").first
    assert hostile.replace("https://example.org/", "example.org") in article.inner_text()
    assert article.locator("script, img[onerror], [onmouseover]").count() == 0
    assert window.page.title() == "Home - Microblog"


def test_a_post_is_deleted_after_a_question(window: Window):
    page = window.log_in("marta")
    window.say("gleich wieder weg")
    article = page.get_by_role("article").filter(has_text="gleich wieder weg")
    article.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(article).to_have_count(1)
    article.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Your post has been deleted.")).to_be_visible()
    expect(article).to_have_count(0)


def test_a_post_is_said_otherwise(either_window: Window):
    page, before = either_window.log_in("marta"), f"a tpyo of {either_window.name}"
    either_window.say(before)
    page.get_by_role("article").filter(has_text=before).get_by_role("link", name="Edit").click()
    expect(page.get_by_role("heading", name="Edit Post")).to_be_visible()
    page.get_by_label("Your post").fill(" ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Your post").fill(before.replace("tpyo", "typo"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your post has been changed.")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text=f"a typo of {either_window.name}")).to_contain_text(
        re.compile(r"Edited (now|.* UTC)")
    )
