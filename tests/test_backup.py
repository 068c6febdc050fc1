"""A backup has everything at one moment and comes back whole; what is damaged or does not fit is refused and changes nothing."""

import os
import shutil
import stat
import zipfile

import pytest
from sqlalchemy import text

from microblog import backup, demo, migrations
from microblog.backup import BackupError
from microblog.core import ballots, follows, posts, users
from microblog.framework.database import Database
from microblog.models import metadata


def ignore(line: str) -> None:
    pass


def contents(url: str) -> dict[str, list]:
    """Every row of every table that a backup has, in an order that means nothing."""
    database = Database(url, connections=1)
    with database.reading() as db:
        found = {
            table.name: sorted(str(tuple(row)) for row in db.execute(table.select()))
            for table in metadata.sorted_tables
            if table.name not in backup.LEFT_OUT
        }
    database.close()
    return found


@pytest.fixture(scope="module")
def town(new_database) -> str:
    """A database with the demo town and a few odd things in it."""
    url = new_database()
    database = Database(url, connections=1)
    with database.writing() as db:
        demo.plant(db)
        odd = users.register(db, username="odd", email="odd@example.org", password="correct horse", display_name="\\N \t\\.")
        posts.publish(db, odd, "tab\there, back\\slash, \\N, \\. and\na second line 한글😀", longest=300)
        poll_id = ballots.create(db, "Which?", ["\\N", "\t|\\"])
        ballots.set_standing(db, poll_id)
        db.commit()
    database.close()
    return url


@pytest.fixture(scope="module")
def file(town, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "town.zip"
    backup.write(town, path, ignore)
    return path


def test_what_comes_back_is_what_was_there_to_the_last_row(town, file, new_database):
    empty = new_database(migrated=False)
    manifest = backup.restore(empty, file, ignore)
    assert contents(empty) == contents(town)
    assert backup.figures(manifest)["posts"] == len(contents(town)["posts"])
    database = Database(empty, connections=1)
    assert migrations.current(database) == migrations.head()
    with database.writing() as db:  # life goes on: new ids do not collide with old ones
        susan = users.register(db, username="newcomer", email="n@example.org", password="correct horse")
        assert susan > max(int(row[1:].split(",")[0]) for row in contents(town)["users"])
        posts.publish(db, susan, "back again", longest=300)
        follows.follow(db, susan, "odd")
        db.commit()
    database.close()


def test_a_backup_is_one_moment_whatever_is_written_meanwhile(town, tmp_path):
    database = Database(town, connections=1)
    written: list[str] = []

    def write_more(line: str) -> None:
        """Between two tables of the backup somebody publishes."""
        written.append(line)
        with database.writing() as db:
            author = db.scalar(text("SELECT id FROM users WHERE username = 'odd'"))
            posts.publish(db, author, f"meanwhile {len(written)}", longest=300)
            db.commit()

    before = contents(town)
    manifest = backup.write(town, tmp_path / "now.zip", write_more)
    database.close()
    assert len(written) == len(manifest.tables) > 10
    assert {table.name: table.rows for table in manifest.tables} == {name: len(rows) for name, rows in before.items()}


def test_only_its_owner_may_read_it_and_it_stands_only_when_it_is_whole(file, town, tmp_path, monkeypatch):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def full(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_write_table", full)
    with pytest.raises(OSError, match="No space"):
        backup.write(town, tmp_path / "never.zip", ignore)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(file, town):
    size = file.stat().st_size
    with pytest.raises(BackupError, match="is there already"):
        backup.write(town, file, ignore)
    assert file.stat().st_size == size


def test_a_whole_file_is_found_whole(file):
    assert [table.name for table in backup.verify(file).tables if table.rows][:1] != []


def damaged(file, tmp_path, change):
    """A copy of the backup with one member changed."""
    copy = tmp_path / "damaged.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return copy


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda name, raw: raw.replace(b"storm", b"calm!") + b"" if name == "tables/posts.copy" else raw, "damaged"),
        (lambda name, raw: raw.partition(b"\n")[2] if name == "tables/followers.copy" else raw, "followers"),
        (lambda name, raw: b"{}" if name == "manifest.json" else raw, "no manifest"),
        (lambda name, raw: raw.replace(b'"format": 1', b'"format": 9') if name == "manifest.json" else raw, "newer"),
        (lambda name, raw: raw.replace(b'"revision": "0', b'"revision": "9') if name == "manifest.json" else raw, "newer code"),
    ],
    ids=["other words", "a lost row", "no manifest", "another format", "a newer schema"],
)
def test_a_damaged_or_foreign_file_is_refused_and_nothing_is_restored(file, tmp_path, new_database, change, reason):
    copy = damaged(file, tmp_path, change)
    empty = new_database(migrated=False)
    with pytest.raises(BackupError, match=reason):
        backup.verify(copy)
    with pytest.raises(BackupError, match=reason):
        backup.restore(empty, copy, ignore)
    database = Database(empty, connections=1)
    assert migrations.current(database) is None
    database.close()


def test_a_file_cut_short_is_refused(file, tmp_path):
    short = tmp_path / "short.zip"
    shutil.copy(file, short)
    os.truncate(short, file.stat().st_size // 2)
    with pytest.raises(BackupError, match="no backup, or damaged"):
        backup.verify(short)
    with pytest.raises(BackupError, match="There is no"):
        backup.verify(tmp_path / "nowhere.zip")


def test_a_database_that_is_not_empty_is_left_alone(file, town):
    before = contents(town)
    with pytest.raises(BackupError, match="not empty"):
        backup.restore(town, file, ignore)
    assert contents(town) == before


def test_a_restore_that_fails_half_way_leaves_an_empty_database(file, new_database, monkeypatch):
    empty = new_database(migrated=False)
    monkeypatch.setattr(backup, "_compare", lambda *_words: (_ for _ in ()).throw(BackupError("figures differ")))
    with pytest.raises(BackupError, match="figures differ"):
        backup.restore(empty, file, ignore)
    monkeypatch.undo()
    backup.restore(empty, file, ignore)
