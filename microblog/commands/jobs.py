"""jobs: see what waits, runs or was given up, and try it again."""

import argparse

from . import Failure, say, settings

MOST_SHOWN = 50


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    verbs.add_parser("list", help="count all jobs and list those that wait, run or were given up (the default)")
    show = verbs.add_parser("show", help="print one job with its last error")
    retry = verbs.add_parser("retry", help="let a job that was given up begin anew")
    for verb in (show, retry):
        verb.add_argument("job_id", type=int, metavar="ID")


def execute(options: argparse.Namespace) -> None:
    from ..core import figures, heartbeats, queue
    from ..framework.database import Database

    with settings.with_database() as config:
        database = Database(config.direct_url, connections=1)
        try:
            with database.writing() as db:
                if options.verb == "show":
                    _show(queue.one(db, options.job_id))
                elif options.verb == "retry":
                    if not queue.retry(db, options.job_id):
                        raise Failure(f"There is no job {options.job_id} that was given up.")
                    say(f"Job {options.job_id} waits again.")
                else:
                    _list(queue.counts(db), queue.unfinished(db, MOST_SHOWN))
                    _workers(figures.all_of(db).oldest, heartbeats.listing(db))
                db.commit()
        finally:
            database.close()


def _list(counts: dict[str, int], jobs: list) -> None:
    say("  ".join(f"{status}: {counts.get(status, 0)}" for status in ("waiting", "running", "done", "failed")))
    for job in jobs:
        reason = job.last_error.strip().splitlines()[-1] if job.last_error.strip() else ""
        say(f"{job.id}  {job.status:8} {job.name:28} attempt {job.attempt}  due {job.run_at:%Y-%m-%d %H:%M:%S}  {reason[:80]}")


def _workers(oldest: float, workers: list) -> None:
    """How long the queue is late, and who works it off."""
    if oldest:
        say(f"The oldest job that is due has been so for {oldest:.0f} s.")
    for worker in workers:
        since = f"since {worker.started_at:%Y-%m-%d %H:%M:%S}"
        say(f"worker {worker.host} {worker.pid} {since}: {worker.done} done, {worker.failed} attempts failed")
    if not workers:
        say("No worker lives: python -m microblog worker")


def _show(job: object) -> None:
    if job is None:
        raise Failure("There is no such job.")
    for name, value in job._mapping.items():  # type: ignore[attr-defined]
        say(f"{name:12} {value}")
