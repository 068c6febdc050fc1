"""Whether answers arrive at the browser as the application made them: nothing stripped, doubled, kept or slow."""

import gzip
import re
from contextlib import suppress

from ..framework.assets import TYPES, Assets
from ..framework.response import NOT_KEPT, SECURITY_HEADERS
from .door import Answer
from .patient import PAGE, Patient
from .verdicts import Verdict, fine, warning, wrong

HSTS = "Strict-Transport-Security"
YEAR = 31_536_000  # seconds
GZIP = "gzip on; gzip_vary on; gzip_proxied any; gzip_types text/css text/javascript application/json image/svg+xml;"


def security(patient: Patient) -> Verdict:
    faults, mends = [], []
    for name, value in SECURITY_HEADERS.items():
        found = patient.page.all(name)
        if found == [value]:
            continue
        if not found:
            faults.append(f"{name} is stripped")
            mends.append(f"take `uwsgi_hide_header {name};` (or proxy_hide_header) out of the proxy")
        elif len(found) > 1:
            faults.append(f"{name} comes {len(found)} times")
            mends.append(f"take the proxy's own `add_header {name} …;` out of Microblog's locations")
        else:
            faults.append(f"{name} is {found[0]!r}")
            mends.append(f"let the proxy leave {name} as it is")
    if faults:
        return wrong(f"Not as the application sends it: {'; '.join(faults)}.", f"In nginx: {'; '.join(mends)}.")
    return fine(f"{', '.join(SECURITY_HEADERS)} arrive once, as they were sent.")


def hsts(patient: Patient) -> Verdict:
    found, seconds = patient.page.all(HSTS), patient.config.hsts_seconds
    if len(found) > 1:
        return wrong(f"{HSTS} comes {len(found)} times.", f"Either HSTS_SECONDS=0 or no `add_header {HSTS}` in the proxy.")
    if patient.config.scheme != "https":
        return fine("PUBLIC_URL is without TLS.")
    if seconds and not found:
        return wrong(
            f"HSTS_SECONDS={seconds}, but {HSTS} does not arrive.",
            f"Restart the web server; take `uwsgi_hide_header {HSTS};` out of the proxy.",
        )
    if seconds and not re.search(rf"max-age={seconds}\b", found[0]):
        return warning(f"HSTS_SECONDS={seconds}, but {found[0]!r} arrives.", "Let the proxy leave it as it is.")
    if not found:
        return fine("Browsers are not told to insist on TLS (HSTS_SECONDS, once all of the host has it).")
    return fine(f"Browsers insist on TLS: {found[0]}.")


def private(patient: Patient) -> Verdict:
    """Whether pages that are for one person are kept by nobody."""
    found = patient.page.all("Cache-Control")
    if found != [NOT_KEPT] or patient.page.one("Expires"):
        said = ", ".join([*found, *(f"Expires {value}" for value in patient.page.all("Expires"))]) or "nothing"
        return wrong(
            f"Pages for one person go out with Cache-Control {said} in place of {NOT_KEPT}.",
            "In nginx: no `expires` and no `add_header Cache-Control` but in the location of static files.",
        )
    return fine(f"Pages for one person go out with {NOT_KEPT}.")


def cookies(patient: Patient) -> Verdict:
    """Whether cookies arrive as they were set."""
    found, path = patient.page.all("Set-Cookie"), f"Path={patient.mount}/"
    wanted = ["HttpOnly", "SameSite=Lax", path, *(["Secure"] if patient.config.scheme == "https" else [])]
    if not found:
        return wrong(
            "No cookie arrives: nobody can log in.",
            "In nginx: no `uwsgi_hide_header Set-Cookie` (proxy_hide_header) for Microblog.",
        )
    for cookie in found:
        attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
        if lacking := [name for name in wanted if name.lower() not in attributes]:
            return wrong(
                f"A cookie arrives without {', '.join(lacking)}.",
                "Let the proxy leave Set-Cookie as it is (no proxy_cookie_path, no proxy_cookie_flags); else see that the "
                f"running site has PUBLIC_URL={patient.config.public_url}, by which cookies are set.",
            )
    return fine(f"Cookies arrive with {', '.join(wanted)}.")


