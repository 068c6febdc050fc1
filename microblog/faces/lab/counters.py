"""Exercise 13: a number that goes up by one. It is counted twice, rightly and wrongly, so that one can compare."""

import os
import threading

from ...core import counters
from ...framework.request import Request
from ...framework.response import Response, plain, redirect
from ...framework.routing import public
from . import pages

# How NOT to do it, and the one global of the house: each process has another `counted`, it begins at 0 with every start, and
# between reading and writing it a second thread may do the same. The number that counts is in Postgres.
counted = 0


@public
def show(request: Request) -> Response:
    return pages.render(
        request,
        "counters/show.html",
        process=os.getpid(),
        thread=threading.current_thread().name,
        counted_here=counted,
        counted_by_all=counters.value(request.db, "lab"),
    )


@public
def create(request: Request) -> Response:
    """One more, for the button on the page."""
    _count(request)
    return redirect(request.url_for("lab.counters.show"))


@public
def update(request: Request) -> Response:
    """One more, and the number alone. GET counts as well, for so the exercise has it; HEAD only looks."""
    return plain(str(counters.value(request.db, "lab") if request.method == "HEAD" else _count(request)))


def _count(request: Request) -> int:
    global counted
    counted += 1
    return counters.increase(request.db, "lab")
