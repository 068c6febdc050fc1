"""What this process is: the account it runs under, its limits, its name and number, and the uWSGI it may be a part of."""

import os
import platform
import resource
from pathlib import Path
from typing import Any

# What uwsgi.ini says and an operator may have left out; none of them is a secret.
OPTIONS = ("harakiri", "lazy-apps", "listen", "master", "max-vars", "need-app", "post-buffering", "single-interpreter")


def facts() -> dict[str, Any]:
    """Plain values by name; `uwsgi` is None where something else serves."""
    return {
        "python": platform.python_version(),
        "is_root": os.geteuid() == 0,
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "uwsgi": _uwsgi(),
    }


def number() -> int:
    """The number of this process among those of uWSGI, which its successor will have, too; 0 where something else serves."""
    try:
        import uwsgi
    except ImportError:
        return 0
    return int(uwsgi.worker_id())


def server() -> str:
    """A name that all processes of this server share, through every reload, and no other server has: the number of uWSGI's
    master and when that began. Where something else serves, each process is a server."""
    try:
        import uwsgi

        first = uwsgi.masterpid() or os.getpid()
    except ImportError:
        first = os.getpid()
    return f"{first}-{_began(first)}"


def lives(name: str) -> bool:
    """Whether the server of this name still runs."""
    first, _, began = name.partition("-")
    return first.isdecimal() and began not in ("", "gone") and _began(int(first)) == began


def _began(pid: int) -> str:
    """When a process began, in the kernel's own ticks; 'gone' if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return "gone"
    return stat.rpartition(")")[2].split()[19]  # the 22nd field; the second, in brackets, may hold anything


def _uwsgi() -> dict[str, Any] | None:
    try:
        import uwsgi
    except ImportError:
        return None
    return {
        "version": _plain(uwsgi.version),
        "processes": uwsgi.numproc,
        "threads": uwsgi.cores,
        "buffer_size": uwsgi.buffer_size,
        "waiting": _waiting(uwsgi),
        "options": {name: _plain(uwsgi.opt[name]) for name in OPTIONS if name in uwsgi.opt},
    }


def _waiting(uwsgi: Any) -> int | None:
    """How many connections wait to be taken, or None where the kernel does not tell."""
    try:
        return uwsgi.listen_queue()
    except ValueError:
        return None


def _plain(value: Any) -> str:
    if isinstance(value, list):  # said more than once: the last word counts
        value = value[-1]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
