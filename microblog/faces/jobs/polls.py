"""The end of a poll: its author hears of it, then everybody who has voted, so many at a time."""

from typing import TYPE_CHECKING

from ...core import polls, queue

if TYPE_CHECKING:
    from . import Work


def close(work: "Work", poll_id: int) -> None:
    """Tell the author that a poll is over. One that was prolonged or told of already is left alone."""
    if polls.tell_end(work.db, poll_id) is not None:
        queue.enqueue(work.db, "jobs.polls.tell", poll_id=poll_id)


def tell(work: "Work", poll_id: int, above: int = 0) -> None:
    """Tell the next of those who have voted, and promise to tell the ones after them."""
    last = polls.tell_voters(work.db, poll_id, above)
    if last is not None:
        queue.enqueue(work.db, "jobs.polls.tell", poll_id=poll_id, above=last)
