"""Translating a text for a script, and a post for whoever has none; whatever the service does, the page stands."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from microblog.app import Application
from microblog.core import posts, translations
from microblog.faces.web.door import LIMITS
from microblog.faces.web.translations import open_translator
from microblog.gateways.http import Client
from microblog.gateways.translator import LibreTranslate, Microsoft, TranslationFailed
from microblog.models import Translation

from ...conftest import Browser
from ...gateways.stand_in import running

HOLA = {"text": "Hola, ¿qué tal?", "source_language": "es", "dest_language": "en"}
FAILED = {"text": "Error: the translation service failed."}


class Reverser:
    """A translator that turns texts round and remembers what it was asked; `fault` is raised instead, if there is one."""

    def __init__(self, fault=None):
        self.fault, self.asked = fault, []

    def translate(self, text, source, dest):
        self.asked.append((text, source, dest))
        if self.fault:
            raise self.fault
        return text[::-1]


@pytest.fixture
def translator(app, monkeypatch):
    """The service the application uses, as a test likes it."""

    def use(service=None):
        monkeypatch.setattr(app, "translator", service)
        return service

    return use


@pytest.fixture
def service():
    with running() as service:
        service.translates()
        yield service


def ask(browser, fields=HOLA, accept="application/json"):
    token = browser.token("/explore")
    return browser.post("/translate", data={"csrf_token": token} | fields, headers={"Accept": accept})


def kept(db):
    return db.scalar(select(func.count()).select_from(Translation))


@pytest.fixture
def post_id(db, alice):
    """Something Alice has said in Spanish."""
    post_id = posts.publish(db, alice.id, "Buenos días, ¿quién viene a la playa?\nhttps://example.org/una-playa", longest=300)
    db.commit()
    return post_id


# The answer for scripts


@pytest.mark.row("MT-14.3")
def test_a_text_comes_back_in_another_language(as_alice, translator):
    service = translator(Reverser())
    answer = ask(as_alice)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == {"text": "?lat éuq¿ ,aloH"}
    assert service.asked == [("Hola, ¿qué tal?", "es", "en")]


@pytest.mark.row("MT-14.3")
def test_strangers_have_nothing_translated(browser, translator):
    service = translator(Reverser())
    fields = {"csrf_token": browser.token()} | HOLA
    assert browser.post("/translate", data=fields).status_code == 303
    assert browser.post("/translate", data=fields, headers={"Accept": "application/json"}).status_code != 200
    assert service.asked == []


@pytest.mark.row("MT-D05")
def test_a_form_from_elsewhere_has_nothing_translated(as_alice, translator):
    service = translator(Reverser())
    assert as_alice.post("/translate", data=HOLA).status_code == 400
    token = as_alice.token("/explore")
    answer = as_alice.post("/translate", data={"csrf_token": token} | HOLA, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert service.asked == []


@pytest.mark.row("MT-14.3")
@pytest.mark.parametrize("missing", HOLA)
def test_what_is_missing_is_a_400_for_scripts_and_for_people(as_alice, translator, missing):
    service = translator(Reverser())
    for fields in ({name: text for name, text in HOLA.items() if name != missing}, HOLA | {missing: " "}):
        answer = ask(as_alice, fields)
        assert (answer.status_code, answer.json["error"].lower()) == (400, "bad request")
        assert "<html" in ask(as_alice, fields, accept="text/html").text
    assert service.asked == []


@pytest.mark.parametrize("code", ["xx-yy-zz", "e", "english", "en_US", "../en", "qq", "en&to=ko", "한국어", "en\n"])
def test_a_language_nobody_knows_is_a_400(as_alice, translator, code):
    service = translator(Reverser())
    assert ask(as_alice, HOLA | {"source_language": code}).status_code == 400
    assert ask(as_alice, HOLA | {"dest_language": code}).status_code == 400
    assert service.asked == []


@pytest.mark.row("MT-D05")
def test_a_text_is_as_long_as_the_longest_post(as_alice, translator):
    service = translator(Reverser())
    assert ask(as_alice, HOLA | {"text": "한" * 5_001}).status_code == 413
    assert service.asked == []
    assert ask(as_alice, HOLA | {"text": "한" * 5_000}).status_code == 200


def test_it_is_asked_for_only_so_often(as_alice, translator, having):
    service = translator(Reverser())
    having(rate_limits=True)
    token = as_alice.token("/explore")
    statuses = [
        as_alice.post("/translate", data={"csrf_token": token} | HOLA).status_code for _ in range(LIMITS["translate"].times + 1)
    ]
    assert statuses == [200] * LIMITS["translate"].times + [429]
    assert len(service.asked) == 1


@pytest.mark.row("MT-14.4")
def test_without_a_service_the_text_says_so(as_alice, translator, db):
    translator(None)
    answer = ask(as_alice)
    assert (answer.status_code, answer.json) == (200, {"text": "Error: the translation service is not configured."})
    assert kept(db) == 0


@pytest.mark.row("MT-14.5")
@pytest.mark.parametrize("said", ["", "a\x00b", "\ud800", "x" * 20_001])
def test_what_cannot_be_a_translation_is_a_failure(as_alice, translator, db, said):
    class Strange:
        def translate(self, *_arguments):
            if not said:
                raise TranslationFailed("It answered 500.")
            return said

    translator(Strange())
    answer = ask(as_alice)
    assert (answer.status_code, answer.json) == (200, FAILED)
    assert kept(db) == 0


@pytest.mark.row("MT-14.5", "MT-14.6", "MT-D05")
def test_a_service_that_breaks_down_hangs_or_talks_rubbish_is_a_failure_and_is_asked_again_later(
    as_alice, translator, service, db
):
    for client in (Microsoft("k", service.url, client=Client(0.3, 0.6)), LibreTranslate(service.url, "", Client(0.3, 0.6))):
        translator(client)
        service.says(b"", status=500)
        assert ask(as_alice).json == FAILED
        service.says(b"<html>")
        assert ask(as_alice).json == FAILED
        service.hangs()
        assert ask(as_alice).json == FAILED
        assert kept(db) == 0
        service.drip = None
        service.released.clear()
    service.translates()
    assert ask(as_alice).json == {"text": "?lat éuq¿ ,aloH"}


@pytest.mark.row("MT-14.8")
def test_the_messages_are_in_the_readers_language(app, as_alice, translator, monkeypatch):
    spanish = app.languages.get("es")
    monkeypatch.setattr(spanish, "say", lambda message: f"es: {message}")
    token = as_alice.token("/explore")
    for service in (None, Reverser(TranslationFailed("It answered 500."))):
        translator(service)
        answer = as_alice.post("/translate", data={"csrf_token": token} | HOLA, headers={"Accept-Language": "es"})
        assert answer.json["text"].startswith("es: Error: the translation service ")


def test_why_a_service_failed_is_in_the_log_and_the_text_is_not(as_alice, translator, caplog):
    translator(Reverser(TranslationFailed("It answered 403.")))
    ask(as_alice)
    (record,) = [record for record in caplog.records if record.name.endswith("translations")]
    assert record.getMessage() == "The translation service failed: It answered 403."
    assert record.path == "/translate"


def test_what_was_translated_once_is_not_asked_for_again(as_alice, translator, db):
    service = translator(Reverser())
    assert [ask(as_alice).json["text"] for _ in range(2)] == ["?lat éuq¿ ,aloH"] * 2
    ask(as_alice, HOLA | {"dest_language": "ko"})
    assert [dest for _, _, dest in service.asked] == ["en", "ko"]
    assert kept(db) == 2


def test_no_connection_is_held_while_the_service_is_asked(settings, new_database):
    app = Application(replace(settings, database_url=new_database(), threads=1))
    held = []

    class Watching(Reverser):
        def translate(self, text, source, dest):
            held.append(app.database.engine.pool.checkedout())
            return super().translate(text, source, dest)

    app.translator = Watching()
    browser = Browser(app)
    password = {"password": "correct horse", "password2": "correct horse"}
    assert browser.send("/auth/register", username="dora", email="dora@example.org", **password).status_code == 303
    assert browser.send("/auth/login", username="dora", password="correct horse").status_code == 303
    assert ask(browser).json == {"text": "?lat éuq¿ ,aloH"}
    browser.send("/", post="Buenos días a todos")
    action = re.search(r'formaction="/microblog(/post/\d+/translation)"', browser.get("/").text)[1]
    assert browser.press(action).status_code == 303
    assert held == [0, 0]
    with app.database.reading() as db:
        assert translations.kept(db, HOLA["text"], "es", "en") == "?lat éuq¿ ,aloH"
        assert kept(db) == 2
    app.database.close()


# The link, and the page for those without scripts


@pytest.mark.row("MT-14.2", "MT-14.7", "MT-D06", "MT-D42")
def test_the_link_stands_where_the_language_is_known_and_another(as_alice, post_id):
    page = as_alice.get("/explore").text
    assert f'id="post{post_id}"' in page
    (place,) = re.findall(rf'<div class="post-translation" id="translation{post_id}">(.*?)</div>', page, re.DOTALL)
    assert f'formaction="/microblog/post/{post_id}/translation"' in place
    assert 'data-translate="/microblog/translate"' in place
    assert 'data-source-language="es"' in place
    assert 'data-dest-language="en"' in place
    assert "javascript:" not in page
    assert "translation" not in as_alice.get("/explore", headers={"Accept-Language": "es"}).text
    assert "translation" in as_alice.get("/explore", headers={"Accept-Language": "ko"}).text


@pytest.mark.row("MT-14.1", "MT-14.2")
@pytest.mark.parametrize("said", [":)", "https://example.org/buenos-dias", "Good morning, who comes to the beach?"])
def test_there_is_no_link_at_what_one_understands_or_nobody_does(as_alice, said):
    as_alice.send("/", post=said)
    assert "post-translation" not in as_alice.get("/explore").text


@pytest.mark.row("MT-14.7")
def test_without_scripts_a_post_is_shown_with_its_translation(as_alice, translator, post_id):
    service = translator(Reverser())
    answer = as_alice.press(f"/post/{post_id}/translation")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/microblog/post/{post_id}/translation")
    page = as_alice.get(answer.headers["Location"]).text
    assert "Buenos días" in page
    assert "?ayalp al a eneiv néiuq¿ ,saíd soneuB" in page
    assert '<div class="translation" lang="en"' in page
    assert page.count(f'id="translation{post_id}"') == 1
    assert len(service.asked) == 1
    # In the list it stands as it was said.
    assert "saíd soneuB" not in as_alice.get("/explore").text


def test_a_translation_is_text_and_never_markup(as_alice, alice, db, translator):
    class Hostile:
        def translate(self, *_arguments):
            return '<script>alert(1)</script><img src="x">'

    translator(Hostile())
    post_id = posts.publish(db, alice.id, "Buenos días a todos", longest=300)
    db.commit()
    as_alice.press(f"/post/{post_id}/translation")
    page = as_alice.get(f"/post/{post_id}/translation").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.row("MT-14.4", "MT-14.5")
@pytest.mark.parametrize(
    ("service", "message"),
    [
        (None, "Error: the translation service is not configured."),
        (Reverser(TranslationFailed("It answered 500.")), "Error: the translation service failed."),
    ],
)
def test_without_scripts_what_went_wrong_is_said_above_the_post(as_alice, translator, post_id, service, message):
    translator(service)
    answer = as_alice.press(f"/post/{post_id}/translation")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/microblog/post/{post_id}")
    assert as_alice.flashes(f"/post/{post_id}") == [message]


def test_looking_at_a_translation_asks_nobody(as_alice, translator, post_id):
    service = translator(Reverser())
    page = as_alice.get(f"/post/{post_id}/translation")
    assert page.status_code == 200
    assert f'formaction="/microblog/post/{post_id}/translation"' in page.text
    assert service.asked == []


def test_a_post_that_is_gone_or_in_no_language_is_not_translated(as_alice, translator, alice, db, post_id):
    service = translator(Reverser())
    assert as_alice.press(f"/post/{post_id + 1}/translation").status_code == 404
    assert as_alice.get(f"/post/{post_id + 1}/translation").status_code == 404
    smile = posts.publish(db, alice.id, ":)", longest=300)
    db.commit()
    assert as_alice.press(f"/post/{smile}/translation").status_code == 303
    assert as_alice.get(f"/post/{smile}/translation").status_code == 200
    assert service.asked == []


# The service the settings name


@pytest.mark.row("MT-14.4", "MT-14.6")
def test_the_settings_choose_the_service(settings):
    assert open_translator(settings) is None
    libre = open_translator(replace(settings, translator="libretranslate", translator_url="http://localhost:5000", threads=8))
    assert (type(libre), libre.url, libre.client.at_once) == (LibreTranslate, "http://localhost:5000", 4)
    microsoft = open_translator(replace(settings, translator="microsoft", translator_key="k", translator_region="r", threads=1))
    assert (type(microsoft), microsoft.region, microsoft.client.at_once) == (Microsoft, "r", 1)
    assert microsoft.url.startswith("https://")
