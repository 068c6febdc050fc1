"""What several tests of pages stand on."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from microblog.core import posts
from microblog.core.polls import NewPoll
from microblog.models import Poll


@dataclass(frozen=True)
class Asked:
    """A post with a poll."""

    post_id: int
    id: int


@pytest.fixture
def ask(db):
    """Has somebody ask something: ask(alice, "Rye", "Wheat", takes_several=True)."""

    def asked(author, *choices: str, body: str = "Which one?", takes_several: bool = False) -> Asked:
        poll = NewPoll(choices or ("Rye", "Wheat", "Oats"), timedelta(days=1), takes_several)
        post_id = posts.publish(db, author.id, body, longest=300, poll=poll)
        db.commit()
        return Asked(post_id, db.scalar(select(Poll.id).where(Poll.post_id == post_id)))

    return asked
