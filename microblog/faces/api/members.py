"""What members of shapes are that several have: what is checked of them, and what readers are told besides."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from ...core import checks, users
from ...framework.text import HANDLE

LONGEST_TEXT = 5_000  # what is stored at most; the site may set a shorter limit

Id = Annotated[str, Meta(pattern="^[1-9][0-9]{0,18}$", description="64 bits in decimal digits; what is newer has a greater one")]
PersonId = Annotated[int, Meta(ge=1, le=2**31 - 1, description="a person's number")]
Instant = Annotated[datetime, Meta(tz=True, description="ISO 8601 in UTC, with a Z")]
Link = Annotated[str, Meta(extra_json_schema={"format": "uri-reference"})]  # the prefix of the site included
Picture = Annotated[Link, Meta(description="at Gravatar where the site says so")]
Count = Annotated[int, Meta(ge=0)]
Text = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="plain text; how much fits says `limits.post_length` of the instance",
        extra_json_schema={"pattern": r"\S"},
    ),
]

# What core asks of these is written down here for readers; it answers in words of its own where it is not so.
Username = Annotated[
    str,
    Meta(
        max_length=64,
        description="letters a to z, digits and . _ -, with a letter, digit or _ at both ends; nobody else's",
        extra_json_schema={"pattern": f"^{HANDLE}$"},
    ),
]
DisplayName = Annotated[str, Meta(max_length=users.LONGEST_DISPLAY_NAME)]
AboutMe = Annotated[str, Meta(max_length=users.LONGEST_ABOUT_ME)]
Email = Annotated[str, Meta(max_length=checks.LONGEST_EMAIL, description="nobody else's", extra_json_schema={"format": "email"})]
Password = Annotated[str, Meta(max_length=checks.LONGEST_PASSWORD, extra_json_schema={"minLength": users.SHORTEST_PASSWORD})]
