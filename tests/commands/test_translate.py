"""translate: every text of the tree goes into the catalogues, none is lost there, and nothing is left lying about."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from microblog import config
from microblog.commands import translate
from microblog.framework.languages import Language, Message

PROGRAM = """
from microblog.framework.languages import Message

_l = str
REQUIRED = Message("This field is required.")
WELCOME = Message("Hi, %(username)s!", username="susan")
POSTS = Message("%(n)d post", "%(n)d posts", 3, n=3)
LAZY = _l("Later")
NOT_OURS = str("Not a text")
"""
TEMPLATE = """
<h1>{{ _('Hello') }}</h1>
{% trans %}
  On two
  lines
{% endtrans %}
{% trans n=count %}{{ n }} follower{% pluralize %}{{ n }} followers{% endtrans %}
"""
TEXTS = {
    "This field is required.",
    "Hi, %(username)s!",
    ("%(n)d post", "%(n)d posts"),
    "Later",
    "Hello",
    "On two lines",
    ("%(n)s follower", "%(n)s followers"),
}


@pytest.fixture(autouse=True)
def tree(tmp_path, monkeypatch, environment) -> Path:
    """A small tree with texts of its own, which the commands take for ours."""
    environment(LANGUAGES="en,es")
    (tmp_path / "microblog" / "locale").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    shutil.copy(config.ROOT / "babel.cfg", tmp_path)
    (tmp_path / "microblog" / "texts.py").write_text(PROGRAM)
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    monkeypatch.setattr(translate, "ROOT", tmp_path)
    monkeypatch.setattr(translate, "LOCALE", tmp_path / "microblog" / "locale")
    monkeypatch.setattr(translate, "TEMPLATE", tmp_path / "microblog" / "locale" / "messages.pot")
    return tmp_path


@pytest.fixture
def locale(tree) -> Path:
    return tree / "microblog" / "locale"


def path(locale: Path, language: str = "es") -> Path:
    return locale / language / "LC_MESSAGES" / "messages.po"


def catalogue(locale: Path, language: str = "es"):
    with path(locale, language).open("rb") as file:
        return read_po(file, locale=language)


def fill_in(locale: Path, *, but: str = "") -> None:
    """Translate every text but one into Spanish: mostly by itself, so that all places are kept."""
    found = catalogue(locale)
    for message in found:
        if message.id and message.id != but:
            message.string = "¡Hola!" if message.id == "Hello" else message.id
    with path(locale).open("wb") as file:
        write_po(file, found)


@pytest.fixture
def spanish(command, locale) -> Path:
    """The tree's catalogues, with a Spanish one that is complete."""
    assert command("translate", "init", "es").status == 0
    fill_in(locale)
    return locale


@pytest.mark.row("MT-13.9", "MT-13.13")
def test_init_makes_a_catalogue_with_every_text_of_the_tree(command, locale):
    done = command("translate", "init", "de")
    assert (done.status, done.out) == (0, "Made microblog/locale/de/LC_MESSAGES/messages.po.\n")
    assert {message.id for message in catalogue(locale, "de") if message.id} == TEXTS


@pytest.mark.row("MT-13.9", "MT-D37")
@pytest.mark.parametrize("words", [("init", "de"), ("update",), ("compile",), ("check",)])
def test_no_template_is_left_behind(command, spanish, words):
    command("translate", *words)
    assert not list(spanish.rglob("*.pot"))


@pytest.mark.row("MT-13.14")
def test_a_language_may_have_a_country(command, locale):
    assert command("translate", "init", "pt-BR").status == 0
    assert path(locale, "pt_BR").exists()


@pytest.mark.row("MT-D37")
@pytest.mark.parametrize("language", ["", "qq", "de; touch x", "../../de", "-x", "english"])
def test_what_is_no_language_is_refused(command, locale, language):
    done = command("translate", "init", "--", language)
    assert done.status == 1
    assert "is no language code" in done.err
    assert list(locale.iterdir()) == []


def test_a_catalogue_that_is_there_is_not_made_anew(command, spanish):
    before = path(spanish).read_text()
    done = command("translate", "init", "es")
    assert (done.status, path(spanish).read_text()) == (1, before)
    assert "is there already" in done.err


@pytest.mark.row("MT-13.10")
def test_update_adds_new_texts_and_keeps_translations(command, spanish, tree):
    (tree / "templates" / "more.html").write_text("{{ _('Good morning') }}")
    done = command("translate", "update")
    assert (done.status, done.out) == (0, "Updated es.\n")
    assert catalogue(spanish).get("Hello").string == "¡Hola!"
    assert catalogue(spanish).get("Good morning").string == ""


