"""Whether the processes that serve are the right ones, and were started as they should be."""

from ..faces.web.doctor import MARK, digests
from ..migrations import head
from .patient import Patient
from .verdicts import Verdict, fine, warning, wrong

RENEW = "systemctl restart microblog-web microblog-worker (or touch uWSGI's run/reload, once MICROBLOG_RUN is known)"
# Of the command `run` alone, said in the unit of a service, or about where this very process writes.
OF_EACH_PROCESS = {"host_to_bind", "port", "processes", "threads", "workers", "log_dir", "log_to_stdout", "log_format", "root"}
LEAST_BUFFER, LEAST_VARS, LEAST_POST = 32_768, 1_024, 1
NGINX_WAITS = 30  # seconds (uwsgi_read_timeout)
LEAST_FILES = 1_024
LEAST_FREE = 200 * 2**20  # bytes
NEAR = ("localhost", "127.0.0.1", "::1")
MINDED = ("true", "1")


def ready(patient: Patient) -> Verdict:
    _ = patient.alive
    answer = patient.door.ask("GET", "/readyz")
    if answer.status != 200 or answer.text != "ready\n":
        told = answer.text.strip() if len(answer.text) < 300 else f"it answers {answer.status}"
        return wrong(
            f"The site is not ready to work: {told}.",
            "See what the checks of Postgres say; python -m microblog db upgrade brings the schema up to date.",
        )
    return fine("The site says that it is ready.")


def version(patient: Patient) -> Verdict:
    from .. import __version__

    theirs, ours = (patient.probe["version"], patient.probe["needs_schema"]), (__version__, head())
    if theirs != ours:
        return wrong(
            f"The running site is {theirs[0]} for schema {theirs[1]}, the code here {ours[0]} for schema {ours[1]}.",
            f"Run what is installed: {RENEW}.",
        )
    return fine(f"The running site is the code that is here: {ours[0]}, for schema {ours[1]}.")


def settings(patient: Patient) -> Verdict:
    theirs = patient.probe["settings"]
    for key in patient.config.secret_keys:
        ours = digests(patient.config, key)
        if ours[MARK] == theirs.get(MARK):
            break
    else:
        return warning(
            "The site signs with a key that is not in SECRET_KEY here.", f"Give both the same SECRET_KEY, and {RENEW}."
        )
    differ = sorted(name for name in ours.keys() - OF_EACH_PROCESS if ours[name] != theirs.get(name))
    if differ:
        names = ", ".join(name.upper() for name in differ)
        return warning(
            f"The running site has other values than the settings here for {names}.",
            f"If .env was changed: {RENEW}. Else run doctor with the service's own environment and as its user.",
        )
    return fine("The running site has the settings that are here.")


def production(patient: Patient) -> Verdict:
    """Whether a site that others reach runs as one that others reach."""
    config = patient.config
    name = patient.door.name
    if not config.is_production and name not in NEAR and not name.endswith(".localhost"):
        return wrong(
            f"Others reach the site by the name {name}, but MICROBLOG_ENV={config.environment} forgives what endangers them.",
            f"MICROBLOG_ENV=production in .env; then {RENEW}.",
        )
    if config.is_production and not config.rate_limits:
        return wrong("RATE_LIMITS=off: passwords may be guessed without end.", f"RATE_LIMITS=on; then {RENEW}.")
    return fine(f"MICROBLOG_ENV={config.environment}.")


def uwsgi(patient: Patient) -> Verdict:
    found = patient.uwsgi
    if found is None:
        return warning(
            "Something else than uWSGI serves the site.", "Start it by deploy/boot.sh, which becomes uWSGI with uwsgi.ini."
        )
    options = found["options"]
    number = {name: int(value) if value.isdigit() else 0 for name, value in options.items()}
    lines = []
    if found["buffer_size"] < LEAST_BUFFER:
        lines.append("buffer-size = 65535")
    if number.get("max-vars", 64) < LEAST_VARS:
        lines.append("max-vars = 2048")
    if number.get("post-buffering", 0) < LEAST_POST:
        lines.append("post-buffering = 65536")
    if 0 < number.get("harakiri", 0) <= NGINX_WAITS:
        lines.append("harakiri = 60")
    lines += [
        f"{name} = true"
        for name in ("master", "lazy-apps", "need-app", "single-interpreter")
        if options.get(name, "").lower() not in MINDED
    ]
    if lines:
        return warning("uWSGI was started without some of what uwsgi.ini says.", f"In uwsgi.ini: {'; '.join(lines)}.")
    return fine(f"uWSGI {found['version']} has what uwsgi.ini says; processes x threads {found['processes']}x{found['threads']}.")


def pool(patient: Patient) -> Verdict:
    connections = patient.probe["pool"]
    threads = patient.uwsgi["threads"] if patient.uwsgi else connections
    if threads > connections:
        return wrong(
            f"A process has {threads} threads and {connections} connections to Postgres: the others wait and then answer 503.",
            f"Let THREADS={threads} stand in the environment of the service, so that uWSGI and the application both see it.",
        )
    return fine(f"Each of a process's {threads} threads has its connection.")


def backlog(patient: Patient) -> Verdict:
    found = patient.uwsgi
    if found is None:
        return fine("Something else than uWSGI serves the site.")
    room, waiting = int(found["options"].get("listen", "100")), found["waiting"]
    if waiting is not None and waiting * 4 > room:
        return warning(
            f"{waiting} connections wait for a worker, {room} may.",
            "More PROCESSES if there are cores to spare, else another host; docs/scaling.md says when.",
        )
    return fine(f"{waiting or 0} connections wait for a worker, {room} may.")


def user(patient: Patient) -> Verdict:
    if patient.probe["process"]["is_root"]:
        return warning(
            "The site runs as root: whoever breaks in owns the machine.",
            "Let the service have an account of its own: User=microblog in systemd, user= in supervisor, uid= in uwsgi.ini.",
        )
    return fine("The site runs under an account without privileges.")


def files(patient: Patient) -> Verdict:
    most = patient.probe["process"]["open_files"]
    if 0 <= most < LEAST_FILES:
        return warning(f"A process may open {most} files and connections.", "LimitNOFILE=16384 in the systemd unit (ulimit -n).")
    return fine(f"A process may open {most} files and connections.")


def logs(patient: Patient) -> Verdict:
    found = patient.probe["logs"]
    if found is None:
        return fine("Log lines go to stdout.")
    if not found["writable"]:
        return wrong(
            f"The site cannot write {found['folder']}: nobody learns what goes wrong.",
            f"chown its user: chown -R microblog {found['folder']}; or LOG_TO_STDOUT=on.",
        )
    if found["free"] < LEAST_FREE:
        return wrong(f"{found['free'] // 2**20} MB are free for log files.", f"Make room on the disk of {found['folder']}.")
    return fine(f"Log files can be written to {found['folder']}.")
