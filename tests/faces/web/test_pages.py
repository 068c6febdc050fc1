"""What every page shows."""

import pytest


@pytest.mark.row("MT-02.3", "MT-11.2", "MT-02.1")
def test_every_page_has_the_bar_and_one_heading(as_alice):
    for path in ("/", "/explore", "/user/alice", "/nope"):
        page = as_alice.get(path).text
        assert page.count("<h1") == 1
        for word in ("Home", "Explore", "Profile", "Logout"):
            assert word in page


@pytest.mark.row("MT-11.3", "MT-03.6")
def test_a_flash_is_an_alert_shown_exactly_once(as_alice):
    as_alice.send("/", post="hello")
    page = as_alice.get("/").text
    assert 'class="alert alert-info"' in page
    assert 'role="alert"' in page
    assert 'role="alert"' not in as_alice.get("/").text


@pytest.mark.row("MT-13.2")
def test_pages_say_which_language_they_are_in_and_what_they_depend_on(as_alice):
    answer = as_alice.get("/", headers={"Accept-Language": "da, en-gb;q=0.8, en;q=0.7"})
    assert answer.headers["Content-Language"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]
    assert '<html lang="en"' in answer.text
    assert '<html lang="es"' in as_alice.get("/", headers={"Accept-Language": "es-MX"}).text


@pytest.mark.row("MT-12.1")
def test_times_are_utc_with_a_z(as_alice):
    as_alice.send("/", post="now")
    assert 'datetime="20' in as_alice.get("/").text
    import re

    assert re.search(r'datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"', as_alice.get("/").text)


@pytest.mark.row("MT-13.3", "MT-13.6", "MT-13.4")
def test_pages_speak_the_readers_language_from_one_request_to_the_next(browser):
    def page(language):
        return browser.get("/auth/login", headers={"Accept-Language": language}).text

    for language, words in (
        ("es", ("Nombre de usuario", "Contraseña")),
        ("en", ("Username", "Password")),
        ("ko-KR", ("사용자 이름", "비밀번호")),
    ):
        for word in words:
            assert word in page(language)
        assert ("Username" in page(language)) == (language == "en")


@pytest.mark.row("MT-13.3")
def test_what_was_wrong_is_said_in_the_readers_language(browser):
    fields = {"csrf_token": browser.token(), "username": "", "email": "x", "password": "short", "password2": "short"}
    answer = browser.post("/auth/register", data=fields, headers={"Accept-Language": "es"})
    for english in ("This field is required.", "Please write an e-mail address", "At least 8 characters"):
        assert english not in answer.text
    assert "8 caracteres" in answer.text
