"""What we remember: tables only, no rules; one table family a file."""

from .avatar import Avatar
from .base import Base, metadata
from .failure import Failure
from .follow import Follow
from .job import Job, PeriodicJob
from .limit import Allowance
from .message import Conversation, Message
from .notification import Notification, Signal
from .post import Post
from .session import Session
from .task import Task
from .token import Token
from .translation import Translation
from .user import Credential, User

__all__ = [
    "Allowance",
    "Avatar",
    "Base",
    "Conversation",
    "Credential",
    "Failure",
    "Follow",
    "Job",
    "Message",
    "Notification",
    "PeriodicJob",
    "Post",
    "Session",
    "Signal",
    "Task",
    "Token",
    "Translation",
    "User",
    "metadata",
]
