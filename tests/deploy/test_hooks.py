"""The hook that git runs before each commit, as git runs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from microblog.config import ROOT


class Checkout:
    """A repository with the program and the hook in it, and nothing of the real one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')  # with the packages of this one
        (bin_folder / "python3").chmod(0o755)
        self.environment = own | {"PATH": f"{bin_folder}:{own['PATH']}", "MICROBLOG_NO_VENV": "1", "PYTHONPATH": ""}
        self.repository = folder / "checkout"
        left_out = shutil.ignore_patterns("__pycache__", "locale", "versions")
        shutil.copytree(ROOT / "microblog", self.repository / "microblog", ignore=left_out)
        shutil.copytree(ROOT / "deploy" / "hooks", self.repository / "deploy" / "hooks")
        shutil.copy(ROOT / ".gitignore", self.repository)
        self.git("init", "-q")
        self.git("config", "core.hooksPath", "deploy/hooks")

    def git(self, *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        command = ["git", *who, *words]
        done = subprocess.run(command, cwd=self.repository, env=self.environment, capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        return done


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.row("TK-13", "TK-18", "TK-D11")
def test_a_commit_takes_the_names_of_the_settings_along_and_no_value(checkout: Checkout):
    (checkout.repository / ".env").write_text("SECRET_KEY=hidden\nPORT=8123\n")
    checkout.git("commit", "-q", "--allow-empty", "-m", "one")
    assert checkout.git("show", "--format=", "--name-only", "HEAD").stdout == ".env.example\n"
    assert checkout.git("show", "HEAD:.env.example").stdout == "SECRET_KEY=\nPORT=\n"
    assert ".env\n" not in checkout.git("status", "--short", "-uall").stdout


@pytest.mark.row("TK-13")
def test_where_there_are_no_settings_the_commit_stops(checkout: Checkout):
    done = checkout.git("commit", "--allow-empty", "-m", "one", status=1)
    assert "there is no ./.env" in done.stderr
    assert "unknown revision" in checkout.git("log", "HEAD", status=128).stderr


@pytest.mark.row("TK-13")
@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "venv/x",
        ".venv/x",
        "microblog/__pycache__/x.pyc",
        ".pytest_cache/x",
        "app.db",
        "var/x.sqlite3",
        "var/secret_key",
        "logs/x",
    ],
)
def test_git_leaves_out_what_is_a_machines_own(path: str):
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT).returncode == 0


@pytest.mark.row("TK-13")
def test_git_keeps_the_example():
    assert subprocess.run(["git", "check-ignore", "-q", ".env.example"], cwd=ROOT).returncode == 1
    assert subprocess.run(["git", "ls-files", "--error-unmatch", ".env.example"], cwd=ROOT, capture_output=True).returncode == 0
