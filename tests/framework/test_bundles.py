"""Bundles: what is made of style sheets and modules is them, without their comments."""

from pathlib import Path

import pytest

from microblog.config import ROOT
from microblog.framework import bundles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Static files with two sheets and two modules."""
    for name, text in {
        "css/all.css": '/* The order. */\n@import "look.css";\n@import "place.css";\n',
        "css/look.css": '/*! MIT License */\n/* Colours,\n   day and night. */\na {\n  color: red; /* warm */\n  src: url("../a.svg");\n}\n',
        "css/place.css": "b { margin: 0; }\n",
        "js/site.js": '// All.\n\nimport { keep } from "./keep.js";\nimport { say } from "./say.js";\n\nkeep();\nsay();\n',
        "js/keep.js": "// Keeps.\nconst most = 1; // a bound\n\n/** Keeps it. */\nexport function keep() {\n  // now\n  kept = most;\n}\n",
        "js/say.js": 'const most = 2;\nexport const say = () => "https://example.org//" + most;\n',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_files_in_the_repository_are_what_their_parts_make():
    for name, text in bundles.made(ROOT / "static").items():
        assert (ROOT / "static" / name).read_text("utf-8") == text, (
            f"{name} is older than a part of it: python3 -m microblog test"
        )


def test_sheets_follow_each_other_without_comments_but_with_licences(folder: Path):
    assert bundles.made(folder)["made/all.css"] == (
        '/*! MIT License */\na {\ncolor: red; \nsrc: url("../a.svg");\n}\nb { margin: 0; }\n'
    )


def test_each_module_has_its_names_to_itself(folder: Path):
    assert bundles.made(folder)["made/site.js"] == (
        "const { keep } = (() => {\n"
        "const most = 1; // a bound\n"
        "function keep() {\n"
        "  kept = most;\n"
        "}\n"
        "return { keep };\n"
        "})();\n"
        "const { say } = (() => {\n"
        "const most = 2;\n"
        'const say = () => "https://example.org//" + most;\n'
        "return { say };\n"
        "})();\n"
        "keep();\n"
        "say();\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("js/keep.js", 'import { say } from "./say.js";\nexport function keep() {}\n', "keep.js"),
        ("js/keep.js", "export default function keep() {}\n", "keep.js"),
        ("js/site.js", 'import "./keep.js";\n', "site.js"),
        ("css/look.css", '@import "place.css";\n', "all.css"),
    ],
)
def test_what_cannot_be_put_into_one_file_is_refused(folder: Path, name: str, text: str, named: str):
    (folder / name).write_text(text)
    with pytest.raises(ValueError, match=named):
        bundles.made(folder)


def test_only_what_has_changed_is_written_anew(folder: Path):
    bundles.renew(folder)
    made = folder / "made" / "all.css"
    before = made.stat().st_mtime_ns
    script = (folder / "made" / "site.js").read_text()
    (folder / "js" / "say.js").write_text("export const say = () => 3;\n")
    bundles.renew(folder)
    assert made.stat().st_mtime_ns == before
    assert (folder / "made" / "site.js").read_text() != script
