"""All faces on one map."""

from .config import Config
from .faces.web import face as web
from .framework.routing import Urls

FACES = (web,)


def bind_outside(config: Config) -> Urls:
    """The map at the configured address: for the front door, and for links that are made where no request is."""
    return Urls(FACES, scheme=config.scheme, host=config.host, mount=config.mount)
