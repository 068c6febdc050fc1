"""What uWSGI's master imports before it begins workers, which have it in common: two thirds of what each would load by itself.

Only libraries: our own code is read by each worker, so that a chain reload brings it. A library that is installed anew reaches
them when the whole server is reloaded (deploy/upgrade.sh does that); `lock` tells whether one has been.
"""

import gc
import hashlib
from pathlib import Path

import argon2  # noqa: F401
import babel.dates
import babel.localedata
import itsdangerous  # noqa: F401
import jinja2.ext  # noqa: F401
import jwt  # noqa: F401
import msgspec  # noqa: F401
import prometheus_client.core
import prometheus_client.multiprocess  # noqa: F401
import psycopg2  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg2
import sqlalchemy.orm  # noqa: F401
import werkzeug.routing  # noqa: F401


def lock() -> str:
    """A digest of the list of all libraries as it is now."""
    return hashlib.sha256((Path(__file__).parent / "requirements.lock").read_bytes()).hexdigest()


PRELOADED = lock()

for code in ("en", "es", "ko"):  # the languages that there are catalogues of
    babel.localedata.load(code)
gc.collect()
gc.freeze()  # else the collector would write to what the workers have in common
