"""What the doctor (`python -m microblog doctor`) asks a running site: what reached it, and what it runs with. For everybody else
there is no such page. No secret is told, only digests by which the holder of the same secrets sees whether they are the same."""

import dataclasses
import hashlib
import hmac
import os
import shutil
import time
from typing import Any

import psycopg2
from msgspec import json
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound

from ... import __version__
from ...config import Config
from ...framework import process
from ...framework.knocks import HEADER, Knocks
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from ...framework.signing import derived
from ...framework.standing import standing

MARK = "the key itself"  # a name among the digests by which one sees whose key they are made with


@public
def show(request: Request) -> Response:
    """What reached us of this request, and how things stand here."""
    return _tell(request, {"length": 0})


@public
def create(request: Request) -> Response:
    """The same, and what of a body has arrived."""
    return _tell(request, None)


def _tell(request: Request, body: dict[str, Any] | None) -> Response:
    config = request.app.config
    answer = Knocks(config.secret_keys).heard(request.headers.get(HEADER), time.time())
    if answer is None:
        raise NotFound
    told = {
        "answer": answer,
        "now": time.time(),
        "version": __version__,
        "needs_schema": request.app.schema_version,
        "static": request.app.assets.fingerprint,
        "public_url": config.public_url,
        "settings": digests(config, config.secret_keys[0]),
        "pool": request.app.database.connections,
        "saw": _saw(request, {"length": len(request.get_data())} if body is None else body),
        "process": process.facts(),
        "logs": _logs(config),
        "database": _database(request),
    }
    return Response(json.encode(told), mimetype="application/json")


def digests(config: Config, key: str) -> dict[str, str]:
    """For each setting a digest, by a key, from which nobody learns its value."""
    values = {field.name: repr(getattr(config, field.name)) for field in dataclasses.fields(config)} | {MARK: MARK}
    secret = derived(key, "digests of settings")
    return {name: hmac.new(secret, f"{name}={value}".encode(), hashlib.sha256).hexdigest()[:16] for name, value in values.items()}


def _saw(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    environ = request.environ
    names = {name for name in environ if name.startswith("HTTP_X_FORWARDED_")}
    names |= {"HTTP_FORWARDED", "HTTP_PROXY", "HTTP_SCRIPT_NAME", "HTTP_X_REQUEST_ID"} & environ.keys()
    return {
        "scheme": environ.get("wsgi.url_scheme", ""),
        "host": environ.get("HTTP_HOST", ""),
        "script_name": environ.get("SCRIPT_NAME", ""),
        "path": environ.get("PATH_INFO", ""),
        "address": environ.get("REMOTE_ADDR", ""),
        "headers": {name.removeprefix("HTTP_"): environ[name] for name in sorted(names) if environ[name]},
        "body": body,
    }


def _logs(config: Config) -> dict[str, Any] | None:
    """Whether log files can be written and how many bytes are free for them; None where lines go to stdout."""
    if config.log_to_stdout:
        return None
    folder = next(path for path in (config.log_dir, *config.log_dir.parents) if path.exists())
    return {"folder": str(config.log_dir), "writable": os.access(folder, os.W_OK), "free": shutil.disk_usage(folder).free}


def _database(request: Request) -> dict[str, Any] | None:
    """How things stand with the database as this process reaches it; None if it does not reach it."""
    try:
        return standing(request.db)
    except (SQLAlchemyError, psycopg2.Error):
        request.release()
        return None
