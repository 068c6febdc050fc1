"""Saying something."""

from ...core import posts
from ...core.refusals import Invalid
from ...framework.request import Request
from ...framework.response import Response
from .bodies import strings
from .refusals import InItsWords


def create(request: Request) -> Response:
    (tweet,) = strings(request, "tweet")
    longest = request.app.config.post_length
    try:
        posts.publish(request.db, request.user.id, tweet, longest=longest)
    except Invalid as refusal:
        if tweet.strip():
            raise InItsWords(f"{longest}자 초과했어요") from refusal
        raise
    return Response()
