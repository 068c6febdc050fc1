"""The shapes in which things are sent and taken. Ids of posts, polls, messages and notifications are strings: they have 64 bits,
and JavaScript's numbers only 53. Instants are ISO 8601 in UTC with a Z."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ...core import ballots, checks, polls
from ...framework.languages import Message as Sentence
from .members import (
    AboutMe,
    Count,
    DisplayName,
    Email,
    Id,
    Instant,
    Link,
    Password,
    PersonId,
    Picture,
    Text,
    Username,
)


class Taken(Struct, forbid_unknown_fields=True):
    """What is sent to us: nothing that we do not know."""


# People


class Author(Struct):
    """A person beside something of theirs."""

    id: PersonId
    username: str
    display_name: str
    links: "AuthorLinks" = field(name="_links")


class AuthorLinks(Struct):
    self_: Link = field(name="self")
    avatar: Picture


class User(Struct):
    """A person in public; `email` only for themselves. `last_seen` is when they, or a program of theirs, were here last."""

    id: PersonId
    username: str
    display_name: str
    about_me: str
    created_at: Instant
    last_seen: Instant
    post_count: Count
    follower_count: Count
    followed_count: Count
    links: "UserLinks" = field(name="_links")
    email: Annotated[str, Meta(description="only where the person is the caller")] | UnsetType = UNSET


class UserLinks(Struct):
    self_: Link = field(name="self")
    followers: Link
    followed: Link
    posts: Link
    avatar: Picture


class NewUser(Taken):
    """Somebody who joins."""

    username: Annotated[Username, Meta(examples=["susan"])]
    email: Annotated[Email, Meta(examples=["susan@example.org"])]
    password: Annotated[Password, Meta(examples=["three words of mine"])]
    display_name: DisplayName = ""
    about_me: AboutMe = ""

    when_missing: ClassVar[Sentence] = Sentence("must include username, email and password fields")


class UserChanges(Taken):
    """What a person changes of themselves; what is left out stays. A password is not changed here."""

    username: Username | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    display_name: DisplayName | UnsetType = UNSET
    about_me: Annotated[AboutMe, Meta(examples=["I bake, and write programs."])] | UnsetType = UNSET
    language: (
        Annotated[str, Meta(max_length=12, description="of the pages, and of sentences for a person: a code from /api/languages")]
        | UnsetType
    ) = UNSET
    password: Annotated[Any, Meta(description="taken and not looked at")] = UNSET


class Relation(Struct):
    """Who of two people reads the other: the caller (`following`), the other (`followed_by`)."""

    user_id: PersonId
    following: bool
    followed_by: bool
    links: "Self" = field(name="_links")


class Self(Struct):
    self_: Link = field(name="self")


# Posts and polls


class Choice(Struct):
    """One choice of a poll; `votes` and `percent` are null while the results are hidden."""

    number: Annotated[int, Meta(ge=1, description="what a vote names")]
    text: str
    votes: Count | None
    percent: Annotated[int, Meta(ge=0, le=100, description="of those who have voted, rounded")] | None
    is_own: Annotated[bool, Meta(description="whether the caller has chosen it")]


class Poll(Struct):
    """A poll as the caller sees it: results are hidden until they have voted or it is closed."""

    id: Id
    question: Annotated[str, Meta(description="empty where a post asks it: its text is the question")]
    choices: list[Choice]
    takes_several: bool
    voter_count: Count
    has_voted: bool
    is_closed: bool
    closes_at: Annotated[Instant, Meta(description="null where it stays open until somebody closes it")] | None
    links: "PollLinks" = field(name="_links")


class PollLinks(Struct):
    self_: Link = field(name="self")
    votes: Link
    post: Link | None


class NewPoll(Taken):
    """What a post asks: two to six choices, and for how many seconds."""

    choices: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=polls.LONGEST_CHOICE)]],
        Meta(min_length=polls.FEWEST_CHOICES, max_length=polls.MOST_CHOICES, description="no two alike"),
    ]
    closes_in: Annotated[
        int,
        Meta(ge=int(polls.SHORTEST_TIME.total_seconds()), le=int(polls.LONGEST_TIME.total_seconds()), description="seconds"),
    ] = 86_400
    takes_several: Annotated[bool, Meta(description="whether one may choose more than one")] = False


class NewVote(Taken):
    """The numbers of what one chooses."""

    choices: Annotated[
        list[Annotated[int, Meta(ge=1, le=ballots.MOST_CHOICES)]],
        Meta(min_length=1, max_length=100, description="one, or several where the poll takes several", examples=[[1]]),
    ]


class Post(Struct):
    """What somebody has said. `url` is its page for people with a browser."""

    id: Id
    body: Annotated[str, Meta(description="plain text, with line breaks")]
    language: Annotated[str, Meta(description="a code such as `ko`, found out from the text; empty where that failed")]
    mentions: Annotated[list[str], Meta(description="usernames in the text that are somebody's")]
    created_at: Instant
    edited_at: Annotated[Instant, Meta(description="null unless it has been said otherwise since")] | None
    author: Author
    poll: Poll | None
    url: str
    links: "PostLinks" = field(name="_links")


class PostLinks(Struct):
    self_: Link = field(name="self")
    author: Link


class NewPost(Taken):
    """What one says, and what one asks with it."""

    body: Annotated[Text, Meta(examples=["Good morning from a program."])]
    poll: NewPoll | None = None


class PostText(Taken):
    """How a post reads from now on."""

    body: Annotated[Text, Meta(examples=["Good evening from a program."])]


# Messages


class Message(Struct):
    """What one person has written to another."""

    id: Id
    body: str
    created_at: Instant
    sender: Author
    recipient_id: PersonId
    links: "MessageLinks" = field(name="_links")


class MessageLinks(Struct):
    self_: Link = field(name="self")
    conversation: Link


class NewMessage(Taken):
    """What one writes, and to whom."""

    recipient_id: Annotated[PersonId, Meta(examples=[2])]
    body: Annotated[Text, Meta(examples=["Are you there?"])]


class LastMessage(Struct):
    """The newest message of a conversation."""

    id: Id
    body: str
    created_at: Instant
    sender_id: PersonId


class Conversation(Struct):
    """What the caller and somebody else have written to each other."""

    user: Author
    unread_count: Annotated[Count, Meta(description="of what the other person has written")]
    last_message: LastMessage
    links: Self = field(name="_links")


# What the caller is told


class Notification(Struct):
    """One line of what the caller is told: who has done what, to which post or task."""

    id: Id
    kind: Literal["follow", "mention", "message", "task", "poll"]
    created_at: Instant
    read_at: Instant | None
    actor: Annotated[Author, Meta(description="null where nobody did it, as with a task")] | None
    post_id: Annotated[Id, Meta(description="what a mention or a poll is about, else null")] | None
    links: "NotificationLinks" = field(name="_links")


class NotificationLinks(Struct):
    self_: Link = field(name="self")
    post: Link | None


class Signal(Struct):
    """The newest state of something that an open page shows. `timestamp` is Unix time; ask for what is newer by `since`."""

    name: Annotated[str, Meta(description="`unread_message_count`, `unread_notification_count` or `task_progress`")]
    data: Annotated[Any, Meta(description="a number, or for a task its id and percent")]
    timestamp: float


# Tasks


class Task(Struct):
    """Work the caller has asked for. `file` leads to what has come of it, for a day."""

    id: str
    description: str
    progress: Annotated[int, Meta(ge=0, le=100, description="percent")]
    is_complete: bool
    has_failed: Annotated[bool, Meta(description="given up; it may be asked for again")]
    created_at: Instant
    finished_at: Instant | None
    links: "TaskLinks" = field(name="_links")


class TaskLinks(Struct):
    self_: Link = field(name="self")
    file: Link | None


class ArchivedPost(Struct):
    body: str
    timestamp: Instant


class Archive(Struct):
    """All posts of a person, the oldest first."""

    posts: list[ArchivedPost]


# Tokens


class Token(Struct):
    """A token of the API: 32 characters, sent as `Authorization: Bearer …`."""

    token: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{32}$")]
    expires_at: Instant
    links: Self = field(name="_links")


class NewToken(Taken):
    """What to call a token, so that its owner knows it again. Asking for the same label again gives the same token."""

    label: Annotated[str, Meta(max_length=checks.LONGEST_LABEL, examples=["laptop"])] = ""


class HeldToken(Struct):
    """A token as its owner sees it in a list: not what it says."""

    id: Id
    face: Annotated[Literal["api", "miniter", "ballot", "tokenauth"], Meta(description="the protocol that it belongs to")]
    label: str
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    is_this: Annotated[bool, Meta(description="whether it is the one with which this was asked")]
    links: Self = field(name="_links")


# The instance


class Language(Struct):
    """A language of the pages; `name` is what it calls itself."""

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
    self_: Link = field(name="self")
    tokens: Link
    users: Link
    posts: Link
    home: Link
    conversations: Link
    messages: Link
    notifications: Link
    signals: Link
    search: Link
    languages: Link
    exports: Link
    openapi: Link
    docs: Link


class Instance(Struct):
    """What this is, and where everything is."""

    name: str
    version: str
    url: str
    registration_open: bool
    languages: list[str]
    limits: Limits
    links: InstanceLinks = field(name="_links")
