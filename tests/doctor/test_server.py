"""The processes that serve."""

import pytest
from sqlalchemy import text

from microblog.doctor import server

UWSGI = {
    "version": "2.0.31",
    "processes": 2,
    "threads": 4,
    "buffer_size": 65_535,
    "waiting": 0,
    "options": {
        "harakiri": "60",
        "lazy-apps": "true",
        "listen": "1024",
        "master": "true",
        "max-vars": "2048",
        "need-app": "true",
        "post-buffering": "65536",
        "single-interpreter": "true",
    },
}


@pytest.fixture
def in_uwsgi(patient):
    """Has the site be served by a uWSGI that differs from ours: in_uwsgi(threads=9), in_uwsgi("harakiri", harakiri="5")."""

    def change(*missing: str, **values) -> None:
        options = {name: value for name, value in UWSGI["options"].items() if name not in missing}
        options |= {name.replace("_", "-"): values.pop(name) for name in list(values) if name.replace("_", "-") in options}
        patient.probe["process"]["uwsgi"] = UWSGI | values | {"options": options}

    return change


def test_a_site_that_is_not_ready(patient, db):
    assert server.ready(patient).level == "fine"
    db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    db.commit()
    found = server.ready(patient)
    assert (found.level, "db upgrade" in found.mend, "0001" in found.seen) == ("wrong", True, True)


@pytest.mark.parametrize("values", [{"version": "0.0.1"}, {"needs_schema": "0001"}])
def test_a_site_that_still_runs_older_code(patient, told, values):
    assert server.version(patient).level == "fine"
    told(**values)
    found = server.version(patient)
    assert (found.level, "systemctl restart microblog-web" in found.mend) == ("wrong", True)


def test_settings_that_only_one_of_both_has(patient, settled):
    assert server.settings(patient).level == "fine"
    settled(port=9, processes=99, threads=99, log_to_stdout=True)
    assert server.settings(patient).level == "fine", "which each process has for itself"
    settled(post_length=17, mail_password="hidden")
    found = server.settings(patient)
    assert (found.level, "MAIL_PASSWORD, POST_LENGTH." in found.seen) == ("warning", True)
    assert "hidden" not in found.seen + found.mend


def test_settings_of_a_site_that_signs_with_an_older_key(patient, settled):
    settled(secret_keys=("the newest of all keys", *patient.config.secret_keys))
    assert "SECRET_KEYS." in server.settings(patient).seen
    settled(secret_keys=("another",))
    assert "Give both the same SECRET_KEY" in server.settings(patient).mend


@pytest.mark.parametrize(
    ("name", "environment", "limits", "words"),
    [
        ("localhost", "development", False, ""),
        ("x.localhost", "development", True, ""),
        ("example.org", "development", True, "MICROBLOG_ENV=production"),
        ("example.org", "production", True, ""),
        ("example.org", "production", False, "RATE_LIMITS=on"),
    ],
)
def test_a_site_that_others_reach(patient, door, settled, name, environment, limits, words):
    door.name = name
    settled(environment=environment, rate_limits=limits)
    found = server.production(patient)
    assert (found.level, words in found.mend) == ("wrong" if words else "fine", True)


@pytest.mark.parametrize(
    ("missing", "values", "line"),
    [
        ((), {}, ""),
        ((), {"buffer_size": 4_096}, "buffer-size = 65535"),
        (("max-vars",), {}, "max-vars = 2048"),
        (("post-buffering",), {}, "post-buffering = 65536"),
        ((), {"post_buffering": "0"}, "post-buffering = 65536"),
        ((), {"harakiri": "20"}, "harakiri = 60"),
        (("harakiri",), {}, ""),
        (("lazy-apps",), {}, "lazy-apps = true"),
        (("need-app",), {}, "need-app = true"),
        ((), {"single_interpreter": "false"}, "single-interpreter = true"),
        ((), {"master": "1"}, ""),
    ],
)
def test_what_uwsgi_was_started_with(patient, in_uwsgi, missing, values, line):
    in_uwsgi(*missing, **values)
    found = server.uwsgi(patient)
    assert (found.level, found.mend) == (("warning", f"In uwsgi.ini: {line}.") if line else ("fine", ""))


def test_a_site_without_uwsgi(patient):
    assert "deploy/boot.sh" in server.uwsgi(patient).mend
    assert server.pool(patient).level == server.backlog(patient).level == "fine"


@pytest.mark.parametrize(("threads", "level"), [(4, "fine"), (5, "wrong")])
def test_a_connection_for_each_thread(patient, told, in_uwsgi, threads, level):
    told(pool=4)
    in_uwsgi(threads=threads)
    found = server.pool(patient)
    assert (found.level, f"THREADS={threads}" in found.mend) == (level, level == "wrong")


@pytest.mark.parametrize(("waiting", "level"), [(0, "fine"), (None, "fine"), (256, "fine"), (257, "warning")])
def test_who_waits_for_a_worker(patient, in_uwsgi, waiting, level):
    in_uwsgi(waiting=waiting)
    found = server.backlog(patient)
    assert (found.level, "PROCESSES" in found.mend) == (level, level == "warning")


def test_a_site_that_runs_as_root(patient, told):
    told("process", is_root=False)
    assert server.user(patient).level == "fine"
    told("process", is_root=True)
    assert "User=microblog" in server.user(patient).mend


@pytest.mark.parametrize(("most", "level"), [(-1, "fine"), (1_024, "fine"), (1_023, "warning")])
def test_how_many_files_may_be_open(patient, told, most, level):
    told("process", open_files=most)
    found = server.files(patient)
    assert (found.level, "LimitNOFILE" in found.mend) == (level, level == "warning")


@pytest.mark.parametrize(
    ("logs", "level", "words"),
    [
        (None, "fine", ""),
        ({"folder": "/logs", "writable": True, "free": 10**12}, "fine", ""),
        ({"folder": "/logs", "writable": False, "free": 10**12}, "wrong", "chown -R microblog /logs"),
        ({"folder": "/logs", "writable": True, "free": 10**6}, "wrong", "Make room"),
    ],
)
def test_log_files(patient, told, logs, level, words):
    told(logs=logs)
    found = server.logs(patient)
    assert (found.level, words in found.mend) == (level, True)
