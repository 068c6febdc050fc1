"""This face's table of contents: a row a URL, a column a verb."""

from ...framework.routing import Path
from . import access_tokens, candidates, users, votes

PATHS = (
    Path("/auth/signup", POST=users.create, limit="register"),
    Path("/auth/login", POST=access_tokens.create, limit="login"),
    Path("/auth/token", GET=access_tokens.show),
    Path("/candidates", GET=candidates.index),
    Path("/vote", POST=votes.create),
)
