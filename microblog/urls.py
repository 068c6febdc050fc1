"""All faces on one map."""

from .config import Config
from .faces.api import face as api
from .faces.ballot import face as ballot
from .faces.lab import face as lab
from .faces.miniter import face as miniter
from .faces.tokenauth import face as tokenauth
from .faces.web import face as web
from .framework.routing import Face, Urls

FACES = (web, api, miniter, ballot, tokenauth, lab)


def faces(config: Config) -> list[Face]:
    """The faces that an instance shows: all of them, the laboratory only where the operator leaves it open."""
    return [face for face in FACES if face is not lab or config.lab]


def bind_outside(config: Config) -> Urls:
    """The map at the configured address: for the front door, and for links that are made where no request is."""
    return Urls(faces(config), scheme=config.scheme, host=config.host, mount=config.mount)
