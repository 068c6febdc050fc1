"""All that a person has said, gathered into one file and sent to them."""

import time
from typing import TYPE_CHECKING

from msgspec import json

from ...core import credentials, tasks, timelines
from ...framework.filters import instant
from ...framework.languages import Message
from . import letters

if TYPE_CHECKING:
    from . import Work


def create(work: "Work", task_id: str, user_id: int) -> None:
    """Gather, send, and only then close the task: what is shown as done has been sent."""
    person = credentials.addressee(work.db, user_id)
    gathered = []
    for number, post in enumerate(timelines.history(work.db, user_id), start=1):
        gathered.append({"body": post.body, "timestamp": instant(post.created_at)})
        work.show(task_id, 100 * number // max(person.post_count, 1))
        time.sleep(work.config.export_delay)
    document = json.format(json.encode({"posts": gathered}), indent=4)
    letters.send(
        work,
        "export",
        Message("Your blog posts"),
        person.email,
        language=person.language,
        attachments=(("posts.json", "application/json", document),),
        name=person.display_name or person.username,
        link=work.urls.address("web.exports.show", task_id=task_id),
    )
    tasks.finish(work.db, task_id, result=document)
