"""Workers as processes of their own, so that they can be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from microblog.config import ROOT

# As `python -m microblog worker`, but its lease is short, so that a test need not wait for the real one.
WORKER = """
from datetime import timedelta
from microblog import config, worker
from microblog.core import queue
from microblog.framework import logs
queue.LEASE = timedelta(seconds=1.5)
worker.RENEWAL = 0.5
worker.POLL = 0.2
settings = config.read()
{spoiled}
logs.set_up(settings.log_dir, to_stdout=settings.log_to_stdout, form=settings.log_format)
worker.Worker(settings{arguments}).run()
"""


# Workers that are spoiled on purpose, by the names that FAULTS_SPOILED knows: one that
SPOILED = {
    # sends a letter under another name each time
    "renaming": """
import secrets
from dataclasses import replace
from microblog.faces.jobs import letters
send = letters.send
def send_otherwise(work, *arguments, **values):
    send(replace(work, job_id=secrets.randbelow(2**60)), *arguments, **values)
letters.send = send_otherwise
""",
    # never takes up what another had in hand when it died
    "aloof": "queue.LEASE = timedelta(days=1)",
    # says that a job is done before it is
    "boasting": """
claim, finish = queue.claim, queue.finish
def claim_and_finish(db):
    job = claim(db)
    if job is not None:
        finish(db, job.id, job.attempt)
    return job
queue.claim = claim_and_finish
queue.finish = lambda *_: True
""",
}


@contextmanager
def worker(environment: Mapping[str, str], log: Path, *, periodic: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with these settings until the block is left, when it is killed. What comes again it promises only if told to."""
    spoiled = SPOILED.get(os.environ.get("FAULTS_SPOILED", ""), "")
    script = WORKER.format(arguments="" if periodic else ", periodic={}", spoiled=spoiled)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
