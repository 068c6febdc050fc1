"""Whether what stands before the application hands over what a request says, adds what is true, and keeps the rest away."""

import ipaddress

from ..faces.web.avatars import LARGEST_BODY
from .patient import CHUNKED, FORGED, FORGED_ADDRESS, FORGED_ID, Patient
from .verdicts import Verdict, fine, warning, wrong

FAT_COOKIE = 7_500  # bytes that a neighbour on the same host may have left in a browser; nginx bears 8 kB
MANY_HEADERS = 200
LARGEST_FORM = 65_536  # the largest body of most of our paths
SANE = 64 * 2**20  # bytes: nobody needs to send as much
REMOTE_ADDR = "uwsgi_param REMOTE_ADDR $remote_addr;"


def host(patient: Patient) -> Verdict:
    seen = patient.probe["saw"]["host"]
    if seen != patient.config.host:
        return wrong(
            f"The application is told Host {seen!r} and not {patient.config.host!r}; in production it answers 421 to that.",
            "In nginx: uwsgi_param HTTP_HOST $http_host; (its own uwsgi_params may say $host, which drops the port).",
        )
    return fine(f"The application is told {seen}.")


def address(patient: Patient) -> Verdict:
    seen, own = patient.probe["saw"]["address"], patient.knocked()[0].address
    mend = (
        f"In nginx: {REMOTE_ADDR} If another proxy stands before nginx, name it and its header there: "
        "set_real_ip_from ITS_ADDRESS; real_ip_header X-Forwarded-For;"
    )
    harm = "so that limits count all strangers as one and no session tells where it is"
    if not seen:
        return wrong(f"The application is told no address of whoever comes, {harm}.", mend)
    try:
        theirs = ipaddress.ip_address(seen)
    except ValueError:
        return wrong(f"The application is told {seen!r} in place of an address, {harm}.", mend)
    if seen == own:
        return fine(f"We come from {own}, and the application is told so.")
    ours = ipaddress.ip_address(own)
    if ours.is_loopback or theirs.is_loopback or (theirs.is_private and ours.is_global):
        return wrong(f"We come from {own}, and the application is told {seen}, a proxy's, {harm}.", mend)
    if theirs.is_private:
        return warning(f"We come from {own}, and the application is told {seen}; if that is a proxy's, this is {harm}.", mend)
    return fine(f"The application is told {seen}; we are {own} in our own network. Is the former what others see of us?")


def forged_address(patient: Patient) -> Verdict:
    seen = patient.forged["saw"]["address"]
    if seen == FORGED_ADDRESS:
        return wrong(
            "X-Forwarded-For or X-Real-IP of any client is believed: whoever writes it escapes all limits by address.",
            f"In nginx: {REMOTE_ADDR} and set_real_ip_from only for the addresses of your own proxies, never 0.0.0.0/0.",
        )
    return fine("What a client writes into X-Forwarded-For is not believed.")


def forged_headers(patient: Patient) -> Verdict:
    saw = patient.forged["saw"]
    passed = [name for name, value in FORGED.items() if value in saw["headers"].get(name, "")]
    lines = [f"uwsgi_param HTTP_{name} {'$remote_addr' if name == 'X_FORWARDED_FOR' else chr(34) * 2};" for name in passed]
    if saw["scheme"] != patient.probe["saw"]["scheme"]:
        passed.append("X_FORWARDED_PROTO")
        lines += ["uwsgi_param HTTP_X_FORWARDED_PROTO $scheme;", 'uwsgi_param HTTP_X_FORWARDED_SSL "";']
    if passed:
        names = ", ".join(name.replace("_", "-").title() for name in passed)
        return warning(f"The proxy passes on what clients write into {names}.", f"In nginx: {' '.join(lines)}")
    return fine("Headers that only a proxy may write are overwritten.")


def request_id(patient: Patient) -> Verdict:
    mend = "In nginx: uwsgi_param HTTP_X_REQUEST_ID $request_id; (and $request_id in its log_format)."
    if FORGED_ID in patient.forged["saw"]["headers"].get("X_REQUEST_ID", ""):
        return warning("A client chooses the id under which its request is logged.", mend)
    given = patient.probe["saw"]["headers"].get("X_REQUEST_ID", "")
    if not given:
        return warning("The proxy gives requests no id, so that its log and ours cannot be put side by side.", mend)
    if patient.knocked()[0].one("X-Request-ID") != given:
        return warning(
            f"The answer does not carry the id {given} that the proxy gave.", "Let the proxy pass X-Request-ID of answers on."
        )
    return fine("Requests carry nginx's id to the application, and answers back.")


