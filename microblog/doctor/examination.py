"""All checks in the order in which one asks: what stands first explains what follows."""

import logging
from collections.abc import Iterable, Iterator

from . import address, letters, machine, pages, proxy, server, store, work
from .patient import Patient
from .verdicts import Check, Finding, Level, Unseen

log = logging.getLogger(__name__)

CHECKS = (
    Check("address.answers", "somebody answers at PUBLIC_URL", address.answers),
    Check("address.scheme", "http or https: PUBLIC_URL and what is spoken agree", address.scheme),
    Check("address.prefix", "PUBLIC_URL, uWSGI and nginx name the same prefix", address.prefix),
    Check("address.ours", "it is this installation that answers", address.ours),
    Check("address.public_url", "the running site has the same PUBLIC_URL", address.public_url),
    Check("address.slash", "the prefix without a slash leads to the site", address.slash),
    Check("address.plain", "http leads to https", address.plain),
    Check("address.certificate", "the certificate is good for the name, and for a while", address.certificate),
    Check("proxy.host", "the Host arrives", proxy.host),
    Check("proxy.address", "the address of whoever comes arrives", proxy.address),
    Check("proxy.forged_address", "nobody can forge an address", proxy.forged_address),
    Check("proxy.forged_headers", "headers that only a proxy may write are overwritten", proxy.forged_headers),
    Check("proxy.request_id", "each request has one id in all logs", proxy.request_id),
    Check("proxy.chunked", "bodies of unknown length arrive", proxy.chunked),
    Check("proxy.fat_cookie", "other sites' cookies do no harm", proxy.fat_cookie),
    Check("proxy.many_headers", "many headers do no harm", proxy.many_headers),
    Check("proxy.room", "forms and pictures may come in", proxy.room),
    Check("proxy.bound", "what is far too large is refused unread", proxy.bound),
    Check("proxy.not_found", "our own pages of refusal come through", proxy.not_found),
    Check("proxy.head", "HEAD is answered", proxy.head),
    Check("proxy.keeps_line", "connections are kept", proxy.keeps_line),
    Check("pages.security", "security headers arrive once, unchanged", pages.security),
    Check("pages.hsts", "HSTS arrives once, if it should", pages.hsts),
    Check("pages.private", "pages for one person are kept by nobody", pages.private),
    Check("pages.cookies", "cookies arrive as they were set", pages.cookies),
    Check("pages.copies", "the proxy gives out no copies", pages.copies),
    Check("pages.packed", "text goes out compressed", pages.packed),
    Check("static.found", "style sheets are found", pages.static),
    Check("static.kept", "nginx gives them out, browsers keep them", pages.kept),
    Check("static.current", "the running site knows the files that are there", pages.current),
    Check("server.ready", "/readyz", server.ready),
    Check("server.version", "the code that runs is the code that is here", server.version),
    Check("server.settings", "the settings that run are the settings that are here", server.settings),
    Check("server.production", "a site that others reach takes no risks", server.production),
    Check("server.uwsgi", "uWSGI has what uwsgi.ini says", server.uwsgi),
    Check("server.pool", "each thread has its connection to Postgres", server.pool),
    Check("server.backlog", "nobody waits for a worker", server.backlog),
    Check("server.user", "the site does not run as root", server.user),
    Check("server.files", "a process may open enough files", server.files),
    Check("server.logs", "log files can be written", server.logs),
    Check("postgres.answers", "Postgres answers us and the site", store.answers),
    Check("postgres.same", "both mean the same database", store.same),
    Check("postgres.schema", "the schema is the one that the code needs", store.schema),
    Check("postgres.version", "Postgres is 15 or newer and speaks UTF8", store.version),
    Check("postgres.room", "connections for all who may want one", store.room),
    Check("postgres.timeouts", "what takes too long is ended", store.timeouts),
    Check("postgres.writable", "it is the primary and takes writes", store.writable),
    Check("postgres.durable", "what is acknowledged survives a crash", store.durable),
    Check("postgres.role", "the site is no superuser there", store.role),
    Check("postgres.replica", "the replica follows", store.replica),
    Check("postgres.direct", "the way past a pooler leads to the same database", store.direct),
    Check("work.workers", "a worker lives", work.workers),
    Check("work.queue", "no job waits too long", work.queue),
    Check("work.given_up", "no job was given up lately", work.given_up),
    Check("mail.server", "the mail server would take letters", letters.server),
    Check("mail.admins", "somebody is told of errors", letters.admins),
    Check("machine.clock", "all clocks agree", machine.clock),
    Check("machine.env", "nobody else may read the secrets", machine.env),
    Check("machine.catalogues", "catalogues are compiled", machine.catalogues),
    Check("machine.disk", "there is room on the disk", machine.disk),
)


def examine(patient: Patient, checks: Iterable[Check] = CHECKS) -> Iterator[Finding]:
    """What each check finds, one after the other. A check that itself goes wrong is a finding, too."""
    for check in checks:
        try:
            verdict = check.look(patient)
        except Unseen as unseen:
            yield Finding(check.name, check.looks_at, Level.UNSEEN, str(unseen), "")
        except Exception as error:
            log.debug("The check %s went wrong.", check.name, exc_info=True)
            seen = f"The check itself went wrong: {type(error).__name__}."
            yield Finding(check.name, check.looks_at, Level.WRONG, seen, "Tell the authors, with the version of Microblog.")
        else:
            yield Finding(check.name, check.looks_at, verdict.level, verdict.seen, verdict.mend)
