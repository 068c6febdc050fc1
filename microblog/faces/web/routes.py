"""The web's table of contents: a row a URL, a column a verb."""

from ...framework.response import KEPT_FOR_GOOD
from ...framework.routing import Path
from . import addresses, assets, avatars, explore, exports, follows, health, home, posts, resets, sessions, users

PATHS = (
    Path("/", GET=home.index, POST=posts.create, limit="post"),
    Path("/index", GET=home.index, POST=posts.create, limit="post"),
    Path("/explore", GET=explore.index),
    Path("/post/<id:post_id>", GET=posts.show),
    Path("/post/<id:post_id>/delete", POST=posts.delete),
    Path("/user/<handle:username>", GET=users.show),
    Path("/follow/<handle:username>", POST=follows.create),
    Path("/unfollow/<handle:username>", POST=follows.delete),
    Path("/auth/login", GET=sessions.new, POST=sessions.create, limit="login"),
    Path("/auth/logout", POST=sessions.delete),
    Path("/auth/reset_password_request", GET=resets.new, POST=resets.create, limit="reset"),
    Path("/auth/reset_password/<token>", GET=resets.edit, POST=resets.update, limit="login"),
    Path("/auth/email/<token>", GET=addresses.edit, POST=addresses.update, limit="login"),
    Path("/export_posts", POST=exports.create),
    Path("/export/<task_id>/posts.json", GET=exports.show),
    Path("/auth/register", GET=users.new, POST=users.create, limit="register"),
    Path("/avatar/<id:user_id>.svg", GET=avatars.show, cache=KEPT_FOR_GOOD, anonymous=True),
    Path("/static/<fingerprint>/<path:name>", GET=assets.show, cache=KEPT_FOR_GOOD, anonymous=True),
    Path("/livez", GET=health.live, anonymous=True),
    Path("/readyz", GET=health.ready, anonymous=True),
)
