"""Races: deeds that all begin at the same moment, each in a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from microblog.core.refusals import Refusal
from microblog.framework.database import Database
from microblog.framework.faults import Fault, fault_of

Result = TypeVar("Result")
READY_WITHIN = 30.0  # seconds until all are ready to begin


def together(deeds: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do all of these at the same moment; gives the results in their order, or raises what one of them has raised."""
    return _race([lambda begin, deed=deed: (begin(), deed())[1] for deed in deeds])


def in_transactions(database: Database, deeds: Sequence[Callable[[Session], Any]], *, tries: int = 1) -> list[Any]:
    """Do all of these at the same moment, each in a transaction of its own that is open by then and is committed afterwards.

    Gives in their order what came of each, or the refusal that it met; whatever else goes wrong is raised. With `tries` a deed that
    collides with another is done again, as the doors do it.
    """
    assert len(deeds) <= database.connections, "some would wait for a connection while the others wait for them"

    def do(begin: Callable[[], object], deed: Callable[[Session], Any]) -> Any:
        for left in reversed(range(tries)):
            with database.writing() as db:
                db.connection()
                begin()
                begin = int  # the next try waits for nobody
                try:
                    result = deed(db)
                    db.commit()
                    return result
                except Refusal as refusal:
                    return refusal
                except Exception as error:
                    if not left or fault_of(error) is not Fault.COLLISION:
                        raise
        raise AssertionError("not even tried")

    return _race([lambda begin, deed=deed: do(begin, deed) for deed in deeds])


def _race(runners: Sequence[Callable[[Callable[[], object]], Any]]) -> list[Any]:
    """Let each get ready, and go on where it calls what it is given once all have come so far."""
    start = threading.Barrier(len(runners))

    def run(runner: Callable[[Callable[[], object]], Any]) -> Any:
        try:
            return runner(lambda: start.wait(READY_WITHIN))
        except BaseException:
            start.abort()  # nobody need wait for this one
            raise

    with ThreadPoolExecutor(len(runners)) as pool:
        running = [pool.submit(run, runner) for runner in runners]
    errors = [error for each in running if (error := each.exception())]
    for error in errors:
        if not isinstance(error, threading.BrokenBarrierError):
            raise error
    return [each.result() for each in running]
