"""This face's table of contents: a row a URL, a column a verb."""

from ...framework.routing import Path
from . import access_tokens, secrets

PATHS = (
    Path("/auth", POST=access_tokens.create, limit="login"),
    Path("/secret", GET=secrets.show),
)
