"""What miniter remembers is in Postgres: any number of processes know the same, and wait where they cannot all speak at once."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from microblog import config, lodging
from microblog.app import Application

from .conftest import Program

Make = Callable[..., Application]


@pytest.fixture
def new_application(settings) -> Iterator[Make]:
    """Makes an application as a process of its own would have it, with these settings changed."""
    made: list[Application] = []

    def make(database_url: str, **changes: object) -> Application:
        made.append(Application(replace(settings, database_url=database_url, **changes)))
        return made[-1]

    yield make
    for one in made:
        one.database.close()


def createdb() -> str:
    """The path of the program, which comes with every Postgres."""
    return next(str(folder / "createdb") for folder in lodging.candidates() if (folder / "createdb").exists())


def sign_up(app: Application, name: str) -> int:
    sent = {"name": name, "email": f"{name}@example.org", "profile": "", "password": "pw"}
    answer = Program(app).send("/sign-up", **sent)
    assert answer.status_code == 200, answer.text
    return answer.json["id"]


def log_in(app: Application, name: str) -> str:
    return Program(app).send("/login", email=f"{name}@example.org", password="pw").json["access_token"]


@pytest.mark.row("MN-03", "MN-D15", "XC-03")
def test_what_one_process_was_told_another_knows(new_database, new_application):
    url = new_database()
    first, second, third = (new_application(url) for _ in range(3))
    ids = [sign_up(first, "susan"), sign_up(second, "david")]
    program = Program(second)
    program.token = log_in(first, "susan")
    assert program.send("/tweet", tweet="to whom it may concern").status_code == 200
    program = Program(third)
    program.token = log_in(second, "david")
    assert program.send("/follow", follow=ids[0]).status_code == 200
    told = [{"user_id": ids[0], "tweet": "to whom it may concern", "timeline": "to whom it may concern"}]
    for process in (first, second, third, new_application(url)):
        assert Program(process).get(f"/timeline/{ids[1]}").json == {"user_id": ids[1], "timeline": told}


@pytest.mark.row("MN-18", "MN-D15", "MN-D10")
def test_more_at_once_than_there_are_connections_wait_and_none_fails(new_database, new_application):
    app = new_application(new_database(), threads=2)
    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(lambda number: sign_up(app, f"guest{number}"), range(16)))
        read = list(pool.map(lambda number: Program(app).get(f"/timeline/{number}").status_code, ids * 4))
    assert len(set(ids)) == 16
    assert read == [200] * 64
    assert app.database.engine.pool.size() == 2
    assert app.database.engine.pool.overflow() <= 0
    with app.database.reading() as db:
        assert db.scalar(text("SHOW server_encoding")) == "UTF8"


@pytest.mark.row("MN-19")
def test_each_application_has_the_database_that_it_is_given(new_database, new_application):
    one, other = new_application(new_database()), new_application(new_database())
    sign_up(one, "susan")
    members = {"email": "susan@example.org", "password": "pw"}
    assert [Program(app).send("/login", **members).status_code for app in (one, other)] == [200, 401]


@pytest.mark.row("MN-22")
def test_the_documented_commands_make_an_empty_database_and_fill_it(new_database, new_application):
    readme = (config.ROOT / "README.md").read_text("utf-8")
    command = re.search(r"`createuser -P microblog && (createdb .+) microblog`", readme)
    assert command, "README.md says how the database is made"
    assert "`python3 -m microblog db upgrade && " in readme
    server = make_url(new_database(migrated=False))
    name = f"{server.database}_made"
    words = command[1].replace("createdb -O microblog", f"{createdb()} -O {server.username}").split()
    elsewhere = server.set(drivername="postgresql", database="postgres").render_as_string(False)
    subprocess.run([*words, "--maintenance-db", elsewhere, name], check=True)
    url = server.set(drivername="postgresql", database=name).render_as_string(False)
    environment = {"DATABASE_URL": url, "MICROBLOG_NO_VENV": "1", "SECRET_KEY": "a key for tests that nobody has guessed yet"}
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "microblog", "db", "upgrade"], cwd=config.ROOT, env=environment, check=True)
    app = new_application(url)
    assert sign_up(app, "susan") == 1
    with app.database.reading() as db:
        assert db.scalar(text("SHOW server_encoding")) == "UTF8"
