"""The front door: one WSGI callable that matches, identifies, guards, handles, and commits or refuses."""

import logging
import os
import random
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import exc
from werkzeug.exceptions import MethodNotAllowed, MisdirectedRequest, NotFound
from werkzeug.routing import RequestRedirect

from . import alarm, migrations, urls
from .config import Config
from .faces import jwts
from .faces.tokenauth.creator import TokenCreator
from .faces.web.pages import make_templates
from .faces.web.translations import open_translator
from .framework import assets, chunks, logs, meters, origins, process, stopwatch
from .framework.csrf import FormGuard
from .framework.database import Database
from .framework.faults import Fault, fault_of
from .framework.languages import Languages
from .framework.replica import Replica
from .framework.request import Request, decoded_path
from .framework.response import NOT_KEPT, Response, plain, redirect, security_headers
from .framework.routing import VERBS
from .framework.session import Cookies

log = logging.getLogger(__name__)

MOST_TRIES = 3  # of a request whose transaction collided with another
# Seconds to wait before trying again when Postgres went away: a restart takes less than their sum, also on a busy machine.
PAUSES_WHILE_AWAY = (0.05, 0.1, 0.2, 0.4, 0.4, 0.4, 0.4)
# Seconds after the first failure within which that is worth it: where each try itself waits for a host that does not answer or
# for a place in the pool, all of them would hold a thread too long.
HOPE_WHILE_AWAY = 2.0
SLOW = 1.0  # seconds; a request that takes longer is written down


class Application:
    """Holds what outlives a request. Everything else travels in the request."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.database = Database(
            config.database_url, connections=config.threads, pooled=config.is_pooled, slow_ms=config.slow_query_ms
        )
        self.replica = _open_replica(config)
        self.languages = Languages(config.languages, config.root / "microblog" / "locale")
        self.cookies = Cookies(config.secret_keys, mount=config.mount, secure=config.scheme == "https")
        self.forms = FormGuard(config.secret_keys, config.public_url)
        self.assets = assets.Assets(config.root / "static")
        self.urls = urls.bind_outside(config)
        self.templates = make_templates(self)
        self.frames: dict[tuple[str, str], str] = {}  # pages without what differs on them, by language and template
        self.translator = open_translator(config)
        guards = security_headers(hsts_seconds=config.hsts_seconds if config.scheme == "https" else 0)
        self.guards = {name.lower(): (name, value) for name, value in guards.items()}  # of every answer
        self.meters = _open_meters(config)
        self.jwts = jwts.open_all(config)
        self.token_creator = TokenCreator(self.jwts["tokenauth"], refresh_time=timedelta(minutes=config.refresh_time_min))
        self.schema_version = migrations.head()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not self._enter_mount(environ):
            return self._plainly("There is nothing here.", 404)(environ, start_response)
        chunks.open_body(environ)
        request = Request(environ, app=self)
        stopwatch.begin(request.marks)
        if self.meters:
            self.meters.take()
        try:
            response = self.respond(request)
            self._count(request, response)
        finally:
            request.release()
            stopwatch.end()
            if self.meters:
                self.meters.give()
        return response(environ, start_response)

    def respond(self, request: Request) -> Response:
        """Answer a request whatever happens: also the refusal of a refusal is an answer."""
        face = request.face = self.urls.face_at(request.path)
        failed_at = 0.0
        for attempt in range(1, 100):
            try:
                return request.finish(self.handle(request))
            except RequestRedirect as detour:
                return request.finish(redirect(_without_host(detour.new_url), 308))
            except Exception as error:
                failed_at = failed_at or time.monotonic()
                since = time.monotonic() - failed_at
                pause = self._turn_from_replica(request, error) or _pause_before_retry(request, error, attempt, since)
                if pause is None:
                    refusal = error
                    break
                if self.meters:
                    self.meters.note_retry(_reason(request, error))
                request.start_over()
                time.sleep(pause)
        request.release()
        try:
            return request.finish(face.refuse(request, refusal))
        except Exception:
            log.exception("The refusal failed too. [%s]", request.id)
            return self._plainly("An unexpected error has occurred.", 500)

    def handle(self, request: Request) -> Response:
        """Match, identify, guard, handle, commit."""
        path = decoded_path(request.environ)
        if request.method == "OPTIONS" and (methods := self.urls.bind(path).allowed_methods()):
            return self._options(request, sorted({*methods, "OPTIONS"}))
        try:
            route, arguments = self.urls.match(path, request.method, request.environ.get("QUERY_STRING", ""))
        except (NotFound, MethodNotAllowed):
            self._check_host(request)
            request.user = self.urls.face_at(path).identify(request)  # the page that says so is for somebody, too
            raise
        request.route, request.arguments = route, arguments
        request.max_content_length = route.body
        if not route.path.anonymous:
            self._check_host(request)
            request.user = route.identify(request)
            route.face.guard(request, route)
        request.begin()
        response = route.face.call(request, route, arguments)
        request.commit()  # before anything is said: an answer that says "done" is durable
        return response

    def _plainly(self, text: str, status: int) -> Response:
        """A few words where no face can speak, guarded as all answers are."""
        response = plain(text, status)
        response.headers["Cache-Control"] = NOT_KEPT
        response.further = list(self.guards.values())
        return response

    def _count(self, request: Request, response: Response) -> None:
        """Count an answer, and write down one that took long."""
        cost = stopwatch.read()
        route = request.route
        if self.meters and (route is None or route.path.counted):
            endpoint, face = (route.endpoint, route.face.name) if route else ("none", "none")
            self.meters.note(endpoint, face, _known(request.method), response.status_code, cost)
        if cost[0] >= SLOW:
            log.warning("Slow request: %s %s", request.method, request.shown_path, extra={"status": response.status_code})

    def _turn_from_replica(self, request: Request, error: Exception) -> float | None:
        """If the replica is what does not answer, leave it alone and ask the primary at once: seconds to wait, else None."""
        if self.replica is None or not request.asks_replica or fault_of(error) is not Fault.AWAY:
            return None
        log.warning("The replica does not answer; the primary does its work for a while.")
        self.replica.avoid()
        return 0.001

    def _options(self, request: Request, methods: list[str]) -> Response:
        """What may be done here; to a browser that asks for a page of another origin, whether that page may."""
        if request.face and request.face.is_open:
            return origins.preflight(methods)
        return Response(status=204, headers={"Allow": ", ".join(methods)})

    def _enter_mount(self, environ: dict[str, Any]) -> bool:
        """Bring SCRIPT_NAME and PATH_INFO in line with the configured mount; False for a request from outside it.

        uWSGI has cut the prefix off already where it is told to manage the script name; other servers leave it on.
        """
        mount = self.config.mount
        if environ.get("SCRIPT_NAME", "").rstrip("/") == mount:
            environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
        elif not environ.get("SCRIPT_NAME") and f"{environ.get('PATH_INFO', '')}/".startswith(mount + "/"):
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(mount) or "/"
        else:
            return False
        environ["SCRIPT_NAME"] = mount
        return True

    def _check_host(self, request: Request) -> None:
        host = request.environ.get("HTTP_HOST", "").lower()
        default_port = ":443" if self.config.scheme == "https" else ":80"
        if self.config.is_production and host.removesuffix(default_port) != self.config.host:
            raise MisdirectedRequest


def _without_host(address: str) -> str:
    """The path and query of an address of ours: whoever comes through a tunnel knows us by another host and port."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def _reason(request: Request, error: Exception) -> str:
    """Why a request is handled once more, as it is counted: a collision, or which place gave no connection."""
    if isinstance(error, exc.TimeoutError):
        return "pool"
    fault = fault_of(error)
    return "replica" if fault is Fault.AWAY and request.asks_replica else fault.value if fault else "none"


