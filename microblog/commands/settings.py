"""What most commands begin with: the settings from the environment and .env, and a database that answers."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import Failure

if TYPE_CHECKING:
    from ..config import Config


def load() -> "Config":
    """The settings; the environment wins over the file .env."""
    from dotenv import load_dotenv

    from ..config import ROOT, ConfigError, read

    load_dotenv(ROOT / ".env")
    try:
        return read()
    except ConfigError as error:
        raise Failure(str(error)) from error


@contextlib.contextmanager
def with_database() -> Iterator["Config"]:
    """The settings with a database: the one they name, else the private one, which is left as it was found."""
    config = load()
    if config.database_url:
        yield config
        return
    from ..embedded import Cluster, ClusterError

    try:
        with Cluster(config.root / "var" / "postgres") as cluster:
            os.environ["DATABASE_URL"] = cluster.start()
            yield load()
    except ClusterError as error:
        raise Failure(str(error)) from error
