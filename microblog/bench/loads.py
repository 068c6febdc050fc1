"""What is asked for: each kind of page or deed, and the mixtures of them that people make."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Kinds = dict[str, int]

READ: Kinds = {"home": 30, "public": 10, "profile": 15, "post": 10, "signals": 20, "json": 10, "search": 5}
WRITE: Kinds = {"publish": 40, "api_publish": 30, "follow": 20, "vote": 10}
MIXED: Kinds = {kind: share * 9 for kind, share in READ.items()} | WRITE

PRODUCT, YARDSTICKS = "product", "yardsticks"


@dataclass(frozen=True)
class Load:
    """One thing that is measured: its name in the report, who is asked, for what, and in words what that is."""

    name: str
    site: str
    kinds: Kinds
    words: str = ""
    beside: str = ""  # the load that it is compared with
    at_most: float = 0.0  # times as much processor time as that

    @property
    def keeps_ledger(self) -> bool:
        """Whether what is acknowledged must be found afterwards."""
        return self.site == PRODUCT and any(kind in WRITE for kind in self.kinds)


# At every point of the grid, in this order, again in every round.
LOADS = (
    Load("bare", YARDSTICKS, {"bare": 1}, "a callable that answers a word: what nginx and uWSGI allow"),
    Load("limit", YARDSTICKS, {"home": 1}, "one prepared query and a string join: the least that builds a home page"),
    Load("home", PRODUCT, {"home": 1}, "the reader's own timeline, 25 posts"),
    Load("read", PRODUCT, READ, "what people look at, as often as they do"),
    Load("mixed", PRODUCT, MIXED, "nine looks to one deed"),
    Load("write", PRODUCT, WRITE, "posts, follows and votes"),
)

# At one point, each by itself; what is compared with a page follows it soon, for a machine is not the same a minute later.
PAGES = (
    Load("home", PRODUCT, {"home": 1}, "the reader's own timeline, 25 posts"),
    Load("home limit", YARDSTICKS, {"home": 1}),
    Load("public", PRODUCT, {"public": 1}, "everybody's posts"),
    Load("public limit", YARDSTICKS, {"public": 1}),
    Load("public, page 400", PRODUCT, {"public_deep": 1}, "everybody's posts, by cursor", beside="public", at_most=1.1),
    Load("profile", PRODUCT, {"profile": 1}, "a person and their posts"),
    Load("profile limit", YARDSTICKS, {"profile": 1}),
    Load("post", PRODUCT, {"post": 1}, "the page of one post"),
    Load("post limit", YARDSTICKS, {"post": 1}),
    Load("signals", PRODUCT, {"signals": 1}, "what open pages ask every ten seconds, with nothing new"),
    Load("signals limit", YARDSTICKS, {"signals": 1}),
    Load("json", PRODUCT, {"json": 1}, "the API's timeline, 25 posts"),
    Load("json limit", YARDSTICKS, {"json": 1}),
    Load("followers", PRODUCT, {"followers": 1}, "the API's followers, 25 people"),
    Load("followers limit", YARDSTICKS, {"followers": 1}),
    Load("search", PRODUCT, {"search": 1}, "rare words, common ones, two at once"),
    Load("of 50", PRODUCT, {"of_50": 1}, "the timeline of people who follow 50 others"),
    Load("of 50, page 400", PRODUCT, {"of_50_deep": 1}, "the same, 399 pages further down", beside="of 50", at_most=1.1),
    Load("of 1,000", PRODUCT, {"of_1000": 1}, "the timeline of people who follow 1,000 others", beside="of 50", at_most=2),
    Load("of everybody", PRODUCT, {"of_all": 1}, "the timeline of people who follow everybody", beside="of 50", at_most=2),
    Load("file", YARDSTICKS, {"file": 1}, "nginx with a file as large as a home page"),
    Load("publish", PRODUCT, {"publish": 1}, "a post by the form"),
    Load("api_publish", PRODUCT, {"api_publish": 1}, "a post by the API, with an Idempotency-Key"),
    Load("follow", PRODUCT, {"follow": 1}, "beginning and ceasing to read somebody"),
    Load("vote", PRODUCT, {"vote": 1}, "a vote by the API"),
)

# In two towns, one of which has ten times as many posts.
GROWTH = (
    *(load for load in PAGES if load.name in ("home", "public", "profile", "post", "json", "of 50, page 400", "search")),
    Load("rare words", PRODUCT, {"search_rare": 1}, "searches for words that few posts have"),
    Load("common words", PRODUCT, {"search_common": 1}, "searches for words that many posts have"),
)
# What a worker is asked for while its memory is looked at: everything but votes, which come to an end.
LASTING = Load("lasting", PRODUCT, {kind: share for kind, share in MIXED.items() if kind != "vote"}, "nine looks to one deed")


# Paths below the mount at which one page of a kind is, and what stands on it; {…} are of a visitor, {post} is a post's id, and
# {before} the one that leads to page 400.
PROBES = {
    "home": ("/", '<article class="post"'),
    "public": ("/explore", '<article class="post"'),
    "profile": ("/user/{username}", '<article class="post"'),
    "post": ("/post/{post}", '<article class="post"'),
    "signals": ("/notifications?since=4000000000", "[]"),
    "search": ("/search?q={search}", "search"),
    "search_rare": ("/search?q={search}", "search"),
    "search_common": ("/search?q={search}", "search"),
    "json": ("/api/timelines/home?per_page=25", '"items":[{'),
    "followers": ("/api/users/1/followers?per_page=25", '"items":[{'),
    "of_50": ("/", '<article class="post"'),
    "of_50_deep": ("/?before={before}", '<article class="post"'),
    "of_1000": ("/", '<article class="post"'),
    "of_all": ("/", '<article class="post"'),
    "public_deep": ("/explore?before={before}", '<article class="post"'),
    "bare": ("/bare", "bare"),
    "file": ("/static/0/page.txt", "<article"),
}
BY_TOKEN = ("json", "followers")
# Whose pages these are; those of other kinds are of anybody.
CROWDS = {"of_50": "steady", "of_50_deep": "steady", "of_1000": "busy", "of_all": "curious"}


def script(values: Mapping[str, Any]) -> str:
    """The plan of one run of wrk, as Lua reads it."""
    return f"return {_lua(values)}\n"


def _lua(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_lua(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "{" + ", ".join(map(_lua, value)) + "}"
    return '"' + str(value).translate({ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n"}) + '"'


LUA = Path(__file__).parent / "load.lua"