def _known(method: str) -> str:
    """A method as it is counted: what nobody has heard of is one of many."""
    return method if method in VERBS or method in ("HEAD", "OPTIONS") else "other"


def _open_meters(config: Config) -> meters.Meters | None:
    """Where requests are counted, if anybody may ask: in a folder of this server, in files of this process's number there. A
    site without figures is better than none."""
    if not config.metrics_token:
        return None
    folder = Path(os.environ.get("MICROBLOG_RUN") or config.root / "var" / "run") / "metrics"
    try:
        meters.tidy(folder, process.lives)
        return meters.Meters(folder / process.server(), process.number())
    except OSError as error:
        log.error("Nothing is counted, for %s cannot be used: %s", folder, error)
        return None


def _open_replica(config: Config) -> Replica | None:
    if not config.database_replica_url:
        return None
    name = "microblog reading"
    return Replica(
        Database(
            config.database_replica_url,
            connections=config.threads,
            name=name,
            pooled=config.is_pooled,
            slow_ms=config.slow_query_ms,
        )
    )


def _pause_before_retry(request: Request, error: Exception, attempt: int, since: float) -> float | None:
    """Seconds until the whole request is worth another try, or None if it is not, so many seconds after the first failure."""
    fault = fault_of(error)
    if fault is Fault.COLLISION and attempt < MOST_TRIES:
        return random.uniform(0.01, 0.05)
    hopes = attempt <= len(PAUSES_WHILE_AWAY) and since < HOPE_WHILE_AWAY
    if fault is Fault.AWAY and not request.may_be_stored and hopes:
        return PAUSES_WHILE_AWAY[attempt - 1]
    return None


def create(config: Config) -> Application:
    """An application for a server: logging set up, the start written down."""
    logs.set_up(config.log_dir, to_stdout=config.log_to_stdout, form=config.log_format)
    application = Application(config)
    alarm.sound(config, application.database)
    log.info("Microblog startup")
    return application