def copies(patient: Patient) -> Verdict:
    """Whether the proxy gives the same page to two people."""
    again = patient.door.ask("GET", PAGE)
    is_the_same = again.one("X-Request-ID") != "" and again.one("X-Request-ID") == patient.page.one("X-Request-ID")
    if is_the_same or again.one("Age") not in ("", "0") or "hit" in again.one("X-Cache").lower():
        return wrong(
            "The proxy answers from a copy: one person is shown the pages, cookies and form tokens of another.",
            "In nginx: no `uwsgi_cache` (proxy_cache) for Microblog, or none that has `uwsgi_ignore_headers Cache-Control`.",
        )
    return fine("Each request reaches the application; no copies are given out.")


def packed(patient: Patient) -> Verdict:
    """Whether text goes out compressed."""
    plain = [
        name for name, answer in (("pages", patient.packed), ("style sheets", patient.asset(packed=True))) if not _packed(answer)
    ]
    if plain:
        return warning(
            f"{' and '.join(plain).capitalize()} go out as they are, four times as long as needed.", f"In nginx: {GZIP}"
        )
    if "accept-encoding" not in ", ".join(patient.packed.all("Vary")).lower():
        return warning("Pages go out compressed without Vary: Accept-Encoding.", "In nginx: gzip_vary on;")
    return fine("Pages and style sheets go out compressed.")


def _packed(answer: Answer) -> bool:
    with suppress(OSError, EOFError):
        return answer.one("Content-Encoding") == "gzip" and len(gzip.decompress(answer.body)) > 0
    return False


def static(patient: Patient) -> Verdict:
    """Whether static files are found at all."""
    fingerprint, name = patient.style
    answer, where = patient.asset(), f"{patient.mount}/static/{fingerprint}/{name}"
    file = patient.root / "static" / name
    mend = (
        f"In nginx: location ~ ^{patient.mount}/static/[0-9a-f]+/(?<file>.+\\.[a-z0-9]+)$ {{ alias {patient.root}/static/$file; "
        f"… }}, and its user must be able to read there: chmod -R o+rX {patient.root}/static, o+x for the folders above."
    )
    if answer.status != 200:
        return wrong(f"{where} answers {answer.status}: pages have no style and no scripts.", mend)
    if answer.one("Content-Type").replace(" ", "").lower() not in ("text/css", TYPES[".css"].replace(" ", "")):
        return wrong(
            f"A style sheet goes out as {answer.one('Content-Type') or 'nothing'}, and browsers do not take it.",
            "In nginx: include mime.types;",
        )
    if file.is_file() and answer.body != file.read_bytes():
        return wrong(f"{where} is not what {file} holds.", mend)
    return fine("Pages find their style sheets.")


def kept(patient: Patient) -> Verdict:
    """Whether static files come from nginx and are kept by browsers."""
    answer = patient.asset()
    if answer.status != 200:
        return fine("There is nothing to keep.")
    ages = [int(age) for age in re.findall(r"max-age=([0-9]+)", ", ".join(answer.all("Cache-Control")))]
    location = f"location ~ ^{patient.mount}/static/[0-9a-f]+/(?<file>.+\\.[a-z0-9]+)$"
    if answer.one("X-Request-ID"):
        return warning(
            "Static files go through Python, which takes workers from people.",
            f"In nginx: {location} {{ alias {patient.root}/static/$file; expires max; … }} (nginx.conf has all of it).",
        )
    if not ages or min(ages) < YEAR:
        return warning(
            "Browsers ask for static files again and again.",
            f'In nginx, in {location}: expires max; add_header Cache-Control "public, immutable";',
        )
    return fine("nginx itself gives out static files, and browsers keep them.")


def current(patient: Patient) -> Verdict:
    """Whether the running site links to the files that are there."""
    there, here = patient.style[0], Assets(patient.root / "static").fingerprint
    if there != here:
        return wrong(
            f"The running site knows static files {there}, the folder here holds {here}.",
            "Renew uWSGI's processes (touch its run/reload, or systemctl reload-or-restart microblog-web).",
        )
    return fine("The running site knows the static files that are there.")
