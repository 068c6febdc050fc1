"""Languages: the reader's is chosen whatever the header says, and a text waits in English until it is read."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.dates import format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import example, given
from hypothesis import strategies as st

from microblog.framework.languages import Language, Languages, Message, is_language_code

SPANISH = {
    "Hello": "Hola",
    "User %(username)s not found.": "El usuario %(username)s no existe.",
    ("%(n)d post", "%(n)d posts"): ("%(n)d mensaje", "%(n)d mensajes"),
    "Half done": "",
}
MANY = Languages(["en", "es", "ko", "zh-Hant", "ar", "he", "de", "bg", "fa", "th"], Path("nowhere"))
ANY = Languages(["en", "es"], Path("nowhere"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of catalogues with one, Spanish, in it."""
    path = tmp_path_factory.mktemp("locale") / "es" / "LC_MESSAGES"
    path.mkdir(parents=True)
    catalogue = Catalog(locale="es")
    for text, translation in SPANISH.items():
        catalogue.add(text, translation)
    with (path / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return path.parent.parent


@pytest.fixture(scope="module")
def languages(folder):
    return Languages(["en", "es", "ko", "pt-BR"], folder)


# Which one


@pytest.mark.row("MT-13.2", "MT-13.14")
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("es", "es"),
        ("ES", "es"),
        ("es-MX", "es"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("da, en-gb;q=0.8, en;q=0.7", "en"),
        ("en;q=0.1, ko;q=0.9", "ko"),
        ("ko;q=0.5, es;q=0.5", "ko"),
        ("fr, de", "en"),
        ("fr, *", "en"),
        ("*", "en"),
        ("es;q=0, ko;q=0.1", "ko"),
        ("es;q=0", "en"),
        ("pt-br", "pt-BR"),
        ("pt_BR, ko", "ko"),
        (" es ; q=0.3 , ko ; q=0.4", "ko"),
        ("es;q=nan, ko;q=0.1", "ko"),
        ("es;q=inf, ko;q=0.1", "ko"),
        ("es;q=, ko;q=0.1", "ko"),
        ("es;level=1;q=0.2, ko;q=0.3", "ko"),
        (";;,,;q=1,=,", "en"),
    ],
)
def test_the_most_wanted_language_that_we_speak_is_chosen(languages, header, code):
    assert languages.choose(header).code == code


@given(st.text(max_size=200) | st.text("aeskonpt-;,=q01.*_ ", max_size=60))
@example("q=" * 100)
@example("es;q=1e999999999")
@example("es;q=" + "9" * 5_000)
@example("*" + ",*" * 1_000)
def test_no_header_is_an_error(header):
    assert ANY.choose(header).code in ("en", "es")


def test_the_first_language_is_the_default(folder):
    assert Languages(["ko", "en"], folder).choose("fr").code == "ko"


def test_a_language_is_found_by_its_code_and_no_other_is(languages):
    assert languages.get("es").code == "es"
    assert [languages.get(code) for code in (None, "", "fr", "ES")] == [None] * 4


def test_what_is_remembered_of_headers_is_bounded(languages):
    for number in range(1_000):
        languages.choose(f"x-{number}")
    assert languages.choose.cache_info().currsize <= 256


# What they say


@pytest.mark.row("MT-13.4")
def test_a_message_is_translated_when_it_is_read(languages):
    message = Message("Hello")
    assert [languages.get(code).say(message) for code in ("en", "es", "en")] == ["Hello", "Hola", "Hello"]


@pytest.mark.row("MT-13.5")
def test_values_fill_the_places_of_every_language(languages):
    message = Message("User %(username)s not found.", username="susan")
    assert languages.get("es").say(message) == "El usuario susan no existe."
    assert str(message) == "User susan not found."


def test_a_number_chooses_the_form(languages):
    one, many = (Message("%(n)d post", "%(n)d posts", n, n=n) for n in (1, 2))
    assert [languages.get("es").say(message) for message in (one, many)] == ["1 mensaje", "2 mensajes"]
    assert [str(message) for message in (one, many)] == ["1 post", "2 posts"]


@pytest.mark.row("MT-13.7")
@pytest.mark.parametrize("text", ["Nobody translated this", "Half done"])
def test_what_is_not_translated_is_said_in_english(languages, text):
    assert languages.get("es").say(Message(text)) == languages.get("es").say(text) == text


def test_a_language_without_a_catalogue_speaks_english(languages):
    assert languages.get("ko").say("Hello") == "Hello"


def test_a_percent_sign_in_a_text_without_values_stays():
    assert str(Message("100 % sure")) == "100 % sure"


def test_a_percent_sign_in_a_value_stays():
    assert str(Message("User %(username)s not found.", username="%(x)s%d")) == "User %(x)s%d not found."


def test_messages_are_equal_when_they_say_the_same():
    assert Message("a", b=1) == Message("a", b=1) != Message("a", b=2)
    assert len({Message("a", b=1), Message("a", b=1), Message("c", b=[])}) == 2


# Names and dates


@pytest.mark.parametrize(("code", "name"), [("en", "English"), ("es", "Español"), ("ko", "한국어"), ("pt-BR", "Português")])
def test_a_language_has_the_name_its_speakers_give_it(folder, code, name):
    assert Language(code, folder).own_name == name


INSTANT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.mark.row("MT-13.8")
@pytest.mark.parametrize(
    ("code", "date"), [("en", "November 20, 2026"), ("es", "20 de noviembre de 2026"), ("ko", "2026년 11월 20일")]
)
def test_a_day_is_written_as_the_language_writes_it(folder, code, date):
    assert Language(code, folder).date(INSTANT) == date


@pytest.mark.row("MT-12.1")
def test_a_moment_is_said_in_utc_wherever_it_was_noted(folder):
    seoul = INSTANT.astimezone(timezone(timedelta(hours=9)))
    english = Language("en", folder)
    assert english.moment(seoul) == english.moment(INSTANT)
    assert english.moment(seoul).startswith("Nov 20, 2026, 11:30:00")
    assert english.moment(seoul).endswith(" UTC")


@pytest.mark.row("MT-13.14")
@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("en", True),
        ("pt-BR", True),
        ("zh-Hant", True),
        ("qq", False),
        ("", False),
        ("../x", False),
        ("en_US", False),
        ("-", False),
    ],
)
def test_a_language_code_names_a_language_there_is_data_for(code, known):
    assert is_language_code(code) is known


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(sorted(MANY.known)))
@example(datetime(2026, 11, 3, 12, 0, 0, tzinfo=UTC), "zh-Hant")
@example(datetime(2026, 11, 3, 0, 0, 0, tzinfo=UTC), "zh-Hant")
@example(datetime(2026, 1, 1, 10, 59, 59, tzinfo=UTC), "en")
@example(datetime(2026, 1, 1, 10, 59, 0, tzinfo=UTC), "en")
def test_a_moment_is_written_as_unicode_has_it_for_the_language(instant, code):
    language = MANY.known[code]
    assert language.moment(instant) == format_datetime(instant, "medium", locale=language.locale) + " UTC"
