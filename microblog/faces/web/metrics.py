"""What Prometheus asks: counters of this host's processes, and figures of the whole site from Postgres."""

import hmac

from prometheus_client.core import GaugeMetricFamily, Metric
from werkzeug.exceptions import NotFound

from ... import __version__
from ...core import figures
from ...framework.request import Request
from ...framework.response import Response, plain
from ...framework.routing import public

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@public
def index(request: Request) -> Response:
    """All of it, for whoever sends the token of the settings; without one in the settings there is no such page."""
    token = request.app.config.metrics_token
    if request.app.meters is None or not token:
        raise NotFound
    sent = request.environ.get("HTTP_AUTHORIZATION", "")
    if not hmac.compare_digest(sent.encode("latin-1"), f"Bearer {token}".encode()):
        return plain("Who asks? Authorization: Bearer …, with METRICS_TOKEN.\n", 401, **{"WWW-Authenticate": "Bearer"})
    response = Response(request.app.meters.exposition(_of_site(request)))
    response.headers["Content-Type"] = MEDIA_TYPE
    return response


def _of_site(request: Request) -> list[Metric]:
    found = figures.all_of(request.db)
    jobs = GaugeMetricFamily("microblog_jobs", "Jobs by what they wait for.", labels=["state"])
    for state in ("due", "later", "running", "given_up"):
        jobs.add_metric([state], getattr(found, state))
    build = GaugeMetricFamily("microblog_build", "The version and the schema that serve.", labels=["version", "schema"])
    build.add_metric([__version__, request.app.schema_version], 1)
    pool = request.app.database.engine.pool
    gauges = (
        ("microblog_oldest_job_seconds", "For how long the oldest job has been due.", float(found.oldest)),
        ("microblog_workers", "Processes that do jobs and live.", found.workers),
        ("microblog_people", "People who are not suspended.", found.people),
        ("microblog_posts", "Posts, about.", found.posts),
        ("microblog_sessions", "Sessions of browsers, about.", found.sessions),
        ("microblog_pool_size", "Connections that the process that answers may hold.", pool.size()),  # type: ignore[attr-defined]
    )
    return [jobs, build, *(GaugeMetricFamily(name, words, value) for name, words, value in gauges)]
