"""What this instance is, what fits into it, and where everything is."""

from ... import __version__
from ...core import polls
from ...framework.request import Request
from ...framework.routing import public
from . import collections, shapes


@public
def show(request: Request) -> shapes.Instance:
    """The beginning: a program that knows this address finds everything else."""
    link, config = request.url_for, request.app.config
    return shapes.Instance(
        name="Microblog",
        version=__version__,
        url=config.public_url + "/",
        registration_open=config.registration_open,
        languages=list(request.app.languages.known),
        limits=shapes.Limits(config.post_length, polls.MOST_CHOICES, polls.LONGEST_CHOICE, collections.MOST_PER_PAGE),
        links=shapes.InstanceLinks(
            self_=link("api.instance.show"),
            tokens=link("api.access_tokens.create"),
            users=link("api.users.index"),
            posts=link("api.posts.index"),
            home=link("api.home.index"),
            conversations=link("api.conversations.index"),
            messages=link("api.messages.index"),
            notifications=link("api.notifications.index"),
            signals=link("api.signals.index"),
            search=link("api.search.index"),
            languages=link("api.languages.index"),
            exports=link("api.exports.index"),
            openapi=link("api.openapi.show"),
            docs=link("api.docs.show"),
        ),
    )
