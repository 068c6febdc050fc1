"""Style sheets and modules of a site as one file each, without comments: what a page needs comes in two requests instead of a
dozen, and in half the bytes.

The parts are ordinary files that work by themselves: a sheet of nothing but `@import`, a module that imports others by name. What
is made of them lies beside them in the repository, so that nobody who serves static files has to build anything; commands that
start the site or its tests make it anew where a part has changed, and a test says when that was forgotten.
"""

import re
from pathlib import Path

ENTRIES = {"made/all.css": "css/all.css", "made/site.js": "js/site.js"}  # paths below the folder of static files

SHEET = re.compile(r'^@import "([^"]+)";\n', re.M)
MODULE = re.compile(r'^import (\{[^}]+\}) from "([^"]+)";\n', re.M)
REMARKS = re.compile(r"/\*(?!!).*?\*/", re.S)  # one that begins with /*! tells a licence
REMARK_LINES = re.compile(r"^\s*(?://.*|/\*\*.*\*/)\n", re.M)
BLANK = re.compile(r"\n\s*")


def renew(folder: Path) -> None:
    """Write whichever file is not what its parts make."""
    for name, text in made(folder).items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")


def made(folder: Path) -> dict[str, str]:
    """The text of each file by its name. ValueError says what of a part cannot be put into one."""
    makers = {".css": sheet, ".js": module}
    return {name: makers[Path(entry).suffix](folder / entry) for name, entry in ENTRIES.items()}


def sheet(path: Path) -> str:
    """A style sheet with those it imports in their places. It lies as deep as they do, so that what they name by a relative path
    stays where it is."""
    whole = SHEET.sub(lambda found: (path.parent / found[1]).read_text("utf-8"), path.read_text("utf-8"))
    if "@import" in (bare := REMARKS.sub("", whole)):
        raise ValueError(f"{path.name}: a sheet that is imported imports none itself.")
    return BLANK.sub("\n", bare).strip() + "\n"


def module(path: Path) -> str:
    """A module with those it imports in their places, each with its own names to itself."""
    return _bare(MODULE.sub(lambda found: _enclosed(path.parent / found[2], found[1]), path.read_text("utf-8")), path)


def _enclosed(path: Path, names: str) -> str:
    text = re.sub(r"^export (?=(?:async )?(?:function|const|class) )", "", path.read_text("utf-8"), flags=re.M)
    return f"const {names} = (() => {{\n{_bare(text, path)}return {names};\n}})();\n"


def _bare(text: str, path: Path) -> str:
    if found := re.search(r"^(?:import|export)\b.*", text, re.M):
        raise ValueError(f"{path.name}: only the entry imports, by names, and only declarations are exported, not {found[0]!r}.")
    return re.sub(r"\n{2,}", "\n", REMARK_LINES.sub("\n", text)).lstrip()
