"""Workers as processes of their own, so that they can be killed."""

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
logs.set_up(settings.log_dir, to_stdout=settings.log_to_stdout, form=settings.log_format)
worker.Worker(settings{arguments}).run()
"""


@contextmanager
def worker(environment: Mapping[str, str], log: Path, *, periodic: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with these settings until the block is left, when it is killed. What comes again it promises only if told to."""
    script = WORKER.format(arguments="" if periodic else ", periodic={}")
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
