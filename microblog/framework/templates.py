"""Pages from templates: one environment per language, so that a macro needs to know nothing of the request, and what is the same
on every page of a language is worked out once, when a template is compiled."""

from collections.abc import Callable, Collection, Mapping, MutableMapping
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes, pass_eval_context, select_autoescape
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from .languages import Language, Languages

NONE: Mapping[str, Any] = MappingProxyType({})
MOST_KEPT = 512  # answers of a macro, in each language and process

Macros = Callable[[str, str], Callable[..., Markup]]  # a macro by the name of its template and its own


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
        settled: Collection[str] = (),
        in_language: Callable[[Language, Macros], Mapping[str, Any]] = lambda language, macros: NONE,
    ) -> None:
        """`names` and `filters` hold on every page; `kept` are macros, as (template, macro) by the name pages call them by, whose
        answers are remembered by their arguments: all they show must be in these. What is `settled` answers the same arguments
        in the same way for as long as the process lives: calls of it with nothing but constants are made once. `in_language`
        gives further names, which differ between languages."""
        self._environments = {}
        for code, language in languages.known.items():
            environment = SettledEnvironment(
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
            texts = _texts(language)
            environment.filters |= dict(filters) | {"date": language.date, "moment": language.moment, "say": language.say}
            environment.globals |= dict(names) | texts | {"language": language}
            macros = partial(_macro, environment)
            environment.globals |= {name: _remembering(macros, *macro) for name, macro in kept.items()}
            environment.globals |= in_language(language, macros)
            place = nodes.EvalContext(environment)
            environment.settled = {name: partial(text, place) for name, text in texts.items()}
            environment.settled |= {name: environment.globals[name] for name in settled}  # type: ignore[misc]
            self._environments[code] = environment

    def name(self, language: Language, name: str) -> Any:
        """What templates of a language know by a name."""
        return self._environments[language.code].globals[name]

    def render(self, language: Language, template: str, values: dict[str, Any]) -> str:
        return self._environments[language.code].get_template(template).render(values)


def _texts(language: Language) -> dict[str, Callable[..., Any]]:
    """The texts of a language as templates ask for them; as everywhere in them, %% is written for a percent sign. Jinja's own
    functions for this fill a Markup, which escapes in a roundabout way."""
    catalogue = language.catalogue

    @pass_eval_context
    def one(place: nodes.EvalContext, text: str, **values: Any) -> str:
        return _filled(place, catalogue.gettext(text), values)

    @pass_eval_context
    def by_number(place: nodes.EvalContext, text: str, plural: str, num: int, **values: Any) -> str:
        return _filled(place, catalogue.ngettext(text, plural, num), {"num": num} | values)

    return {"_": one, "gettext": one, "ngettext": by_number}


def _filled(place: nodes.EvalContext, text: str, values: Mapping[str, Any]) -> str:
    """A text of ours, which is safe, with values that are escaped where that is done; numbers stay what they are."""
    if not place.autoescape:
        return text % values
    safe = {name: value if type(value) is int else escape(value) for name, value in values.items()}
    return Markup(text % safe)  # noqa: S704


class SettledEnvironment(Environment):
    """An environment that puts the answers of settled calls into the templates it compiles."""

    settled: dict[str, Callable[..., Any]] = {}  # noqa: RUF012  each has its own

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names of a template, in one dictionary: Jinja's chain of two is walked name by name for each page."""
        return {**self.globals, **(d or {})}

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:
        """The hook that Jinja offers between reading a template and compiling it."""
        return super()._generate(_Settling(self).visit(source), *arguments, **options)


class _Settling(NodeTransformer):
    """Replaces each settled call whose arguments are constants by its answer."""

    def __init__(self, environment: SettledEnvironment) -> None:
        self.environment = environment

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802
        self.generic_visit(call)
        function = self.environment.settled.get(call.node.name) if isinstance(call.node, nodes.Name) else None
        if function is None or call.dyn_args or call.dyn_kwargs:
            return call
        try:
            arguments = [each.as_const() for each in call.args]
            named = {each.key: each.value.as_const() for each in call.kwargs}
        except nodes.Impossible:
            return call
        return nodes.Const(function(*arguments, **named), lineno=call.lineno, environment=self.environment)


def _macro(environment: Environment, template: str, macro: str) -> Callable[..., Markup]:
    return getattr(environment.get_template(template).module, macro)


def _remembering(macros: Macros, template: str, macro: str) -> Callable[..., Markup]:
    """A macro that is rendered once for the same arguments."""

    @lru_cache(maxsize=MOST_KEPT)
    def remembered(*arguments: Any) -> Markup:
        return macros(template, macro)(*arguments)

    return remembered
