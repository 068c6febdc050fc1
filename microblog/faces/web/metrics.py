"""What Prometheus asks: counters of this host's processes, and figures of the whole site from Postgres."""

import hmac

from prometheus_client.core import GaugeMetricFamily, Metric
from werkzeug.exceptions import NotFound

from ... import __version__
from ...core import figures
from ...framework.faults import Fault, fault_of
from ...framework.replica import Replica
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
    """Whatever can be told: while Postgres is away the counters of this host are what one wants to see."""
    build = GaugeMetricFamily("microblog_build", "The version and the schema that serve.", labels=["version", "schema"])
    build.add_metric([__version__, request.app.schema_version], 1)
    pool = request.app.database.engine.pool
    size = _gauge("microblog_pool_size", "Connections that the process that answers may hold.", pool.size())  # type: ignore[attr-defined]
    try:
        found = figures.all_of(request.db)
    except Exception as error:
        if fault_of(error) not in (Fault.AWAY, Fault.SLOW):
            raise
        request.release()
        return [build, size, _gauge("microblog_database_up", "Whether Postgres answers.", 0)]
    jobs = GaugeMetricFamily("microblog_jobs", "Jobs by what they wait for.", labels=["state"])
    for state in ("due", "later", "running", "given_up"):
        jobs.add_metric([state], getattr(found, state))
    gauges = (
        ("microblog_database_up", "Whether Postgres answers.", 1),
        ("microblog_oldest_job_seconds", "For how long the oldest job has been due.", float(found.oldest)),
        ("microblog_workers", "Processes that do jobs and live.", found.workers),
        ("microblog_people", "People who are not suspended.", found.people),
        ("microblog_posts", "Posts, about.", found.posts),
        ("microblog_sessions", "Sessions of browsers, about.", found.sessions),
    )
    return [build, size, jobs, *(_gauge(*each) for each in gauges), *_of_replica(request.app.replica, found.position)]


def _of_replica(replica: Replica | None, position: str | None) -> list[Metric]:
    """Whether the replica answers, and what it lacks: measured from the primary, so that one that hears nothing looks late."""
    if replica is None:
        return []
    up = _gauge("microblog_replica_up", "Whether the replica answers.", 0)
    if replica.is_avoided or position is None:
        return [up]
    try:
        behind = replica.behind(position)
    except Exception as error:
        if fault_of(error) not in (Fault.AWAY, Fault.SLOW):
            raise
        return [up]
    lag = _gauge("microblog_replica_lag_bytes", "Bytes of the primary's log that the replica does not show yet.", behind)
    return [_gauge("microblog_replica_up", "Whether the replica answers.", 1), lag]


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value)