def test_update_guesses_nothing_and_drops_what_nobody_says(command, spanish, tree):
    (tree / "templates" / "page.html").write_text("{{ _('Hello!') }}")
    command("translate", "update")
    assert catalogue(spanish).get("Hello!").string == ""
    assert "Hello" not in path(spanish).read_text().replace("Hello!", "")


def test_a_catalogue_that_was_updated_can_still_be_compiled_and_read(command, spanish):
    command("translate", "update")
    assert command("translate", "check").status == 0
    assert command("translate", "compile").status == 0
    assert Language("es", spanish).say("Hello") == "¡Hola!"


def test_check_fails_where_a_catalogue_would_not_be_compiled(command, spanish):
    path(spanish).write_text(path(spanish).read_text().partition("\n\n")[2])
    done = command("translate", "check")
    assert done.status == 1
    assert "es has no header" in done.err


def test_updating_twice_changes_nothing(command, spanish):
    command("translate", "update")
    before = path(spanish).read_text()
    command("translate", "update")
    assert path(spanish).read_text() == before


@pytest.mark.row("MT-13.11")
def test_what_was_compiled_is_what_people_read(command, spanish):
    assert command("translate", "compile").status == 0
    language = Language("es", spanish)
    assert language.say("Hello") == "¡Hola!"
    assert language.say(Message("%(n)d post", "%(n)d posts", 2, n=2)) == "2 posts"


def test_check_is_content_with_complete_catalogues(command, spanish):
    done = command("translate", "check")
    assert (done.status, done.out) == (0, f"{len(TEXTS)} texts, complete in es.\n")


@pytest.mark.row("MT-13.3")
def test_check_names_every_text_that_is_missing(command, spanish, tree):
    (tree / "templates" / "more.html").write_text("{{ _('Good morning') }}")
    done = command("translate", "check")
    assert (done.status, done.out) == (1, "")
    assert "es lacks 'Good morning'" in done.err
    assert "1 problem(s)" in done.err


def test_check_does_not_take_an_empty_translation_for_one(command, locale):
    command("translate", "init", "es")
    fill_in(locale, but="Hello")
    assert command("translate", "check").err.startswith("es lacks 'Hello'\n1 problem(s)")


def test_check_does_not_take_a_guess_for_a_translation(command, spanish):
    guessed = path(spanish).read_text().replace('msgid "Hello"', '#, fuzzy\nmsgid "Hello"')
    path(spanish).write_text(guessed)
    assert "es lacks 'Hello'" in command("translate", "check").err


@pytest.mark.row("MT-13.5")
def test_check_finds_a_place_that_was_lost_in_translation(command, spanish):
    lost = path(spanish).read_text().replace('msgstr "Hi, %(username)s!"', 'msgstr "Hi, %(nombre)s!"')
    path(spanish).write_text(lost)
    done = command("translate", "check")
    assert done.status == 1
    assert "es, 'Hi, %(username)s!'" in done.err


def test_check_fails_where_a_language_of_the_site_has_no_catalogue(command, spanish, environment):
    environment(LANGUAGES="en,es,ko")
    done = command("translate", "check")
    assert done.status == 1
    assert "ko" in done.err


@pytest.mark.row("MT-13.12", "MT-D37")
@pytest.mark.parametrize("words", [("init", "de"), ("update",), ("check",)])
def test_a_step_that_fails_fails_the_command_and_leaves_nothing_behind(command, spanish, tree, words):
    (tree / "babel.cfg").write_text("[nonsense: **.py]\n[python: **.py\n")
    done = command("translate", *words)
    assert done.status == 1
    assert done.err.startswith("pybabel extract failed:\n")
    assert not list(spanish.rglob("*.pot"))


@pytest.mark.row("MT-13.12")
def test_every_verb_explains_itself(command):
    help_text = command("translate", "--help").out
    for sentence in (
        "Translation and localization commands.",
        "Initialize a new language.",
        "Update all languages.",
        "Compile all languages.",
    ):
        assert sentence in help_text


@pytest.mark.row("MT-18.6")
def test_what_is_stale_is_compiled_and_what_is_fresh_is_left(spanish, monkeypatch):
    compiled = path(spanish).with_suffix(".mo")
    translate.compile_stale()
    assert compiled.exists()
    ran = []
    monkeypatch.setattr(
        translate.subprocess, "run", lambda *words, **options: ran.append(words) or subprocess.CompletedProcess(words, 0)
    )
    translate.compile_stale()
    assert ran == []
    later = compiled.stat().st_mtime + 10
    os.utime(path(spanish), (later, later))
    translate.compile_stale()
    assert len(ran) == 1


def test_without_a_catalogue_there_is_nothing_to_compile(tree):
    translate.compile_stale()
    assert list((tree / "microblog" / "locale").iterdir()) == []
