"""Whether what was promised is done: workers that live, and a queue that moves."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ..core import heartbeats
from ..models import Job
from .patient import Patient
from .verdicts import Unseen, Verdict, fine, warning, wrong

LATE, VERY_LATE = 60, 600  # seconds that a job may be overdue
START = "systemctl enable --now microblog-worker (python -m microblog worker)"


def workers(patient: Patient) -> Verdict:
    with patient.reading() as db:
        _see_tables(db)
        alive = heartbeats.alive(db)
    if not alive:
        return wrong("No worker lives: no letter goes out, nothing is exported, translated or tidied up.", f"Start one: {START}.")
    return fine(f"{alive} worker(s) live.")


def queue(patient: Patient) -> Verdict:
    overdue = select(func.count().label("number"), func.extract("epoch", func.now() - func.min(Job.run_at)).label("late")).where(
        Job.status.in_(("waiting", "running")), Job.run_at <= func.now()
    )
    with patient.reading() as db:
        _see_tables(db)
        number, late = db.execute(overdue).one()
    if number and late > LATE:
        verdict = wrong if late > VERY_LATE else warning
        return verdict(
            f"{number} job(s) are overdue, the oldest by {late:.0f} s.",
            f"{START}; if one lives, start more of them, and see `python -m microblog jobs list` for what they do.",
        )
    return fine("No job waits longer than it should." if not number else f"{number} job(s) wait, the oldest for {late:.0f} s.")


def given_up(patient: Patient) -> Verdict:
    lately = select(func.count()).where(Job.status == "failed", Job.finished_at > func.now() - text("interval '1 day'"))
    with patient.reading() as db:
        _see_tables(db)
        number = db.scalar(lately)
    if number:
        return warning(
            f"{number} job(s) were given up since yesterday.",
            "python -m microblog jobs list; jobs show ID says why; jobs retry ID lets one begin anew.",
        )
    return fine("No job was given up since yesterday.")


def _see_tables(db: Session) -> None:
    for name in ("jobs", "heartbeats"):
        if db.scalar(text(f"SELECT to_regclass('{name}')")) is None:
            raise Unseen("The schema is behind.")
