"""A first look in a browser at the pages that people meet first: bytes, requests, and the figures that Lighthouse asks for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from . import browser
from .browser import Look, NoBrowserError, Window

# A telephone far out and a computer at home, slowed down as Lighthouse has DevTools do it.
WINDOWS = (
    Window("phone", 375, 812, latency=562.5, speed=1_474.56, slower=4),
    Window("desktop", 1280, 800, latency=40, speed=10_240),
)
PAGES = {"sign in": "/auth/login", "home": "/", "public": "/explore", "profile": "/user/{username}", "post": "/post/{post}"}
BY_STRANGERS = ("sign in",)
MOST_BYTES, MOST_SHIFT = 60_000, 0.01
EXPLAINED = (
    "phone: 375 pixels wide, 563 ms a request, 1.4 Mbit/s, a processor four times slower",
    "desktop: 1280 pixels wide, 40 ms, 10 Mbit/s; both as Lighthouse slows them down by DevTools",
    "LCP: when the largest thing was painted; CLS: how much moved; TBT: for how long the page could not answer",
    "again: the same page in a new tab. Bytes are those on the wire, headers and all.",
    f"A first look may take {MOST_BYTES:,} bytes, and less than {MOST_SHIFT:g} of a page may move.",
)

Found = Mapping[str, Any]
Progress = Callable[[str], None]


def take(url: str, *, cookie: str, username: str, post: str, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Look at the site that is mounted at `url` as somebody with this session cookie: their own pages, the profile of `username`,
    and a post. What was seen as JSON has it, or what is missing."""
    try:
        return {"looks": list(_looks(url, cookie, {"username": username, "post": post}, progress))}
    except NoBrowserError as error:
        return {"missing": str(error)}


def _looks(url: str, cookie: str, values: Mapping[str, str], progress: Progress) -> Iterator[dict[str, Any]]:
    name, _, value = cookie.partition("=")
    known = [{"name": name, "value": value, "url": f"{url}/"}]
    with browser.browser() as chromium:
        for window in WINDOWS:
            for page, path in PAGES.items():
                progress(f"a first look: {page}, {window.name}")
                cookies = () if page in BY_STRANGERS else known
                first, again = browser.twice(chromium, url + path.format(**values), window, cookies=cookies)
                yield {"window": window.name, "page": page, "first": _plain(first), "again": _plain(again)}


def _plain(look: Look) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for each in look.fetched:
        kinds[each.kind.lower()] = kinds.get(each.kind.lower(), 0) + each.bytes
    return {
        "bytes": look.bytes,
        "requests": look.requests,
        "lcp": look.lcp,
        "largest": look.largest,
        "shift": look.shift,
        "blocked": look.blocked,
        "kinds": kinds,
        "complaints": list(look.complaints),
    }


def lines(looks: Sequence[Found]) -> list[list[str]]:
    """A table's lines, the first of them its head."""
    head = ["", "page", "bytes", "requests", "LCP ms", "CLS", "TBT ms", "again: bytes", "requests", "LCP ms", "CLS", "TBT ms", ""]
    return [head, *(_line(each, looks[place - 1]["window"] if place else "") for place, each in enumerate(looks))]


def _line(each: Found, window_before: str) -> list[str]:
    window = "" if each["window"] == window_before else each["window"]
    return [window, each["page"], *_figures(each["first"]), *_figures(each["again"]), "" if is_met(each) else "MISSED"]


def _figures(look: Found) -> list[str]:
    return [
        f"{look['bytes']:,}",
        str(look["requests"]),
        f"{look['lcp']:,.0f}",
        f"{look['shift']:.3f}",
        f"{look['blocked']:,.0f}",
    ]


def is_met(each: Found) -> bool:
    """Whether a page is as small and as still as it should be, and the browser had nothing to complain of."""
    first, again = each["first"], each["again"]
    is_still = max(first["shift"], again["shift"]) < MOST_SHIFT
    return first["bytes"] <= MOST_BYTES and is_still and not first["complaints"] and not again["complaints"]


def remarks(found: Found) -> list[str]:
    """What is to be said below the table, or instead of it."""
    if "missing" in found:
        return [f"Nobody has looked: {found['missing']}"]
    said = [
        f"{each['window']}, {each['page']}: the browser complains: {complaint}"
        for each in found["looks"]
        for complaint in dict.fromkeys([*each["first"]["complaints"], *each["again"]["complaints"]])
    ]
    return [*EXPLAINED, *said]
