"""Translations are kept by what was asked for, and forgotten in time."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from microblog.core import translations
from microblog.models import Translation


def test_a_translation_is_found_by_text_and_both_languages(db):
    translations.keep(db, "Hola", "es", "en", "Hello")
    assert translations.kept(db, "Hola", "es", "en") == "Hello"
    for asked in (("hola", "es", "en"), ("Hola", "pt", "en"), ("Hola", "es", "ko"), ("Hola", "en", "es")):
        assert translations.kept(db, *asked) is None


@pytest.mark.parametrize("asked", [("c", "a", "b"), ("bc", "a", ""), ("", "a", "bc"), ("c", "ab", "")])
def test_texts_and_languages_do_not_run_into_each_other(asked):
    others = {("c", "a", "b"), ("bc", "a", ""), ("", "a", "bc"), ("c", "ab", "")} - {asked}
    assert translations.digest(*asked) not in {translations.digest(*other) for other in others}


def test_of_two_that_come_at_once_the_first_stays(db):
    translations.keep(db, "Hola", "es", "en", "Hello")
    translations.keep(db, "Hola", "es", "en", "Hi")
    assert translations.kept(db, "Hola", "es", "en") == "Hello"


def test_a_month_later_they_are_forgotten(db):
    for text in ("old", "young"):
        translations.keep(db, text, "en", "es", text)
    old = update(Translation).where(Translation.digest == translations.digest("old", "en", "es"))
    db.execute(old.values(created_at=func.now() - timedelta(days=31)))
    translations.sweep(db)
    assert db.scalars(select(Translation.body)).all() == ["young"]
