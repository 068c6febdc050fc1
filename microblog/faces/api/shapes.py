"""The shapes in which things are sent and taken. Ids of posts, polls, messages and notifications are strings: they have 64 bits,
and JavaScript's numbers only 53. Instants are ISO 8601 in UTC with a Z."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ...core import ballots, checks, polls, users
from ...framework.languages import Message as Sentence

Id = Annotated[str, Meta(pattern="^[1-9][0-9]{0,18}$", description="64 bits in decimal digits; greater ones are newer")]


class Taken(Struct, forbid_unknown_fields=True):
    """What is sent to us: nothing that we do not know."""


# People


class Author(Struct):
    """A person beside something of theirs."""

    id: int
    username: str
    display_name: str
    links: "AuthorLinks" = field(name="_links")


class AuthorLinks(Struct):
    self_: str = field(name="self")
    avatar: str


class User(Struct):
    """A person in public; `email` only for themselves. `last_seen` is when they, or a program of theirs, were here last."""

    id: int
    username: str
    display_name: str
    about_me: str
    created_at: datetime
    last_seen: datetime
    post_count: int
    follower_count: int
    followed_count: int
    links: "UserLinks" = field(name="_links")
    email: str | UnsetType = UNSET


class UserLinks(Struct):
    self_: str = field(name="self")
    followers: str
    followed: str
    posts: str
    avatar: str


Username = Annotated[str, Meta(max_length=64)]
DisplayName = Annotated[str, Meta(max_length=users.LONGEST_DISPLAY_NAME)]
AboutMe = Annotated[str, Meta(max_length=users.LONGEST_ABOUT_ME)]
Email = Annotated[str, Meta(max_length=checks.LONGEST_EMAIL)]
Password = Annotated[str, Meta(max_length=checks.LONGEST_PASSWORD)]


class NewUser(Taken):
    """Somebody who joins."""

    username: Username
    email: Email
    password: Password
    display_name: DisplayName = ""
    about_me: AboutMe = ""

    when_missing: ClassVar[Sentence] = Sentence("must include username, email and password fields")


class UserChanges(Taken):
    """What a person changes of themselves; what is left out stays. A password is not changed here."""

    username: Username | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    display_name: DisplayName | UnsetType = UNSET
    about_me: AboutMe | UnsetType = UNSET
    language: Annotated[str, Meta(max_length=12)] | UnsetType = UNSET
    password: Any = UNSET


class Relation(Struct):
    """Who of two people reads the other: the caller (`following`), the other (`followed_by`)."""

    user_id: int
    following: bool
    followed_by: bool
    links: "Self" = field(name="_links")


class Self(Struct):
    self_: str = field(name="self")


# Posts and polls


class Choice(Struct):
    """One choice of a poll; `votes` and `percent` are null while the results are hidden."""

    number: int
    text: str
    votes: int | None
    percent: int | None
    is_own: bool


class Poll(Struct):
    """A poll as the caller sees it: results are hidden until they have voted or it is closed."""

    id: Id
    question: str
    choices: list[Choice]
    takes_several: bool
    voter_count: int
    has_voted: bool
    is_closed: bool
    closes_at: datetime | None
    links: "PollLinks" = field(name="_links")


class PollLinks(Struct):
    self_: str = field(name="self")
    votes: str
    post: str | None


class NewPoll(Taken):
    """What a post asks: two to six choices, and for how many seconds."""

    choices: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=polls.LONGEST_CHOICE)]],
        Meta(min_length=polls.FEWEST_CHOICES, max_length=polls.MOST_CHOICES),
    ]
    closes_in: Annotated[
        int,
        Meta(ge=int(polls.SHORTEST_TIME.total_seconds()), le=int(polls.LONGEST_TIME.total_seconds()), description="seconds"),
    ] = 86_400
    takes_several: bool = False


class NewVote(Taken):
    """The numbers of what one chooses."""

    choices: Annotated[list[Annotated[int, Meta(ge=1, le=ballots.MOST_CHOICES)]], Meta(min_length=1, max_length=100)]


class Post(Struct):
    """What somebody has said. `url` is its page for people with a browser."""

    id: Id
    body: str
    language: str
    mentions: list[str]
    created_at: datetime
    edited_at: datetime | None
    author: Author
    poll: Poll | None
    url: str
    links: "PostLinks" = field(name="_links")


class PostLinks(Struct):
    self_: str = field(name="self")
    author: str


class NewPost(Taken):
    body: Annotated[str, Meta(min_length=1, max_length=5_000)]
    poll: NewPoll | None = None


class PostText(Taken):
    body: Annotated[str, Meta(min_length=1, max_length=5_000)]


# Messages


class Message(Struct):
    """What one person has written to another."""

    id: Id
    body: str
    created_at: datetime
    sender: Author
    recipient_id: int
    links: "MessageLinks" = field(name="_links")


class MessageLinks(Struct):
    self_: str = field(name="self")
    conversation: str


class NewMessage(Taken):
    recipient_id: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    body: Annotated[str, Meta(min_length=1, max_length=5_000)]


class LastMessage(Struct):
    """The newest message of a conversation."""

    id: Id
    body: str
    created_at: datetime
    sender_id: int


class Conversation(Struct):
    """What the caller and somebody else have written to each other."""

    user: Author
    unread_count: int
    last_message: LastMessage
    links: Self = field(name="_links")


# What the caller is told


class Notification(Struct):
    """One line of what the caller is told: who has done what, to which post or task."""

    id: Id
    kind: Literal["follow", "mention", "message", "task", "poll"]
    created_at: datetime
    read_at: datetime | None
    actor: Author | None
    post_id: Id | None
    links: "NotificationLinks" = field(name="_links")


class NotificationLinks(Struct):
    self_: str = field(name="self")
    post: str | None


class Signal(Struct):
    """The newest state of something that an open page shows. `timestamp` is Unix time; ask for what is newer by `since`."""

    name: str
    data: Any
    timestamp: float


# Tasks


class Task(Struct):
    """Work the caller has asked for. `file` leads to what has come of it, for a day."""

    id: str
    description: str
    progress: Annotated[int, Meta(ge=0, le=100, description="percent")]
    is_complete: bool
    has_failed: bool
    created_at: datetime
    finished_at: datetime | None
    links: "TaskLinks" = field(name="_links")


class TaskLinks(Struct):
    self_: str = field(name="self")
    file: str | None


# Tokens


class Token(Struct):
    """A token of the API: 32 characters, sent as `Authorization: Bearer …`."""

    token: str
    expires_at: datetime
    links: Self = field(name="_links")


class NewToken(Taken):
    """What to call a token, so that its owner knows it again. Asking for the same label again gives the same token."""

    label: Annotated[str, Meta(max_length=checks.LONGEST_LABEL)] = ""


class HeldToken(Struct):
    """A token as its owner sees it in a list: not what it says."""

    id: Id
    face: Literal["api", "miniter", "ballot", "tokenauth"]
    label: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    is_this: bool
    links: Self = field(name="_links")


# The instance


class Language(Struct):
    code: str
    name: str
    is_default: bool


class Limits(Struct):
    """What fits: characters of a post, choices of a poll, things on a page."""

    post_length: int
    poll_choices: int
    poll_choice_length: int
    per_page: int


class InstanceLinks(Struct):
    self_: str = field(name="self")
    tokens: str
    users: str
    posts: str
    home: str
    conversations: str
    messages: str
    notifications: str
    signals: str
    search: str
    languages: str
    exports: str
    openapi: str
    docs: str


class Instance(Struct):
    """What this is, and where everything is."""

    name: str
    version: str
    url: str
    registration_open: bool
    languages: list[str]
    limits: Limits
    links: InstanceLinks = field(name="_links")
