"""Meters: what the processes of this host have done together, for Prometheus.

Each process counts in files of its own in one folder, and whoever is asked adds all of them up. A file belongs to a number of
uWSGI's, not to a process: the process that takes the place of another counts on in its file, so that nothing falls back after a
reload and no files are left behind. The folder belongs to one run of a server: the next begins in one of its own, for a file that
was cut off when the machine went down would spoil all sums from then on.
"""

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import Metric

Cost = tuple[float, float, int]
ROOM = 2**19  # bytes of a file that are there from the beginning: some 2,500 values
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # bounds of the histogram's buckets


class Meters:
    """The counters of this process, in a folder that all processes of the host share; made once in each process."""

    def __init__(self, folder: Path, number: int) -> None:
        """`number` is that of this process among its siblings."""
        folder.mkdir(parents=True, exist_ok=True)
        for kind in ("counter", "histogram", "gauge_sum"):
            _reserve(folder / f"{kind}_{number}.db")
        self.folder = folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # where the values of the next lines look for it
        values.ValueClass = values.MultiProcessValue(process_identifier=lambda: number)
        own: Any = CollectorRegistry()
        by_face = {"labelnames": ("face",), "registry": own}
        self._requests = Counter("microblog_requests", "Answers given.", ("endpoint", "method", "status"), registry=own)
        self._seconds: Any = Histogram("microblog_request_seconds", "From a request to its answer.", buckets=SECONDS, **by_face)
        self._statements: Any = Counter("microblog_statements", "Statements asked of Postgres.", **by_face)
        self._in_database: Any = Counter("microblog_database_seconds", "Time that Postgres had requests in hand.", **by_face)
        self._retries = Counter("microblog_retries", "Requests that were handled once more.", ("reason",), registry=own)
        self._in_hand = Gauge("microblog_requests_in_hand", "Requests begun.", registry=own, multiprocess_mode="sum")
        self._in_hand.set(0)  # whoever had this number before may have been killed with some in hand
        self._answers = cache(lambda endpoint, method, status: self._requests.labels(endpoint, method, str(status)))
        self._of_face = cache(lambda face: [each.labels(face) for each in (self._seconds, self._statements, self._in_database)])

    def take(self) -> None:
        """A request is in hand."""
        self._in_hand.inc()

    def give(self) -> None:
        """It is not any more."""
        self._in_hand.dec()

    def note(self, endpoint: str, face: str, method: str, status: int, cost: Cost) -> None:
        """Count an answer and what it has cost: seconds, those of them in the database, and statements. Endpoints are those of
        the table of routes, so that there is a bounded number of everything."""
        seconds, in_database, statements = cost
        self._answers(endpoint, method, status).inc()
        of_all, asked, waited = self._of_face(face)
        of_all.observe(seconds)
        asked.inc(statements)
        waited.inc(in_database)

    def note_retry(self, reason: str) -> None:
        """Count a request that is handled once more."""
        self._retries.labels(reason).inc()

    def exposition(self, further: list[Metric]) -> bytes:
        """All processes' counters added up, and further figures, in Prometheus' text format."""
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=str(self.folder))
        registry.register(_Given(further))
        return generate_latest(registry)


def tidy(folder: Path, lives: Callable[[str], bool]) -> None:
    """Clear away the folders in it of servers that do not live any more, and whatever else lies there."""
    for other in folder.iterdir() if folder.is_dir() else ():
        if not other.is_dir():
            other.unlink(missing_ok=True)
        elif not lives(other.name):
            shutil.rmtree(other, ignore_errors=True)


def _reserve(path: Path) -> None:
    """Take a file's room now, or raise OSError: where a disk is full, writing to a part that is not there kills the process."""
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, ROOM)


class _Given:
    """Figures that somebody has worked out already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> list[Metric]:
        return self.metrics
