"""Templates: escaped, in the reader's language, strict about names, and drawn once where that is promised."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from jinja2 import TemplateNotFound, UndefinedError

from microblog.framework.languages import Languages, Message
from microblog.framework.templates import Templates

PAGES = {
    "page.html": "{{ name }}, {{ shout(name) }}",
    "say.html": "{{ _('Hello') }} {{ message|say }} {% trans name='<b>' %}Hi {{ name }}{% endtrans %} {{ language.code }}",
    "card.html": "{% macro card(name) %}{{ name|loud }}{% endmacro %}",
    "cards.html": "{{ card(1) }}{{ card(1) }}{{ card(2) }}",
    "lines.html": "{% trans %}\n  On two\n  lines\n{% endtrans %}",
    "block.html": "{% if true %}\n  x\n{% endif %}\n",
    "settled.html": "{{ link('a<', to='b') }} {{ _('Hello') }} {{ _('100%% of <b>') }}",
    "unsettled.html": "{{ link(name) }}",
    "number.html": "{{ ngettext('%(num)d post', '%(num)d posts', 1) }}, {{ ngettext('%(num)d post', '%(num)d posts', 2) }}",
}


@pytest.fixture(scope="module")
def languages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locale")
    path = folder / "es" / "LC_MESSAGES"
    path.mkdir(parents=True)
    catalogue = Catalog(locale="es")
    for text, translation in {
        "Hello": "Hola",
        "Bye": "Adiós",
        "Hi %(name)s": "Buenas %(name)s",
        "On two lines": "En dos",
    }.items():
        catalogue.add(text, translation)
    with (path / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return Languages(["en", "es"], folder)


@pytest.fixture
def drawn() -> list:
    """What the filter `loud` has been asked to draw."""
    return []


@pytest.fixture
def templates(tmp_path, languages, drawn):
    for name, content in PAGES.items():
        (tmp_path / name).write_text(content)
    return Templates(
        tmp_path,
        languages,
        reload=True,
        names={"shout": str.upper, "link": lambda name, to="": drawn.append(name) or f"/{name}{to}"},
        filters={"loud": lambda value: drawn.append(value) or f"{value}!"},
        kept={"card": ("card.html", "card")},
        settled=("link",),
    )


def test_what_is_put_in_is_escaped(templates, languages):
    assert templates.render(languages.default, "page.html", {"name": "<b>"}) == "&lt;b&gt;, &lt;B&gt;"


def test_a_name_that_nobody_gave_is_an_error_of_ours(templates, languages):
    with pytest.raises(UndefinedError):
        templates.render(languages.default, "page.html", {})


def test_a_template_that_is_not_there_is_an_error_of_ours(templates, languages):
    with pytest.raises(TemplateNotFound):
        templates.render(languages.default, "nowhere.html", {})


@pytest.mark.row("MT-13.3", "MT-13.4", "MT-13.5")
def test_a_page_is_drawn_in_the_language_of_its_reader(templates, languages):
    values = {"message": Message("Bye")}
    said = [templates.render(languages.get(code), "say.html", values) for code in ("en", "es", "en")]
    assert said == ["Hello Bye Hi &lt;b&gt; en", "Hola Adiós Buenas &lt;b&gt; es", "Hello Bye Hi &lt;b&gt; en"]


def test_a_kept_macro_is_drawn_once_for_the_same_values(templates, languages, drawn):
    assert templates.render(languages.default, "cards.html", {}) == "1!1!2!"
    assert templates.render(languages.default, "cards.html", {}) == "1!1!2!"
    assert drawn == [1, 2]


def test_a_kept_macro_is_kept_for_each_language_apart(templates, languages, drawn):
    for code in ("en", "es"):
        templates.render(languages.get(code), "cards.html", {})
    assert drawn == [1, 2, 1, 2]


def test_lines_of_logic_leave_no_blank_lines(templates, languages):
    assert templates.render(languages.default, "block.html", {}) == "  x\n"


def test_while_developing_a_changed_template_is_seen_at_once(templates, languages, tmp_path):
    templates.render(languages.default, "page.html", {"name": "a"})
    (tmp_path / "page.html").write_text("changed!")
    assert templates.render(languages.default, "page.html", {"name": "a"}) == "changed!"


@pytest.mark.row("MT-13.3")
def test_a_text_on_two_lines_is_the_text_that_was_extracted_from_them(templates, languages):
    said = [templates.render(languages.get(code), "lines.html", {}) for code in ("en", "es")]
    assert said == ["On two lines", "En dos"]


def test_a_settled_call_with_constants_is_made_once_for_all_pages_and_escaped(templates, languages, drawn):
    for _ in range(2):
        page = templates.render(languages.default, "settled.html", {})
        assert page == "/a&lt;b Hello 100% of <b>"
    assert templates.render(languages.get("es"), "settled.html", {}) == "/a&lt;b Hola 100% of <b>"
    assert drawn == ["a<", "a<"]  # once for each language


def test_a_settled_call_with_what_a_page_brings_is_made_on_the_page(templates, languages, drawn):
    for name in ("x", "y"):
        assert templates.render(languages.default, "unsettled.html", {"name": name}) == f"/{name}"
    assert drawn == ["x", "y"]


def test_settled_numbers_take_the_form_of_their_language(templates, languages):
    assert templates.render(languages.default, "number.html", {}) == "1 post, 2 posts"
