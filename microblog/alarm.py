"""The alarm: each error in the log becomes a letter to the administrators, through the queue and not too often."""

import hashlib
import logging
import threading
import traceback

from .config import Config
from .core import failures, queue
from .framework import traces
from .framework.database import Database
from .framework.logs import Whose


class Alarm(logging.Handler):
    """Takes records from ERROR up. It waits for no mail server, and what goes wrong in here stays in here."""

    def __init__(self, config: Config, database: Database) -> None:
        super().__init__(logging.ERROR)
        self.config = config
        self.database = database
        self._ringing = threading.local()
        self.addFilter(Whose())

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(self._ringing, "now", False):
            return
        self._ringing.now = True
        try:
            self._tell(record)
        except Exception:
            self.handleError(record)
        finally:
            self._ringing.now = False

    def _tell(self, record: logging.LogRecord) -> None:
        with self.database.writing() as db:
            happened = failures.note(db, _mark(record))
            if happened:
                for address in self.config.admins:
                    queue.enqueue(db, "jobs.failures.send", to=address, text=_text(record), happened=happened)
            db.commit()


def sound(config: Config, database: Database) -> None:
    """Put the alarm on the log, where there is a mail server and somebody to hear it."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, Alarm)]:
        root.removeHandler(handler)
    if config.mail_server and config.admins and config.environment != "testing":
        root.addHandler(Alarm(config, database))


def _mark(record: logging.LogRecord) -> str:
    """What makes two errors the same: where they were logged and where they were raised."""
    places = [f"{record.pathname}:{record.lineno}"]
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        frames = traceback.extract_tb(error.__traceback__)
        places += [type(error).__qualname__, *(f"{frame.filename}:{frame.lineno}" for frame in frames)]
    return hashlib.sha256("\n".join(places).encode()).hexdigest()[:32]


def _text(record: logging.LogRecord) -> str:
    lines = [f"{record.levelname}: {record.getMessage()}"]
    lines += [
        f"{name}: {getattr(record, name)}" for name in ("request_id", "user_id", "endpoint", "job") if getattr(record, name, None)
    ]
    if record.exc_info and record.exc_info[0]:
        lines += ["", traces.text(record.exc_info)]
    return "\n".join(lines)
