"""Meters: what the processes of this host have done together, for Prometheus.

Each process counts in files of its own in one folder, and whoever is asked adds all of them up. A file belongs to a number of
uWSGI's, not to a process: the process that takes the place of another counts on in its file, so that nothing falls back after a
reload and no files are left behind.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import Metric

Cost = tuple[float, float, int]
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # bounds of the histogram's buckets


class Meters:
    """The counters of this process, in a folder that all processes of the host share; made once in each process."""

    def __init__(self, folder: Path, number: int) -> None:
        """`number` is that of this process among its siblings."""
        folder.mkdir(parents=True, exist_ok=True)
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
        self._answers = cache(lambda endpoint, method, status: self._requests.labels(endpoint, method, str(status)))
        self._of_face = cache(lambda face: [each.labels(face) for each in (self._seconds, self._statements, self._in_database)])

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


class _Given:
    """Figures that somebody has worked out already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> list[Metric]:
        return self.metrics
