"""Whether people who type the public address arrive here."""

import ssl
import time
from urllib.parse import urljoin, urlsplit

from .door import STRANGER
from .patient import Patient
from .verdicts import Unseen, Verdict, fine, warning, wrong

SOON, VERY_SOON = 21, 5  # days that a certificate is still good for
OUTSIDE = "There is nothing here."  # app.py says so of whatever is outside its mount


def answers(patient: Patient) -> Verdict:
    url = patient.config.public_url
    try:
        first = patient.first
    except Unseen as unseen:
        return wrong(
            f"Nobody answers at {url}: {unseen}",
            "Start nginx, have it `listen` there, and let the firewall through (systemctl status nginx; ss -tln); "
            "let the host's name point to this machine (DNS); or set PUBLIC_URL to where the site is.",
        )
    if first.status in (502, 503, 504):
        return wrong(
            f"The proxy answers {first.status}: it does not reach uWSGI.",
            "Start uWSGI (systemctl status microblog-web), name its socket in nginx's `upstream`, and let nginx's user reach the "
            "socket's folder (nginx's error log says which).",
        )
    return fine(f"{url}/livez answers {first.status} within {(first.came_at - first.sent_at) * 1_000:.0f} ms.")


def scheme(patient: Patient) -> Verdict:
    first, public = patient.first, patient.config.public_url
    better = "https" + public.removeprefix("http")
    mend = f"Set PUBLIC_URL={better} and restart web and worker: links and cookies are made for it (Secure is among the latter)."
    if patient.config.scheme == "http" and first.one("Location").startswith("https:"):
        return wrong("PUBLIC_URL begins with http://, but whoever goes there is sent to https://.", mend)
    if patient.config.scheme == "http" and patient.door.scheme == "https":
        return wrong("PUBLIC_URL begins with http://, but TLS is what answers.", mend)
    seen = patient.probe["saw"]["scheme"]
    if patient.config.scheme == "http" and seen == "https":
        return wrong("PUBLIC_URL begins with http://, but requests come with TLS.", mend)
    if seen != patient.door.scheme:
        return warning(
            f"We come by {patient.door.scheme}, and the application is told {seen}.",
            "In nginx: uwsgi_param HTTPS $https if_not_empty; uwsgi_param HTTP_X_FORWARDED_PROTO $scheme;",
        )
    return fine(f"PUBLIC_URL and what is spoken agree: {seen}.")


def prefix(patient: Patient) -> Verdict:
    first, mount = patient.first, patient.mount or "/"
    mend = (
        f"Three places must name the same prefix: PUBLIC_URL (now {patient.config.public_url}), MICROBLOG_MOUNT={mount} for "
        f"uWSGI, and nginx's locations, `location {patient.mount}/ {{ uwsgi_pass microblog; }}`, which must not cut it off."
    )
    if first.status == 404 and first.text.strip() == OUTSIDE:
        return wrong(f"Microblog answers, but takes {mount} for a place outside its own prefix.", mend)
    if first.status == 404:
        return wrong(f"At {mount} there is no Microblog: {patient.mount}/livez is not found.", mend)
    probe = patient.probe
    if probe["saw"]["script_name"] != patient.mount or probe["saw"]["path"] != "/doctor":
        return wrong(f"The application sees {probe['saw']['script_name']!r} and {probe['saw']['path']!r}.", mend)
    fingerprint, name = patient.style
    if f'"{patient.mount}/static/{fingerprint}/{name}"' not in patient.page.text:
        return wrong(f"Links on the page do not begin with {mount}.", mend)
    return fine(f"The site lives at {mount}, and its links begin so.")


