"""What the API's description says once and refers to: parameters, headers, refusals, who may come in, what it is about."""

from typing import Any

from ...core import kept_answers
from . import collections
from .repeats import HEADER

POSITION = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}

PARAMETERS: dict[str, dict[str, Any]] = {
    "page": {
        "name": "page",
        "in": "query",
        "description": "which page, from 1; deep in a long list go on by the links, which cost the same anywhere",
        "schema": {"type": "integer", "default": 1, "minimum": 1},
    },
    "per_page": {
        "name": "per_page",
        "in": "query",
        "description": "how many on a page",
        "schema": {"type": "integer", "default": collections.PER_PAGE, "minimum": 1, "maximum": collections.MOST_PER_PAGE},
    },
    "before": {
        "name": "before",
        "in": "query",
        "description": "what has a smaller id, the nearest of that",
        "schema": POSITION,
    },
    "after": {
        "name": "after",
        "in": "query",
        "description": "what has a greater id, the nearest of that",
        "schema": POSITION,
    },
    HEADER: {
        "name": HEADER,
        "in": "header",
        "description": "what is sent again under the same key within a day is not done again but answered as the first time; "
        "another request under it is a 422",
        "schema": {"type": "string", "minLength": 1, "maxLength": kept_answers.LONGEST_KEY, "pattern": "^[ -~]+$"},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "the `ETag` of what the caller has already: 304 while it is still so",
        "schema": {"type": "string"},
    },
}

COUNT = {"type": "integer", "minimum": 0}

HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "the request's name in our logs: tell it when something is wrong",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{8,64}$"},
    },
    "ETag": {
        "description": "changes when the answer does; to be sent as `If-None-Match`",
        "required": True,
        "schema": {"type": "string", "pattern": '^(W/)?"[^"]*"$'},
    },
    "Location": {
        "description": "the path of what has been made",
        "required": True,
        "schema": {"type": "string", "pattern": "^/"},
    },
    "Idempotent-Replayed": {
        "description": "the request was done before; this is the answer of that time",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "X-RateLimit-Limit": {"description": "how often one may do this; absent where nobody counts", "schema": COUNT},
    "X-RateLimit-Remaining": {"description": "how often now", "schema": COUNT},
    "X-RateLimit-Reset": {"description": "the Unix time when one may as often as ever", "schema": COUNT},
    "Retry-After": {
        "description": "seconds to wait before asking again",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "how to say who one is: `Bearer` or `Basic`",
        "required": True,
        "schema": {"type": "string"},
    },
}
RATES = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

# What requests may run into: the name it has in the description, and what is said of it.
REFUSALS = {
    400: ("BadRequest", "It cannot be understood"),
    401: ("Unauthorized", "Nobody, or nobody any more: a token or a password is missing, wrong or over"),
    403: ("Forbidden", "Not allowed"),
    404: ("NotFound", "Not there"),
    409: ("Conflict", "Not as things are"),
    413: ("TooLarge", "More than 64 KB"),
    415: ("NotJson", "A body that is not JSON, or does not say so"),
    422: ("Unfit", "A member that does not fit: `fields` says which, and why"),
    429: ("TooOften", "Too often"),
    500: ("Unforeseen", "Something unforeseen; the administrator has been told"),
    503: ("Away", "The database is away for a moment; nothing was done"),
}
HEADERS_OF_REFUSALS = {401: ["WWW-Authenticate"], 429: ["Retry-After", *RATES], 503: ["Retry-After"]}

SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token from `POST /api/tokens`, or made on the site."},
    "password": {"type": "http", "scheme": "basic", "description": "Username or e-mail address, and password."},
}

# What operations are about, in the order in which they are read: the first part of their path, and what to know of it.
TAGS = {
    "instance": ("Instance", "What this site is, in which languages it speaks, and this description of it."),
    "tokens": ("Tokens", "What lets programs in. Each program had better have one of its own, with a label."),
    "users": ("People", "Who is here, who follows whom, and what one says of oneself."),
    "posts": ("Posts", "What people say: everybody's, one person's, and what those say whom one follows."),
    "polls": ("Polls", "A post may ask something. Everybody has one vote, and sees the results after that or after the end."),
    "conversations": ("Messages", "What two people write to each other, and nobody else reads."),
    "notifications": ("Notifications", "What the caller is told, and what has changed since a moment."),
    "search": ("Search", "Posts and people by what they say of themselves."),
    "exports": ("Exports", "All that one has said, in one file."),
}
TAG_OF = {
    "": "instance",
    "languages": "instance",
    "openapi.json": "instance",
    "docs": "instance",
    "timelines": "posts",
    "messages": "conversations",
    "signals": "notifications",
}


def tag_of(rule: str) -> str:
    """What a path such as /api/posts/<id:post_id> is about."""
    part = [*rule.split("/"), ""][2]
    return TAGS[TAG_OF.get(part, part)][0]


def of_headers(*names: str) -> dict[str, Any]:
    """Headers of an answer, by reference."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def of_refusals(error: Any) -> dict[str, Any]:
    """The refusals, each with its headers; `error` is the schema of their bodies."""
    return {
        name: {
            "description": text,
            "headers": of_headers("X-Request-ID", *HEADERS_OF_REFUSALS.get(status, [])),
            "content": {"application/json": {"schema": error}},
        }
        for status, (name, text) in REFUSALS.items()
    }
