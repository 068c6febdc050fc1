"""Pages from templates: one environment per language, so that a macro needs to know nothing of the request."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from .languages import Language, Languages

NONE: Mapping[str, Any] = MappingProxyType({})
MOST_KEPT = 4_096  # pieces of about 2 KB per language and process


class Templates:
    """The templates of a folder in every language, with globals that hold for the whole application."""

    def __init__(
        self,
        folder: Path,
        languages: Languages,
        *,
        reload: bool = False,
        names: Mapping[str, Any] = NONE,
        filters: Mapping[str, Callable[..., Any]] = NONE,
        kept: Mapping[str, tuple[str, str]] = NONE,
    ) -> None:
        """`names` and `filters` hold on every page; `kept` are macros, as (template, macro) by the name pages call them by, whose
        answers are remembered by their arguments: all they show must be in these."""
        self._environments = {}
        for code, language in languages.known.items():
            environment = Environment(
                loader=FileSystemLoader(folder),
                autoescape=select_autoescape(["html"]),
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=reload,
                extensions=["jinja2.ext.i18n"],
            )
            environment.policies["ext.i18n.trimmed"] = True  # as babel.cfg extracts them
            environment.install_gettext_translations(language.catalogue, newstyle=True)  # type: ignore[attr-defined]
            environment.filters |= dict(filters) | {"date": language.date, "moment": language.moment, "say": language.say}
            environment.globals |= dict(names) | {"language": language}
            environment.globals |= {name: _remembering(environment, *macro) for name, macro in kept.items()}
            self._environments[code] = environment

    def render(self, language: Language, template: str, values: dict[str, Any]) -> str:
        return self._environments[language.code].get_template(template).render(values)


def _remembering(environment: Environment, template: str, macro: str) -> Callable[..., str]:
    """A macro that is rendered once for the same arguments."""

    @lru_cache(maxsize=MOST_KEPT)
    def remembered(*arguments: Any) -> str:
        return getattr(environment.get_template(template).module, macro)(*arguments)

    return remembered