def chunked(patient: Patient) -> Verdict:
    length = patient.chunked["saw"]["body"]["length"]
    if length != CHUNKED:
        return wrong(
            f"Of a body of {CHUNKED} bytes sent in chunks {length} arrive: what programs send is lost.",
            'In nginx: uwsgi_param HTTP_TRANSFER_ENCODING ""; uwsgi_param CONTENT_LENGTH $content_length;',
        )
    return fine("A body sent in chunks arrives whole.")


def fat_cookie(patient: Patient) -> Verdict:
    _ = patient.alive
    status = patient.door.ask("GET", "/livez", {"Cookie": "theirs=" + "x" * FAT_COOKIE}).status
    if status != 200:
        return wrong(
            f"With {FAT_COOKIE} bytes of another site's cookies the answer is {status}: such people are locked out.",
            "In nginx: large_client_header_buffers 4 8k; in uwsgi.ini: buffer-size = 65535.",
        )
    return fine(f"{FAT_COOKIE} bytes of another site's cookies do no harm.")


def many_headers(patient: Patient) -> Verdict:
    _ = patient.alive
    status = patient.door.ask("GET", "/livez", pairs=MANY_HEADERS).status
    if status != 200:
        return warning(
            f"With {MANY_HEADERS} headers the answer is {status}.",
            "In uwsgi.ini: max-vars = 2048; in nginx: large_client_header_buffers 4 8k;",
        )
    return fine(f"{MANY_HEADERS} headers do no harm.")


def room(patient: Patient) -> Verdict:
    """Whether the proxy lets through what we would take."""
    _ = patient.alive
    for path, length, line in (
        ("/auth/login", LARGEST_FORM, "client_max_body_size 256k;"),
        (
            "/edit_profile/picture",
            LARGEST_BODY,
            f"location = {patient.mount}/edit_profile/picture {{ client_max_body_size 5m; uwsgi_pass microblog; }}",
        ),
    ):
        if not _takes(patient, path, length):
            return wrong(
                f"The proxy refuses {length:,} bytes at {patient.mount}{path}, which Microblog takes.", f"In nginx: {line}"
            )
    return fine(f"Forms of {LARGEST_FORM:,} bytes and pictures of {LARGEST_BODY:,} may come in.")


def _takes(patient: Patient, path: str, length: int) -> bool:
    """Whether a body of so many bytes arrives. Some servers do not say so before they have it."""
    if patient.judges_unread:
        return patient.door.offer(path, length) != 413
    answer = patient.door.ask("POST", path, {"Content-Type": "application/octet-stream"}, body=b"x" * length)
    return answer.status != 413 or bool(answer.one("X-Request-ID"))


def bound(patient: Patient) -> Verdict:
    """Whether the proxy keeps away what nobody needs to send."""
    _ = patient.alive
    mend = (
        "In nginx: client_max_body_size 256k; for everything but pictures. It writes bodies to its disk before it hands them on."
    )
    if not patient.judges_unread or patient.door.offer("/auth/login", SANE) != 413:
        return warning(f"A body of {SANE // 2**20} MB would be read before it is refused.", mend)
    return fine("The proxy refuses bodies that are far too large unread.")


def not_found(patient: Patient) -> Verdict:
    """Whether our own error pages come through."""
    _ = patient.alive
    answer = patient.door.ask("GET", "/doctor/nothing-is-here")
    if answer.status != 404 or not answer.one("X-Request-ID") or answer.one("X-Request-ID") not in answer.text:
        return wrong(
            f"A page that is not there answers {answer.status} with a page that is not ours; programs get it, too.",
            "In nginx: no `error_page` and no `uwsgi_intercept_errors on;` for the locations of Microblog.",
        )
    return fine("Our own pages of refusal come through.")


def head(patient: Patient) -> Verdict:
    _ = patient.alive
    answer = patient.door.ask("HEAD", "/livez")
    if answer.status != 200 or answer.body:
        return warning(
            f"HEAD {patient.mount}/livez answers {answer.status}.",
            "Let the proxy pass every method on: no `limit_except`, no `if`.",
        )
    return fine("HEAD is answered.")


def keeps_line(patient: Patient) -> Verdict:
    """Whether a browser may ask for more on the same line."""
    if any(value.lower() == "close" for value in patient.page.all("Connection")):
        return warning("Each request needs a new connection.", "In nginx: keepalive_timeout 30s;")
    return fine("Connections are kept for more requests.")
