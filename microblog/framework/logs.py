"""Where log lines go and what they look like: lines of text, or of JSON for machines that gather them."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from . import stopwatch, traces

TEXT_LINE = "%(asctime)s %(levelname)s: %(message)s [in %(pathname)s:%(lineno)d]"
LARGEST_FILE = 10_240  # bytes; with ten old ones beside it, as the first microblog kept them
OLD_FILES = 10

# What a line of JSON says besides, where it is known: whose work it was, and what that had cost by then.
MARKS = ("request_id", "user_id", "endpoint", "method", "path", "status", "job_id", "job", "ms", "db_ms", "statements", "slow_ms")


class Whose(logging.Filter):
    """Puts on each record whose work it belongs to, as the thread's stopwatch knows, and on a complaint what that has cost."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            known = dict(stopwatch.marks())
        except Exception:  # the line matters more than whose it is
            known = {"request_id": "unknown"}
        if known and record.levelno >= logging.WARNING:
            known |= stopwatch.costs()
        for name, value in known.items():
            record.__dict__.setdefault(name, value)
        return True


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "place": f"{record.pathname}:{record.lineno}",
            "process": record.process,
        }
        if record.exc_info:
            line["trace"] = traces.text(record.exc_info)
        line |= {name: record.__dict__[name] for name in MARKS if record.__dict__.get(name) is not None}
        return json.dumps(line, ensure_ascii=False)


class TextLine(logging.Formatter):
    """A record as one line of text, at its end the request it belongs to; only a trace goes over several."""

    def __init__(self) -> None:
        super().__init__(TEXT_LINE)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        line = super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")
        request_id = getattr(record, "request_id", None)
        return f"{line} [request {request_id}]" if request_id else line

    def formatException(self, ei: traces.ErrorInfo) -> str:  # noqa: N802
        return traces.text(ei)


def set_up(folder: Path, *, to_stdout: bool, form: str) -> None:
    """Send everything from INFO up to stdout, or to files in a folder; each process has its own file, so that none is garbled."""
    handler: logging.Handler
    if to_stdout:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        handler = logging.StreamHandler(sys.stdout)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"microblog{_worker_mark()}.log"
        handler = RotatingFileHandler(path, "a", LARGEST_FILE, OLD_FILES, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(JsonLine() if form == "json" else TextLine())
    handler.addFilter(Whose())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a full disk under the log must not stop the site


def _worker_mark() -> str:
    """'' for the first process, else '-2' and so on, by the number uWSGI has given this one."""
    try:
        import uwsgi
    except ImportError:
        return os.environ.get("MICROBLOG_LOG_MARK", "")
    return "" if uwsgi.worker_id() <= 1 else f"-{uwsgi.worker_id()}"
