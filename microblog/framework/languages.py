"""Languages: messages that wait for their reader, catalogues, and dates as each language writes them."""

import datetime as dates
import gettext
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache, partial
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format

from .filters import in_utc

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Message:
    """A sentence in the source language with its values apart, translated only when somebody reads it.

    `plural` and `count` choose the form where a number decides; the values fill `%(name)s` placeholders.
    """

    text: str
    plural: str | None = None
    count: int = 1
    values: dict[str, object] = field(default_factory=dict, hash=False)

    def __init__(self, text: str, plural: str | None = None, count: int = 1, **values: object) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "plural", plural)
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return self.translate(gettext.NullTranslations())

    def translate(self, catalogue: gettext.NullTranslations) -> str:
        template = catalogue.gettext(self.text) if self.plural is None else catalogue.ngettext(self.text, self.plural, self.count)
        return template % self.values if self.values else template


class Language:
    """One language people can read the site in: its catalogue and its way with dates."""

    def __init__(self, code: str, folder: Path) -> None:
        self.code = code
        self.locale = Locale.parse(code, sep="-")
        self.catalogue = _catalogue(code, folder)
        together = str(get_datetime_format("medium", locale=self.locale)).replace("'", "").replace("%", "%%")
        self._together = together.replace("{1}", "%(day)s").replace("{0}", "%(before)s%(second)02d%(after)s") + " UTC"
        # Babel takes 50 µs for a moment, and a page has dozens; days and minutes come again.
        self._day = lru_cache(maxsize=1_024)(self._write_day)
        self._long_day = lru_cache(maxsize=1_024)(partial(format_date, format="long", locale=self.locale))
        self._minute = lru_cache(maxsize=2 * 24 * 60)(self._write_minute)

    @property
    def own_name(self) -> str:
        """What its speakers call it: English, español, 한국어."""
        name = self.locale.get_language_name(self.locale) or self.code
        return name[0].upper() + name[1:]

    def say(self, message: Message | str) -> str:
        """A message in this language; a plain string is looked up like a message without values."""
        if isinstance(message, Message):
            return message.translate(self.catalogue)
        return self.catalogue.gettext(message)

    def date(self, instant: datetime) -> str:
        """The day alone, for example 20 November 2026."""
        return self._long_day(in_utc(instant).date())

    def moment(self, instant: datetime) -> str:
        """Day and time in UTC, for readers whose browser does not bring it into their own zone."""
        at = in_utc(instant)
        before, after = self._minute(at.hour, at.minute, at.second == 0)
        return self._together % {"day": self._day(at.date()), "before": before, "second": at.second, "after": after}

    def _write_day(self, day: dates.date) -> str:
        return format_date(day, format="medium", locale=self.locale)

    def _write_minute(self, hour: int, minute: int, begins: bool) -> tuple[str, str]:
        """What stands before and after the seconds. Some languages have a word for the very beginning of some hours."""
        second = 0 if begins else 59
        before, _, after = format_time(time(hour, minute, second), format="medium", locale=self.locale).rpartition(f"{second:02}")
        return before, after


def _catalogue(code: str, folder: Path) -> gettext.NullTranslations:
    """The compiled catalogue, or one that leaves every text in the source language."""
    path = folder / code.replace("-", "_") / "LC_MESSAGES" / "messages.mo"
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


class Languages:
    """The languages an instance speaks, the first of them its default."""

    def __init__(self, codes: Iterable[str], folder: Path) -> None:
        self.known = {code: Language(code, folder) for code in codes}
        self.default = next(iter(self.known.values()))
        # A header is arbitrary text from outside, so what is remembered of it is bounded.
        self.choose = lru_cache(maxsize=256)(self._choose)

    def get(self, code: str | None) -> Language | None:
        return self.known.get(code or "")

    def _choose(self, accept_language: str) -> Language:
        """The best of our languages for an Accept-Language header; the default where none fits."""
        for wanted in _by_preference(accept_language):
            for code in (wanted, wanted.partition("-")[0]):
                for known, language in self.known.items():
                    if known.lower() == code:
                        return language
            if wanted == "*":
                return self.default
        return self.default


def _by_preference(header: str) -> list[str]:
    """The language ranges of an Accept-Language header in lower case, the most wanted first, refused ones left out."""
    ranges = []
    for position, item in enumerate(header.split(",")[:32]):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if name and 0 < quality <= 1:
            ranges.append((-quality, position, name))
    return [name for _, _, name in sorted(ranges)]


def is_language_code(code: str) -> bool:
    """Whether a code such as `en` or `pt-BR` names a language there is data for."""
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True
