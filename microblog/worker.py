"""The back door: claim a job, do it, commit; any number of workers share one queue."""

import contextlib
import logging
import os
import secrets
import select
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg2
import psycopg2.extensions
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from . import alarm, urls
from .config import Config
from .core import heartbeats, queue, tasks
from .faces.jobs import JOBS, PERIODIC, Job, Work
from .framework import stopwatch
from .framework.database import Database
from .framework.faults import Fault, fault_of
from .framework.languages import Languages
from .framework.templates import Templates
from .gateways.mail import Folder, Nowhere, PostOffice, Smtp

log = logging.getLogger(__name__)

POLL = 2.0  # seconds between looks at the queue when nobody calls
RENEWAL = queue.LEASE.total_seconds() / 3
LOOK_FOR_PERIODIC = 10.0  # seconds between looks at the clock of periodic jobs

# A job may work longer than a request, and between its statements it may wait for the world outside.
SETTINGS = {"statement_timeout": "60000", "idle_in_transaction_session_timeout": "120000"}


class LeaseLost(Exception):
    """The job is another worker's by now; what was done here must not count."""


class Worker:
    """One process that does jobs until it is told to stop. It finishes the job in hand first."""

    def __init__(
        self,
        config: Config,
        jobs: Mapping[str, Job] = JOBS,
        periodic: Mapping[str, timedelta] = PERIODIC,
        post_office: PostOffice | None = None,
    ) -> None:
        self.config = config
        self.jobs = jobs
        self.periodic = periodic
        self.database = Database(
            config.direct_url, connections=4, name="microblog worker", settings=SETTINGS, slow_ms=config.slow_query_ms
        )
        self.urls = urls.bind_outside(config)
        self.languages = Languages(config.languages, config.root / "microblog" / "locale")
        self.templates = Templates(config.root / "templates", self.languages)
        self.post_office = post_office or open_post_office(config)
        self.stopping = threading.Event()
        self.mark = secrets.token_hex(8)  # in the list of those who live
        self.done = self.failed = 0  # jobs done, and attempts at jobs that failed
        self._begun_at = time.monotonic()
        self._next_beat = self._next_look = 0.0
        self._shown = ("", 0)

    def run(self) -> None:
        """Work until `stop`; a database that goes away is waited for."""
        alarm.sound(self.config, self.database)
        log.info("Worker startup")
        with Bell(self.database) as bell:
            while not self.stopping.is_set():
                try:
                    self.beat()
                    self.promise_periodic()
                    if not self.work_once():
                        bell.wait(POLL)
                except (SQLAlchemyError, psycopg2.Error) as error:
                    if fault_of(error) not in (Fault.AWAY, Fault.SLOW):
                        raise
                    log.warning("The database does not answer; trying again in %.0f s.", POLL)
                    self.stopping.wait(POLL)
        self.leave()
        log.info("Worker stopped")

    def stop(self) -> None:
        self.stopping.set()

    def beat(self) -> None:
        """Say that this process lives, if it is time to; nothing depends on its success."""
        if time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + heartbeats.EVERY.total_seconds()
        age = timedelta(seconds=time.monotonic() - self._begun_at)
        with contextlib.suppress(SQLAlchemyError, psycopg2.Error), self.database.writing() as db:
            host, pid = socket.gethostname(), os.getpid()
            heartbeats.beat(db, self.mark, host=host, pid=pid, age=age, done=self.done, failed=self.failed)
            db.commit()

    def leave(self) -> None:
        """Take this process from the list of those who live."""
        with contextlib.suppress(SQLAlchemyError, psycopg2.Error), self.database.writing() as db:
            heartbeats.leave(db, self.mark)
            db.commit()

    def promise_periodic(self) -> None:
        """Promise what comes again and is due; looked at now and then only."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_FOR_PERIODIC
        with self.database.writing() as db:
            for name, every in self.periodic.items():
                queue.enqueue_periodic(db, name, every)
            db.commit()

    def work_once(self) -> bool:
        """Claim one job and do it; False if none is waiting."""
        with self.database.writing() as db:
            job = queue.claim(db)
            db.commit()
        if job is None:
            return False
        stopwatch.begin(lambda: {"job_id": job.id, "job": job.name})
        try:
            self._attempt(job)
        finally:
            stopwatch.end()
        return True

    def _attempt(self, job: Row[Any]) -> None:
        """Do a job, or write down why it was not done."""
        try:
            self._do(job)
            self.done += 1
        except LeaseLost:
            log.warning("Job %s %s took longer than its lease and is another worker's now.", job.id, job.name)
        except Exception:
            self.failed += 1
            with self.database.writing() as db:
                again = queue.give_back(db, job.id, job.attempt, traceback.format_exc())
                if not again:
                    tasks.abandon(db, job.id)
                db.commit()
            level = logging.WARNING if again else logging.ERROR
            log.log(level, "Job %s %s failed at attempt %s.", job.id, job.name, job.attempt, exc_info=True)

    def _do(self, job: Row[Any]) -> None:
        """The job's work and its end in one transaction: both count, or neither."""
        if job.attempt > queue.MOST_ATTEMPTS:
            raise RuntimeError("Every worker that took this job has died of it.")
        with self._lease(job), self.database.writing() as db:
            self.jobs[job.name](self._work(db, job), **job.arguments)
            if not queue.finish(db, job.id, job.attempt):
                raise LeaseLost
            db.commit()

    def _work(self, db: Session, job: Any) -> Work:
        return Work(
            db=db,
            job_id=job.id,
            promised_at=job.created_at,
            config=self.config,
            urls=self.urls,
            languages=self.languages,
            templates=self.templates,
            post_office=self.post_office,
            show=self._show,
        )

    def apart(self) -> Work:
        """The means of a job without a job, for a letter that is written by hand."""
        now = datetime.now(UTC)
        return self._work(Session(), SimpleNamespace(id=f"{now:%Y%m%d%H%M%S%f}", created_at=now))

    def _show(self, task_id: str, percent: int) -> None:
        """Tell the reader of a task how far it is, in a transaction of its own; nothing depends on its success."""
        if self._shown != (task_id, percent):
            self._shown = (task_id, percent)
            with contextlib.suppress(SQLAlchemyError, psycopg2.Error), self.database.writing() as db:
                tasks.advance(db, task_id, percent)
                db.commit()

    @contextlib.contextmanager
    def _lease(self, job: Row[Any]) -> Iterator[None]:
        """Prolong the lease from a second thread for as long as the work goes on, and say that the worker lives."""
        done = threading.Event()

        def prolong() -> None:
            while not done.wait(RENEWAL):
                with contextlib.suppress(SQLAlchemyError, psycopg2.Error), self.database.writing() as db:
                    queue.renew(db, job.id, job.attempt)
                    db.commit()
                self.beat()

        thread = threading.Thread(target=prolong, name=f"lease of job {job.id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def open_post_office(config: Config) -> PostOffice:
    """Where letters go: the server the settings name; in development a folder, in production without a server nowhere."""
    if config.mail_server:
        return open_smtp(config)
    return Nowhere() if config.is_production else Folder(config.root / "var" / "mail")


def open_smtp(config: Config) -> Smtp:
    """The mail server that the settings name."""
    return Smtp(
        config.mail_server,
        config.mail_port,
        starttls=config.mail_use_tls,
        tls=config.mail_use_ssl,
        username=config.mail_username,
        password=config.mail_password,
    )


class Bell:
    """Hears when a job is promised, so that it need not wait for the next look; without a connection it only waits."""

    def __init__(self, database: Database, connect: Callable[..., Any] = psycopg2.connect) -> None:
        self.address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.connect = connect
        self.connection: Any = None

    def __enter__(self) -> "Bell":
        return self

    def __exit__(self, *exception: object) -> None:
        self._hang_up()

    def wait(self, seconds: float) -> None:
        """Return when a job was promised, or after so many seconds."""
        try:
            if self.connection is None:
                self._listen()
            select.select([self.connection], [], [], seconds)
            self.connection.poll()
            self.connection.notifies.clear()
        except (psycopg2.Error, OSError):
            self._hang_up()
            time.sleep(seconds)

    def _listen(self) -> None:
        self.connection = self.connect(self.address, connect_timeout=2, application_name="microblog bell")
        self.connection.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
        with self.connection.cursor() as cursor:
            cursor.execute(f"LISTEN {queue.CHANNEL}")

    def _hang_up(self) -> None:
        if self.connection is not None:
            with contextlib.suppress(psycopg2.Error):
                self.connection.close()
            self.connection = None
