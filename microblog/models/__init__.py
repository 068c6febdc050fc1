"""What we remember: tables only, no rules; one table family a file."""

from .access_token import AccessToken
from .audit_entry import AuditEntry
from .avatar import Avatar
from .base import Base, metadata
from .counter import Counter
from .failure import Failure
from .follow import Follow
from .heartbeat import Heartbeat
from .job import Job, PeriodicJob
from .kept_answer import KeptAnswer
from .limit import Allowance
from .message import Conversation, Message
from .notification import Notification, Signal
from .poll import Poll, PollChoice, Vote
from .post import Post
from .session import Session
from .task import Task
from .token import Token
from .translation import Translation
from .user import Credential, User

__all__ = [
    "AccessToken",
    "Allowance",
    "AuditEntry",
    "Avatar",
    "Base",
    "Conversation",
    "Counter",
    "Credential",
    "Failure",
    "Follow",
    "Heartbeat",
    "Job",
    "KeptAnswer",
    "Message",
    "Notification",
    "PeriodicJob",
    "Poll",
    "PollChoice",
    "Post",
    "Session",
    "Signal",
    "Task",
    "Token",
    "Translation",
    "User",
    "Vote",
    "metadata",
]
