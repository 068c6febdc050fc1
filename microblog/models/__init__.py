"""What we remember: tables only, no rules; one table family a file."""

from .base import Base, metadata
from .follow import Follow
from .job import Job, PeriodicJob
from .limit import Allowance
from .post import Post
from .session import Session
from .user import Credential, User

__all__ = ["Allowance", "Base", "Credential", "Follow", "Job", "PeriodicJob", "Post", "Session", "User", "metadata"]
