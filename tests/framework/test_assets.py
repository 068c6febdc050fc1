"""Static files: known by name, of known kinds, under an address that changes with them."""

import pytest

from microblog.framework.assets import TYPES, Assets


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "site.css").write_text("body {}")
    (tmp_path / "site.js").write_text("1")
    return tmp_path


def test_files_are_known_by_their_path_below_the_folder(folder):
    assert Assets(folder).files == {"css/site.css": folder / "css" / "site.css", "site.js": folder / "site.js"}


@pytest.mark.parametrize("name", ["notes.md", "site.css~", "site.css.swp", "program", "site.py"])
def test_files_of_unknown_kinds_are_not_there(folder, name):
    (folder / name).write_text("x")
    assert len(Assets(folder).files) == 2


@pytest.mark.parametrize("name", [".hidden.css", ".git/notes.txt", "css/.cache/old.css"])
def test_hidden_files_are_not_there(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x")
    assert len(Assets(folder).files) == 2


def test_a_folder_is_no_file(folder):
    (folder / "fonts.css").mkdir()
    assert "fonts.css" not in Assets(folder).files


def test_the_fingerprint_is_the_same_for_the_same_files(folder):
    assert Assets(folder).fingerprint == Assets(folder).fingerprint
    assert len(Assets(folder).fingerprint) == 10


@pytest.mark.parametrize("change", ["edit", "rename", "add", "remove"])
def test_the_fingerprint_changes_with_the_files(folder, change):
    before = Assets(folder).fingerprint
    if change == "edit":
        (folder / "site.js").write_text("2")
    elif change == "rename":
        (folder / "site.js").rename(folder / "main.js")
    elif change == "add":
        (folder / "more.js").write_text("")
    else:
        (folder / "site.js").unlink()
    assert Assets(folder).fingerprint != before


def test_text_says_its_encoding():
    assert all("charset=utf-8" in kind for kind in TYPES.values() if kind.startswith("text/"))


def test_an_empty_folder_has_a_fingerprint_too(tmp_path):
    assert (Assets(tmp_path).files, len(Assets(tmp_path).fingerprint)) == ({}, 10)
