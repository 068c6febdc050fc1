"""Cards: posts as they stand on pages, drawn by templates/shared/post.html once for each of their few shapes, then filled."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from ...framework import filters
from ...framework.languages import Language
from ...framework.stencils import Stencil
from ...framework.templates import Macros
from .gaps import Fillings, complete, gap

# A post that nobody has written: nothing of it can be taken for anything else on its card.
SAMPLE = {
    "id": 9_123_456_789_012_345_678,
    "author_id": 2_123_456_789,
    "username": "zq-nobody-zq",
    "display_name": "Zq Nobody Zq",
    "avatar_version": 1_987_654_321,
    "mentions": (),
    "has_poll": False,
    "body": "Zq nothing Zq",
    "created_at": datetime(1971, 2, 3, 4, 5, 6, tzinfo=UTC),
}
MOST_KEPT = 1_024  # cards of 1 or 2 kB, in each language and process
MOST_ASKING_KEPT = 128  # of 2 or 3 kB, with their polls
BETWEEN = b"\n"
EDITED_AT = datetime(1972, 3, 4, 5, 6, 7, tzinfo=UTC)
FOREIGN = "qzx"  # a language that no page is in


class Cards:
    """The cards of one language. `avatar_url` takes what it takes in templates, `profile_url` a username."""

    def __init__(
        self, language: Language, macros: Macros, avatar_url: Callable[[int, int, int], str], profile_url: Callable[[str], str]
    ) -> None:
        self.language, self.macros, self.avatar_url, self.profile_url = language, macros, avatar_url, profile_url
        self.familiar = {"", language.code, language.code.partition("-")[0]}
        self._stencils: dict[tuple[Any, ...], Stencil] = {}
        # Many timelines have the same posts in them. All that a card shows is in the key.
        self.card = lru_cache(maxsize=MOST_KEPT)(self._card)
        self._asking_kept = lru_cache(maxsize=MOST_ASKING_KEPT)(self._asking)

    def upper(self, post: Any) -> Markup:
        """The part above a poll."""
        return Markup(self._filled("upper", post))  # noqa: S704

    def lower(self, post: Any, mine: bool) -> Markup:
        """The part below it."""
        return Markup(self._filled("lower", post, mine))  # noqa: S704

    def sought(self, post: Any, mine: bool, places: filters.Places) -> bytes:
        """A whole card on which what was looked for is marked."""
        return self._filled("card", post, mine, places=places).encode()

    def asking(self, post: Any, mine: bool, poll: Any, places: filters.Places | None = None) -> Markup:
        """A whole card with a poll as its reader sees it, in which there are gaps."""
        return self._asking(post, mine, poll, places) if places else self._asking_kept(post, mine, poll)

    def _asking(self, post: Any, mine: bool, poll: Any, places: filters.Places | None = None) -> Markup:
        return self.macros("shared/post.html", "asking")(post, mine, poll, places)

    def _card(self, post: Any, mine: bool) -> bytes:
        """A whole card; `mine` says whether the reader has written it."""
        return self._filled("card", post, mine).encode()

    def _filled(self, part: str, post: Any, *further: bool, places: filters.Places | None = None) -> str:
        language = post.language if post.language in self.familiar else FOREIGN
        is_edited = post.edited_at is not None
        shape = (part, language, is_edited, further)
        stencil = self._stencils.get(shape)
        if stencil is None:
            stencil = self._stencils[shape] = self._draw(part, language, is_edited, further)
        values = {
            "id": str(post.id),
            "avatar": filters.safe(self.avatar_url(post.author_id, post.avatar_version, 70)),
            "username": post.username,
            "name": filters.safe(post.display_name) or post.username,
            "body": filters.rich_text(post.body, post.mentions, self.profile_url, places),
            "language": post.language,
            "said_at": filters.instant(post.created_at),
            "said_when": self.language.moment(post.created_at),
        }
        if is_edited:
            values |= {"edited_at": filters.instant(post.edited_at), "edited_when": self.language.moment(post.edited_at)}
        return stencil.fill(values)

    def _draw(self, part: str, language: str, is_edited: bool, further: tuple[bool, ...]) -> Stencil:
        post = SimpleNamespace(**SAMPLE, language=language, edited_at=EDITED_AT if is_edited else None)
        samples = {
            str(post.id): "id",
            filters.safe(self.avatar_url(post.author_id, post.avatar_version, 70)): "avatar",
            post.username: "username",
            post.display_name: "name",
            post.body: "body",
            filters.instant(post.created_at): "said_at",
            self.language.moment(post.created_at): "said_when",
            filters.instant(EDITED_AT): "edited_at",
            self.language.moment(EDITED_AT): "edited_when",
        }
        if language == FOREIGN:
            samples[FOREIGN] = "language"
        return Stencil(self.macros("shared/post.html", part)(post, *further), samples)


class Deck:
    """The cards of one page for its reader. Where a template puts some, it leaves a gap: they are as large as all the rest, and
    the layers of a page need not pass them on to each other."""

    def __init__(self, cards: Cards, reader_id: int, fillings: Fillings) -> None:
        self.cards, self.reader_id, self.fillings = cards, reader_id, fillings

    def __call__(self, posts: Sequence[Any], polls: Mapping[int, Any], places: filters.Places | None = None) -> Markup:
        """The gap of these posts, with those polls that the reader sees on them, and what stands at `places` marked."""
        name = f"cards{len(self.fillings)}"
        self.fillings[name] = lambda: self.dealt(posts, polls, places)
        return gap(name)

    def dealt(self, posts: Sequence[Any], polls: Mapping[int, Any], places: filters.Places | None = None) -> bytes:
        """What stands in that gap."""
        return BETWEEN.join([self._one(post, polls, places) for post in posts])

    def _one(self, post: Any, polls: Mapping[int, Any], places: filters.Places | None) -> bytes:
        mine = post.author_id == self.reader_id
        if post.id in polls:
            return complete(self.cards.asking(post, mine, polls[post.id], places), self.fillings)
        return self.cards.sought(post, mine, places) if places else self.cards.card(post, mine)
