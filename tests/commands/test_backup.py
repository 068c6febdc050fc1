"""backup: the words of the command line, and what it says."""

import pytest

from microblog import demo
from microblog.framework.database import Database


@pytest.fixture(scope="module")
def town(new_database) -> str:
    url = new_database()
    database = Database(url, connections=1)
    with database.writing() as db:
        demo.plant(db)
        db.commit()
    database.close()
    return url


def test_a_backup_is_written_and_looked_at(command, environment, town, tmp_path):
    environment(DATABASE_URL=town)
    path = tmp_path / "town.zip"
    written = command("backup", str(path))
    assert (written.status, "has everything" in written.out) == (0, True)
    assert "posts" in written.out
    looked_at = command("backup", "verify", str(path))
    assert (looked_at.status, "is whole" in looked_at.out) == (0, True)
    again = command("backup", str(path))
    assert (again.status, "is there already" in again.err) == (1, True)


@pytest.mark.parametrize("words", [["a", "b"], ["verify", "a", "b"], ["verify"]])
def test_words_that_cannot_be_meant_are_refused(command, environment, town, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    environment(DATABASE_URL=town)
    if words == ["verify"]:  # a file of that name
        assert command("backup", *words).status == 0
        assert (tmp_path / "verify").exists()
    else:
        done = command("backup", *words)
        assert (done.status, "backup verify FILE" in done.err) == (1, True)


def test_a_file_that_is_no_backup_is_said_to_be_none(command, tmp_path):
    (tmp_path / "text").write_text("no zip")
    done = command("backup", "verify", str(tmp_path / "text"))
    assert (done.status, "no backup" in done.err) == (1, True)


def test_a_folder_that_is_not_there_is_said_to_be_missing(command, environment, town, tmp_path):
    environment(DATABASE_URL=town)
    done = command("backup", str(tmp_path / "nowhere" / "town.zip"))
    assert (done.status, "No such file" in done.err) == (1, True)
