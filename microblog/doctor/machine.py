"""Whether the machine is as it should be: its clock, its files, its disk."""

import shutil
import stat
from contextlib import suppress

from .patient import Patient
from .verdicts import Unseen, Verdict, fine, warning, wrong

MOST_DRIFT = 2.0  # seconds
LITTLE, TOO_LITTLE = 2**30, 200 * 2**20  # bytes free


def clock(patient: Patient) -> Verdict:
    """Whether all clocks that we see tell the same time; `drifts` are seconds before this machine's."""
    drifts, first = {}, patient.alive
    if first.date is not None:
        drifts["the proxy"] = _drift(first.date, first.sent_at - 1, first.came_at)  # it tells whole seconds
    if patient.knows_probe:
        answer = patient.knocked()[0]
        drifts["the application"] = _drift(patient.probe["now"], answer.sent_at, answer.came_at)
    with suppress(Unseen):
        drifts["Postgres"] = _drift(patient.store["now"], patient.store["began"], patient.store["ended"])
    wrong_ones = {name: drift for name, drift in drifts.items() if abs(drift) > MOST_DRIFT}
    if wrong_ones:
        told = ", ".join(f"{name} {drift:+.0f} s" for name, drift in wrong_ones.items())
        return wrong(
            f"Clocks differ from this machine's: {told}. Tokens and forms end too early or too late.",
            "On each machine: timedatectl set-ntp true, and see timedatectl timesync-status (apt install systemd-timesyncd).",
        )
    return fine(f"The clocks of {', '.join(drifts)} agree with this machine's.")


def _drift(told: float, began: float, ended: float) -> float:
    """How far a time told between two moments lies outside them."""
    return min(told - began, 0.0) or max(told - ended, 0.0)


def env(patient: Patient) -> Verdict:
    """Who may read the secrets."""
    found = []
    for path in (patient.root / ".env", patient.root / "var" / "secret_key"):
        if path.exists():
            if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
                return wrong(
                    f"Everybody on this machine may read {path}, and with it SECRET_KEY and the database's password.",
                    f"chmod 600 {path}; if others have accounts here, take a new SECRET_KEY and database password.",
                )
            found.append(path.name)
    return fine(
        f"Only its owner and group may read {' and '.join(found)}." if found else "There is no .env; settings come from outside."
    )


def catalogues(patient: Patient) -> Verdict:
    locale = patient.root / "microblog" / "locale"
    missing, stale = [], []
    for code in patient.config.languages:
        source = locale / code.replace("-", "_") / "LC_MESSAGES" / "messages.po"
        compiled = source.with_suffix(".mo")
        if not source.exists():  # the language of the source itself, or one that nobody has translated yet
            continue
        if not compiled.exists():
            missing.append(code)
        elif compiled.stat().st_mtime < source.stat().st_mtime:
            stale.append(code)
    if missing or stale:
        how = "not compiled" if missing else "older than their texts"
        return warning(
            f"Catalogues of {', '.join(missing + stale)} are {how}: what they lack stands there in English.",
            "python -m microblog translate compile, then renew uWSGI's processes.",
        )
    return fine(f"The catalogues of {', '.join(patient.config.languages)} are compiled.")


def disk(patient: Patient) -> Verdict:
    free = shutil.disk_usage(patient.root).free
    if free < LITTLE:
        verdict = wrong if free < TOO_LITTLE else warning
        return verdict(
            f"{free // 2**20} MB are free on the disk of {patient.root}.", f"Make room there: du -xh {patient.root} | sort -h."
        )
    return fine(f"{free / 2**30:.0f} GB are free on the disk of {patient.root}.")
