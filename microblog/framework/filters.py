"""Text for pages: what a person wrote as safe HTML with links, and instants as machines write them."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from functools import partial

from markupsafe import Markup, escape

from .text import HANDLE

# Links, mentions and tags in one pass. An address ends before the punctuation that belongs to the sentence.
MARKS = re.compile(
    rf"""(?P<address>https?://[^\s<>"'`|\\^{{}}]+)|(?<![A-Za-z0-9_@./])@(?P<handle>{HANDLE})""",
    re.IGNORECASE | re.ASCII,
)
SPECIAL = re.compile(r"""[&<>'"]""")
TRAILING = re.compile(r"[.,;:!?)\]}…。、，！？」』）”’»›]+$")


BREAK = "<br>\n"

# Gives where in a text something stands: start and end of each place, in their order.
Places = Callable[[str], Iterable[tuple[int, int]]]


def safe(text: str) -> str:
    """A text as HTML. Most have nothing to escape, and to see that costs a fifth of escaping them."""
    return str(escape(text)) if SPECIAL.search(text) else text


def rich_text(body: str, mentions: Collection[str], profile_url: Callable[[str], str], places: Places | None = None) -> str:
    """A post's text as HTML: line breaks kept, addresses and the mentions that belong to somebody made into links, and what
    stands at `places` marked."""
    if "@" not in body and "://" not in body:
        return (_marked(body, places) if places else safe(body)).replace("\n", BREAK)
    shown: Callable[[str], str] = partial(_marked, places=places) if places else safe
    known = {name.lower(): name for name in mentions}
    parts: list[str] = []
    position = 0
    for match in MARKS.finditer(body):
        if match["address"]:
            address, rest = _without_trailing(match["address"])
            if not _shortened(address).strip("/"):  # an address of nowhere
                continue
            link = f'<a href="{safe(address)}" rel="nofollow noopener ugc">{shown(_shortened(address))}</a>{safe(rest)}'
        elif match["handle"].lower() in known:
            name = known[match["handle"].lower()]
            link = f'<a href="{safe(profile_url(name))}" class="mention">@{shown(match["handle"])}</a>'
        else:
            continue
        parts += [shown(body[position : match.start()]), link]
        position = match.end()
    parts.append(shown(body[position:]))
    return "".join(parts).replace("\n", BREAK)


def marked(text: str, places: Places) -> Markup:
    """A text as HTML with what stands at these places marked."""
    return Markup(_marked(text, places))  # noqa: S704


def _marked(text: str, places: Places) -> str:
    shown: Callable[[str], str] = safe if SPECIAL.search(text) else str
    parts: list[str] = []
    position = 0
    for start, end in places(text):
        parts += [shown(text[position:start]), "<mark>", shown(text[start:end]), "</mark>"]
        position = end
    parts.append(shown(text[position:]))
    return "".join(parts)


def _without_trailing(address: str) -> tuple[str, str]:
    """An address and the punctuation after it; a closing bracket stays if the address opened one."""
    found = TRAILING.search(address)
    if not found:
        return address, ""
    end = found.start()
    while end < len(address) and address[end] == ")" and address[:end].count("(") > address[:end].count(")"):
        end += 1
    return address[:end], address[end:]


def _shortened(address: str) -> str:
    """An address as people read it: no scheme, and not longer than a line."""
    shown = re.sub(r"^https?://(www\.)?", "", address, flags=re.IGNORECASE).rstrip("/")
    return shown if len(shown) <= 40 else shown[:39] + "…"


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC with a Z, to the second."""
    return in_utc(moment).isoformat()[:19] + "Z"


def in_utc(moment: datetime) -> datetime:
    """An instant in UTC, in which Postgres gives nearly all of them."""
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
