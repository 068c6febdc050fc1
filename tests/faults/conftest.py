"""What the tests of faults stand on: a real installation with a real worker and a post office, people who have joined, and chance.

FAULTS_SECONDS says for how long each fault goes on, FAULTS_SEED repeats a run, FAULTS_SPOILED takes one of the builds of
spoiled.py, under which tests must fail.
"""

import os
import secrets
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from microblog.config import ROOT

from ..deploy.conftest import installed
from ..deploy.installation import Installation
from ..gateways import stand_in
from ..gateways.post_office import PostOffice, running
from . import workers
from .clients import Person
from .crowd import Crowd
from .ledger import QUIET_WITHIN

SEED = os.environ.get("FAULTS_SEED") or secrets.token_hex(4)
SECONDS = float(os.environ.get("FAULTS_SECONDS") or 1.0)
SPOILED = os.environ.get("FAULTS_SPOILED", "")
PEOPLE = 6


@dataclass
class Stage:
    """An installation, who lives there, where its letters arrive, what translates for it, and who does its jobs."""

    site: Installation
    people: list[Person]
    office: PostOffice
    translator: stand_in.Service
    worker: subprocess.Popen[bytes]
    chance: Random
    seconds: float = SECONDS

    @contextmanager
    def crowd(self, *, cut_by_nginx: Callable[[], int] = lambda: 0) -> Iterator[Crowd]:
        """While the block runs everybody acts without pause. At its end everything must be as they were told, all jobs done and
        all letters sent; so many answers may be nginx's own."""
        letters = len(self.office.letters)
        with Crowd(self.site, self.people, SEED) as crowd:
            yield crowd
        crowd.ledger.check(cut_by_nginx=cut_by_nginx())
        self.wait_until_idle()
        assert crowd.ledger.astray(self.office.letters[letters:]) == []

    def wait_until_idle(self) -> None:
        """Until no job is due any more. One that has failed waits for its next turn; here it need not."""
        assert self.worker.poll() is None, "the worker has died"
        deadline = time.monotonic() + QUIET_WITHIN
        while due := self.site.rows("SELECT name, status, attempt, last_error FROM jobs WHERE " + DUE):
            assert time.monotonic() < deadline, f"not done: {due}"
            with self.site.database.writing() as db:
                db.execute(text("UPDATE jobs SET run_at = now() WHERE status = 'waiting' AND run_at > now() AND attempt > 0"))
                db.commit()
            time.sleep(0.05)


# Jobs that should be done, or will never be. A poll that is still open is neither.
DUE = "status <> 'done' AND (attempt > 0 OR run_at <= now())"


CHANCE = f"FAULTS_SEED={SEED} FAULTS_SECONDS={SECONDS:g} FAULTS_SPOILED={SPOILED}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say by which chance it went with each failure; lanes have a chance of their own each."""
    report = yield
    if report.failed:
        report.sections.append(("chance", CHANCE))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it where somebody goes on for longer, too."""
    if "FAULTS_SECONDS" in os.environ:
        terminalreporter.write_line(CHANCE)


@contextmanager
def staged(database_url: str, nginx: str, *, spoiled: str = SPOILED, people: int = PEOPLE) -> Iterator[Stage]:
    """Two processes with two threads each behind nginx, a worker, and people who have joined."""
    with ExitStack() as stack:
        office = stack.enter_context(running())
        translator = stack.enter_context(stand_in.running())
        settings = {
            "PROCESSES": "2",
            "THREADS": "2",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(office.port),
            "TRANSLATOR": "libretranslate",
            "TRANSLATOR_URL": translator.url,
        }
        if spoiled in workers.SPOILED:  # what is spoiled is done elsewhere
            spoiled = ""
        if spoiled:
            settings |= {"SPOILED": spoiled, "PYTHONPATH": str(ROOT)}
        application = Path(__file__).with_name("spoiled.py") if spoiled else None
        site = stack.enter_context(installed(database_url, nginx, application=application, **settings))
        at_work = stack.enter_context(workers.worker(site.environment, site.folder / "var" / "log" / "worker.log"))
        joined = [Person.join(site, f"person{number}", number) for number in range(people)]
        yield Stage(site, joined, office, translator, at_work, Random(SEED))


@pytest.fixture(scope="session")
def stage(new_database: Callable[[], str], nginx: str) -> Iterator[Stage]:
    """The one on which everything may fail but Postgres."""
    with staged(new_database(), nginx) as stage:
        yield stage
