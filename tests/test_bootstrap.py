"""The way into the virtualenv: made once, trusted by its note, mended when half-made, left out where it is not wanted."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from microblog import bootstrap

LOCK = "# how this was made\nalembic==1.0 \\\n    --hash=sha256:aa\npixeltable-pgserver==0.6 \\\n    --hash=sha256:bb\n"


class Entered(Exception):
    """Stands for the exec that would have begun the program again inside the virtualenv."""


class Machine:
    """Stands for the world outside: it keeps the commands it was given, and makes what they would have made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commands: list[list[str]] = []
        self.pip_fails = False

    def run(self, command, **options) -> subprocess.CompletedProcess:
        words = [str(word) for word in command]
        self.commands.append(words)
        if "venv" in words:
            python = self.folder / "bin" / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.unlink(missing_ok=True)
            python.symlink_to(sys.executable)
        if "pip" in words and self.pip_fails:
            options["stdout"].write("ERROR: no network today\n")
            options["stdout"].flush()
        return subprocess.CompletedProcess(words, int("pip" in words and self.pip_fails))

    def count(self, word: str) -> int:
        return sum(word in words for words in self.commands)

    @property
    def installed(self) -> str:
        """What pip was given to install, the last time."""
        return (self.folder / "requirements.txt").read_text()


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A fresh checkout with lock files, seen by a Python outside of any virtualenv."""
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "requirements-test.lock").write_text(LOCK + "pytest==9.0 \\\n    --hash=sha256:cc\n")
    (tmp_path / "setup.cfg").write_text(
        "[options]\ninstall_requires =\n    pytest>=1\n[options.extras_require]\ntest =\n    no-such-thing>=1,<2\n"
    )
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    for name in ("DATABASE_URL", "MICROBLOG_NO_VENV", bootstrap.ON_THE_WAY):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def machine(checkout, monkeypatch) -> Machine:
    machine = Machine(checkout / ".venv")

    def execv(path, words):
        machine.entered = [str(path), *words]
        raise Entered

    monkeypatch.setattr(bootstrap.subprocess, "run", machine.run)
    monkeypatch.setattr(os, "execv", execv)
    return machine


def enter(needs: str, checkout: Path) -> None:
    """Enter, and come out again instead of beginning anew."""
    with pytest.raises(Entered):
        bootstrap.enter(needs, root=checkout)
    os.environ.pop(bootstrap.ON_THE_WAY)


def test_a_fresh_checkout_gets_a_virtualenv_and_starts_again_inside(checkout, machine, monkeypatch, capsys):
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-m", "microblog", "run", "--port", "9000"])
    enter("run", checkout)
    python = str(checkout / ".venv" / "bin" / "python")
    assert machine.entered == [python, python, "-m", "microblog", "run", "--port", "9000"]
    assert [words[1:3] for words in machine.commands] == [["-m", "venv"], ["-m", "pip"]]
    assert {"--require-hashes", "--only-binary", ":all:"} <= set(machine.commands[1])
    assert capsys.readouterr().err == "Making a virtualenv in .venv …\nInstalling 2 packages …\n"


def test_the_second_start_installs_nothing(checkout, machine, capsys):
    enter("run", checkout)
    capsys.readouterr()
    enter("run", checkout)
    assert machine.count("pip") == 1
    assert capsys.readouterr().err == ""


def test_inside_the_virtualenv_it_returns_at_once(checkout, machine, monkeypatch):
    enter("test", checkout)
    monkeypatch.setattr(sys, "prefix", str(checkout / ".venv"))
    began = time.perf_counter()
    bootstrap.enter("test", root=checkout)
    assert time.perf_counter() - began < 0.02


def test_what_is_there_for_tests_will_do_for_a_run_but_not_the_other_way_round(checkout, machine):
    enter("run", checkout)
    assert "pytest" not in machine.installed
    enter("test", checkout)
    assert "pytest" in machine.installed
    enter("run", checkout)
    assert machine.count("pip") == 2
    assert machine.count("venv") == 1


def test_a_changed_lock_is_installed_into_the_same_virtualenv(checkout, machine):
    enter("run", checkout)
    (checkout / "requirements.lock").write_text(LOCK.replace("1.0", "1.1"))
    enter("run", checkout)
    assert "alembic==1.1" in machine.installed
    assert (machine.count("venv"), machine.count("pip")) == (1, 2)


@pytest.mark.parametrize("note", [None, "", "{", '{"place": ["/elsewhere/.venv", "/usr/bin/python3"]}'])
def test_a_half_made_virtualenv_is_made_anew(checkout, machine, note):
    enter("run", checkout)
    path = checkout / ".venv" / "microblog.json"
    path.unlink()
    if note is not None:
        path.write_text(note)
    enter("run", checkout)
    assert machine.count("--clear") == 2
    assert json.loads(path.read_text())["has"] == ["embedded", "run"]


def test_a_virtualenv_whose_python_is_gone_is_made_anew(checkout, machine):
    enter("run", checkout)
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/usr/bin/python2.4")
    enter("run", checkout)
    assert machine.count("--clear") == 2


def test_what_a_link_leads_to_is_never_cleared_away(checkout, machine, tmp_path_factory):
    """It was, and with it the packages of whoever the link led to."""
    others = tmp_path_factory.mktemp("others")
    (others / "kept").write_text("theirs")
    (checkout / ".venv").symlink_to(others)
    with pytest.raises(SystemExit) as end:
        bootstrap.enter("run", root=checkout)
    assert "is a link" in str(end.value)
    assert (others / "kept").read_text() == "theirs"
    assert machine.count("venv") == 0


def test_a_failed_installation_is_told_in_plain_words_and_not_trusted(checkout, machine):
    enter("run", checkout)
    (checkout / "requirements.lock").write_text(LOCK.replace("1.0", "1.1"))
    machine.pip_fails = True
    with pytest.raises(SystemExit, match="pip could not install") as told:
        bootstrap.enter("run", root=checkout)
    assert "var/log/pip.log ends with:\n    ERROR: no network today" in str(told.value)
    machine.pip_fails = False
    (checkout / "requirements.lock").write_text(LOCK)  # the old lock again, but who knows what pip has left
    enter("run", checkout)
    assert machine.count("--clear") == 2


def test_a_ctrl_c_half_way_ends_without_a_traceback(checkout, machine, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap.subprocess, "run", interrupted)
    with pytest.raises(SystemExit, match="next start"):
        bootstrap.enter("run", root=checkout)


def test_two_starts_at_once_install_once(checkout, machine, monkeypatch):
    def slow(command, **options):
        time.sleep(0.05)
        return machine.run(command, **options)

    def start():
        with pytest.raises(Entered):
            bootstrap.enter("run", root=checkout)

    monkeypatch.setattr(bootstrap.subprocess, "run", slow)
    starts = [threading.Thread(target=start) for _ in range(2)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    os.environ.pop(bootstrap.ON_THE_WAY)
    assert (machine.count("venv"), machine.count("pip")) == (1, 1)


def test_a_database_url_makes_the_private_postgres_needless(checkout, machine, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/microblog")
    enter("run", checkout)
    assert "alembic" in machine.installed
    assert "pgserver" not in machine.installed
    assert "sha256:bb" not in machine.installed
    monkeypatch.delenv("DATABASE_URL")
    enter("run", checkout)
    assert "pgserver" in machine.installed


def test_the_operator_can_forbid_a_virtualenv(checkout, machine, monkeypatch):
    monkeypatch.setenv("MICROBLOG_NO_VENV", "1")
    bootstrap.enter("test", root=checkout)
    assert machine.commands == []


def test_an_operators_own_virtualenv_is_used_if_it_has_everything(checkout, machine, monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/an/operators/own")
    bootstrap.enter("run", root=checkout)
    assert machine.commands == []
    enter("test", checkout)  # setup.cfg asks for a `no-such-thing` there
    assert machine.count("venv") == 1


def test_an_installed_package_without_lock_files_is_left_alone(checkout, machine):
    (checkout / "requirements.lock").unlink()
    bootstrap.enter("run", root=checkout)
    assert machine.commands == []


def test_a_python_that_does_not_arrive_in_its_virtualenv_is_no_endless_loop(checkout, machine, monkeypatch):
    enter("run", checkout)
    monkeypatch.setenv(bootstrap.ON_THE_WAY, "1")
    with pytest.raises(SystemExit, match="PYTHONHOME"):
        bootstrap.enter("run", root=checkout)


def test_without_the_venv_module_an_ordinary_user_is_told_the_command(checkout, machine, monkeypatch):
    monkeypatch.setattr(bootstrap, "can_make_virtualenvs", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        bootstrap.enter("run", root=checkout)
    assert machine.commands == []


def test_without_the_venv_module_root_fetches_it(checkout, machine, monkeypatch):
    monkeypatch.setattr(bootstrap, "can_make_virtualenvs", lambda: bool(machine.count("install")))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    enter("run", checkout)
    assert "python3-venv" in machine.commands[1]
    assert machine.count("venv") == 1


def test_an_old_python_is_named(checkout, machine, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        bootstrap.enter("run", root=checkout)


def pins(name: str) -> dict[str, str]:
    """Each pin of a lock file with its hashes."""
    text = (bootstrap.ROOT / name).read_text()
    return {block.split(" ", 1)[0]: block for block in re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]}


def test_every_pin_has_a_hash_and_no_lock_names_a_host_or_a_path():
    for name in ("requirements.lock", "requirements-test.lock"):
        assert all("==" in pin and "--hash=sha256:" in block for pin, block in pins(name).items())
        assert not re.search(r"https?:|file:|\s/|^--", (bootstrap.ROOT / name).read_text(), flags=re.MULTILINE)


def test_the_tests_run_on_the_very_versions_that_are_deployed():
    assert set(pins("requirements.lock")) < set(pins("requirements-test.lock"))


def test_every_requirement_has_a_lower_and_an_upper_bound_and_a_pin():
    names = bootstrap.direct_requirements(bootstrap.ROOT, "test")
    pinned = {pin.split("==")[0] for pin in pins("requirements-test.lock")}
    assert {name.lower() for name in names} <= pinned
    text = (bootstrap.ROOT / "setup.cfg").read_text()
    for name in names:
        assert re.search(rf"^\s+{re.escape(name)}>=[\d.]+,<[\d.]+$", text, flags=re.MULTILINE), name
