"""Text for pages: what a person wrote as safe HTML with links, and instants as machines write them."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from markupsafe import Markup, escape

# Links, mentions and tags in one pass. An address ends before the punctuation that belongs to the sentence.
MARKS = re.compile(
    r"(?P<address>https?://[^\s<>\"'`|\\^{}]+)"
    r"|(?<![\w@./])@(?P<handle>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?)",
    re.IGNORECASE,
)
TRAILING = re.compile(r"[.,;:!?)\]}…。、，！？」』）]+$")


def rich_text(body: str, mentions: Collection[str], profile_url: Callable[[str], str]) -> Markup:
    """A post's text as HTML: line breaks kept, addresses and the mentions that belong to somebody made into links."""
    known = {name.lower(): name for name in mentions}
    parts, position = [], 0
    for match in MARKS.finditer(body):
        if match["address"]:
            address, rest = _without_trailing(match["address"])
            link = Markup('<a href="{}" rel="nofollow noopener ugc">{}</a>{}').format(address, _shortened(address), rest)
        elif match["handle"].lower() in known:
            name = known[match["handle"].lower()]
            link = Markup('<a href="{}" class="mention">@{}</a>').format(profile_url(name), match["handle"])
        else:
            continue
        parts += [escape(body[position : match.start()]), link]
        position = match.end()
    parts.append(escape(body[position:]))
    return Markup("").join(parts).replace("\n", Markup("<br>\n"))


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
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
