"""What the tests of migrations stand on: a history of their own to write into."""

import shutil

import pytest

from microblog import migrations


@pytest.fixture
def migrations_copy(tmp_path, monkeypatch):
    """A copy of the history that the program takes for its own."""
    folder = shutil.copytree(migrations.FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "FOLDER", folder)
    return folder
