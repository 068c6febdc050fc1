"""translate: make, update, compile and check the catalogues of the site's languages."""

import argparse
import subprocess
import sys
from pathlib import Path

from ..bootstrap import ROOT
from . import Failure, say, settings

LOCALE = ROOT / "microblog" / "locale"
TEMPLATE = LOCALE / "messages.pot"
KEYWORDS = ("_", "_l", "Message:1", "Message:1,2,3t", "Message:1,2,4t", "gettext", "ngettext:1,2")


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("init", help="Initialize a new language.").add_argument("language", help="its code, such as de or pt-BR")
    verbs.add_parser("update", help="Update all languages.")
    verbs.add_parser("compile", help="Compile all languages.")
    verbs.add_parser("check", help="Fail if a text lacks its translation in any language.")


def execute(options: argparse.Namespace) -> None:
    if options.verb == "init":
        _init(options.language)
    elif options.verb == "update":
        _update()
    elif options.verb == "compile":
        _compile()
    else:
        _check()


def compile_stale() -> None:
    """Compile the catalogues if any is newer than its compiled form."""
    if any(_is_stale(catalogue) for catalogue in _catalogues()):
        _compile()


def _init(language: str) -> None:
    from ..framework.languages import is_language_code

    if not is_language_code(language):
        raise Failure(f"{language!r} is no language code; try one such as de or pt-BR.")
    catalogue = LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    if catalogue.exists():
        raise Failure(f"{catalogue.relative_to(ROOT)} is there already; `translate update` brings it up to date.")
    _extract_and("init", "-d", LOCALE, "-l", language.replace("-", "_"))
    say(f"Made {catalogue.relative_to(ROOT)}.")


def _update() -> None:
    """Merge the texts there are now into every catalogue. Babel would write its own placeholders into the headers, so these stay
    as they are: without one a catalogue counts as fuzzy and is not compiled."""
    headers = {path: path.read_text("utf-8").partition("\n\n")[0] for path in _catalogues()}
    _extract_and("update", "-d", LOCALE, "--no-fuzzy-matching", "--ignore-obsolete", "--omit-header")
    for path, header in headers.items():
        path.write_text(f"{header}\n\n{path.read_text('utf-8').lstrip()}", "utf-8")
    say(f"Updated {', '.join(_language(catalogue) for catalogue in _catalogues())}.")


def _compile() -> None:
    _babel("compile", "-d", LOCALE)


def _check() -> None:
    """Compare every catalogue with the texts there are now."""
    from babel.messages.pofile import read_po

    from ..framework.languages import SOURCE_LANGUAGE

    _extract()
    try:
        with TEMPLATE.open("rb") as file:
            wanted = [message for message in read_po(file) if message.id]
    finally:
        TEMPLATE.unlink(missing_ok=True)
    spoken = {_language(path) for path in _catalogues()} | {SOURCE_LANGUAGE}
    problems = [
        f"{code} has no catalogue; `translate init {code}` makes one" for code in settings.load().languages if code not in spoken
    ]
    for path in _catalogues():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parent.parent.name)
        if catalogue.fuzzy:
            problems.append(f"{_language(path)} has no header or is marked fuzzy as a whole, so it is not compiled")
        for message in wanted:
            found = catalogue.get(message.id, message.context)
            texts = found.string if found and isinstance(found.string, tuple) else (found.string if found else "",)
            if not all(texts) or (found and found.fuzzy):
                problems.append(f"{_language(path)} lacks {message.id!r}")
            elif found:
                problems += [f"{_language(path)}, {message.id!r}: {error}" for error in found.check(catalogue)]
    if problems:
        raise Failure("\n".join([*problems, f"{len(problems)} problem(s). `translate update`, then fill them in."]))
    say(f"{len(wanted)} texts, complete in {', '.join(_language(path) for path in _catalogues())}.")


def _extract_and(*words: str | Path) -> None:
    _extract()
    try:
        _babel(words[0], "-i", TEMPLATE, *words[1:])
    finally:
        TEMPLATE.unlink(missing_ok=True)


def _extract() -> None:
    """Every text of the package and the templates, in a file that is only there for the moment."""
    keywords = [word for keyword in KEYWORDS for word in ("-k", keyword)]
    options = ["--no-location", "--omit-header", "--sort-output", "--no-default-keywords"]
    try:
        _babel("extract", "-F", ROOT / "babel.cfg", *keywords, *options, "-o", TEMPLATE, ROOT / "microblog", ROOT / "templates")
    except Failure:
        TEMPLATE.unlink(missing_ok=True)
        raise


def _babel(*words: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", *map(str, words)], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise Failure(f"pybabel {words[0]} failed:\n{done.stderr.strip()}")


def _catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/messages.po"))


def _language(catalogue: Path) -> str:
    return catalogue.parent.parent.name.replace("_", "-")


def _is_stale(catalogue: Path) -> bool:
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime
