"""restore: what was backed up is there again, and a database in use is left alone."""

from microblog import backup, demo
from microblog.framework.database import Database


def test_a_town_moves_into_a_new_database(command, environment, new_database, tmp_path):
    old, new = new_database(), new_database(migrated=False)
    database = Database(old, connections=1)
    with database.writing() as db:
        demo.plant(db)
        db.commit()
    database.close()
    path = tmp_path / "town.zip"
    manifest = backup.write(old, path, lambda line: None)
    environment(DATABASE_URL=new)
    done = command("restore", str(path))
    assert (done.status, done.err) == (0, "")
    assert f"{backup.figures(manifest)['posts']} posts" in done.out
    again = command("restore", str(path))
    assert (again.status, "not empty" in again.err) == (1, True)


def test_without_a_file_nothing_happens(command, environment, new_database, tmp_path):
    environment(DATABASE_URL=new_database(migrated=False))
    done = command("restore", str(tmp_path / "nowhere.zip"))
    assert (done.status, "There is no" in done.err) == (1, True)
