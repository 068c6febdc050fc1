"""This face's table of contents: a row a URL, a column a verb."""

from ...framework.routing import Path
from . import access_tokens, follows, ping, timelines, tweets, users

PATHS = (
    Path("/ping", GET=ping.show, anonymous=True),
    Path("/sign-up", POST=users.create, limit="register"),
    Path("/login", POST=access_tokens.create, limit="login"),
    Path("/tweet", POST=tweets.create, limit="post"),
    Path("/follow", POST=follows.create),
    Path("/unfollow", POST=follows.delete),
    Path("/timeline", GET=timelines.index),
    Path("/timeline/<user_id>", GET=timelines.show),
)
