"""Polls as the caller sees them."""

from ...core import polls
from ...core.polls import Shown
from ...framework.request import Request
from . import shapes


def show(request: Request, poll_id: int) -> shapes.Poll:
    """One poll: its results once the caller has voted or it is closed."""
    return shaped(request, polls.one(request.db, poll_id, reader_id=request.user.id))


def shaped(request: Request, poll: Shown) -> shapes.Poll:
    return shapes.Poll(
        id=str(poll.id),
        question=poll.question,
        choices=[shapes.Choice(each.number, each.text, each.votes, each.percent, each.is_own) for each in poll.choices],
        takes_several=poll.takes_several,
        voter_count=poll.voter_count,
        has_voted=poll.has_voted,
        is_closed=poll.is_closed,
        closes_at=poll.closes_at,
        links=shapes.PollLinks(
            self_=request.url_for("api.polls.show", poll_id=poll.id),
            votes=request.url_for("api.votes.create", poll_id=poll.id),
            post=request.url_for("api.posts.show", post_id=poll.post_id) if poll.post_id else None,
        ),
    )