def ours(patient: Patient) -> Verdict:
    first = patient.first
    if first.status == 404 or (patient.config.scheme == "http" and first.one("Location").startswith("https:")):
        raise Unseen(f"{patient.mount}/livez answers {first.status}.")
    if first.status != 200 or first.text != "alive\n":
        return wrong(
            f"What answers at {patient.config.public_url} is no Microblog: {patient.mount}/livez answers {first.status}.",
            "Set PUBLIC_URL to this installation's address, and see which `server` of nginx takes that name.",
        )
    answer, told = patient.knocked()
    if told is None and answer.one("X-Request-ID"):
        return wrong(
            "A Microblog answers, but not to a request signed with our SECRET_KEY.",
            "It runs with another SECRET_KEY or is another installation, or an older version of the code: compare SECRET_KEY in "
            ".env with that of the service, restart it, and see that PUBLIC_URL and nginx's `upstream` lead to it.",
        )
    if told is None:
        return wrong(
            f"Something before the application answers {answer.status} to GET {patient.mount}/doctor in its place.",
            "Let the proxy pass everything below the prefix on to uWSGI, X-Microblog-Knock included, and keep no copies.",
        )
    return fine("It holds our SECRET_KEY.")


def public_url(patient: Patient) -> Verdict:
    theirs = patient.probe["public_url"]
    if theirs != patient.config.public_url:
        return wrong(
            f"The running site has PUBLIC_URL={theirs}, the settings here say {patient.config.public_url}.",
            "Correct the one that is wrong, in .env or the service's Environment, and restart web and worker.",
        )
    return fine(f"The running site has the same: {theirs}.")


def slash(patient: Patient) -> Verdict:
    _ = patient.alive
    if not patient.mount:
        return fine("There is no prefix.")
    answer = patient.door.ask("GET", "", {"Host": STRANGER})
    if answer.status not in (301, 308):  # a server that does not know that name need not answer as ours does
        answer = patient.door.ask("GET", "")
    public = urlsplit(patient.config.public_url + "/")
    target = urlsplit(urljoin(patient.config.public_url, answer.one("Location")))
    if answer.status < 400 and answer.one("X-Request-ID"):
        return fine(f"{patient.mount} is answered by the application itself.")
    mend = f"In nginx: location = {patient.mount} {{ return 308 {patient.mount}/$is_args$args; }} and `absolute_redirect off`."
    if answer.status not in (301, 302, 307, 308):
        return warning(f"{patient.mount} without a slash answers {answer.status}.", mend)
    if target.hostname == STRANGER:
        return warning(f"{patient.mount} leads to whatever host a client names.", mend)
    if (target.netloc, target.path) != (public.netloc, public.path):
        return wrong(f"{patient.mount} leads to {answer.one('Location')}.", mend)
    return fine(f"{patient.mount} leads to {patient.mount}/.")


def plain(patient: Patient) -> Verdict:
    """What becomes of whoever comes without TLS."""
    config, door = patient.config, patient.door
    if config.scheme != "https":
        return fine("PUBLIC_URL is without TLS.")
    mend = f"In nginx: server {{ listen 80; server_name {door.name}; return 301 https://$server_name$request_uri; }}"
    try:
        answer = door.ask("GET", "/livez", {"Host": door.name}, plain=True)
    except Unseen as unseen:
        return warning(f"Whoever types the address without https:// gets no answer at port {door.plain_port}: {unseen}", mend)
    location = answer.one("Location")
    if answer.status in (301, 302, 307, 308) and location == f"{config.public_url}/livez":
        return fine("http:// leads to https://.")
    if answer.status in (301, 302, 307, 308):
        return wrong(f"http:// leads to {location}.", mend)
    return wrong(f"Without TLS the site answers {answer.status}, and whatever is typed there can be read on its way.", mend)


def certificate(patient: Patient) -> Verdict:
    door = patient.door
    if door.scheme != "https":
        return fine("There is no TLS.")
    try:
        found = door.certificate()
    except ssl.SSLCertVerificationError as error:
        return wrong(
            f"Browsers refuse the certificate for {door.name}: {error.verify_message or error.reason}.",
            f"Get one that is good for {door.name}, such as by certbot, with its whole chain in `ssl_certificate` "
            "(fullchain.pem), and reload nginx. While it is your own for a trial: doctor --insecure.",
        )
    days = int((ssl.cert_time_to_seconds(found["notAfter"]) - time.time()) // 86_400)
    if days < SOON:
        verdict = wrong if days < VERY_SOON else warning
        return verdict(
            f"The certificate ends in {days} days.",
            "Renew it and reload nginx (certbot renew; systemctl list-timers says whether that happens by itself).",
        )
    return fine(f"The certificate is good for {days} days more.")
