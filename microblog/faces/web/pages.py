"""Pages: templates filled with what every page shows."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ...framework import filters
from ...framework.languages import Language
from ...framework.request import Request
from ...framework.response import CONTENT_SECURITY_POLICY, Response, redirect
from ...framework.templates import Macros, Templates
from ...framework.text import return_path
from .. import gravatars
from . import gaps
from .cards import Cards, Deck

if TYPE_CHECKING:
    from ...app import Application

TABS = {
    "home": "web.home.index",
    "explore": "web.explore.index",
    "messages": "web.messages.index",
    "notifications": "web.notifications.index",
    "login": "web.sessions.new",
}


def make_templates(app: "Application") -> Templates:
    """The application's templates, with everything in reach that holds for all pages."""
    url_for = app.urls.path

    def asset(name: str) -> str:
        return url_for("web.assets.show", fingerprint=app.assets.fingerprint, name=name)

    def profile_url(username: str) -> str:
        return url_for("web.users.show", username=username)

    def rich_text(post: Any, places: filters.Places | None = None) -> Markup:
        return Markup(filters.rich_text(post.body, post.mentions, profile_url, places))  # noqa: S704

    avatar_url = partial(gravatars.avatar_url, app)

    def in_language(language: Language, macros: Macros) -> dict[str, Any]:
        cards = Cards(language, macros, avatar_url, profile_url)
        return {"post_cards": cards, "post_upper": cards.upper, "post_lower": cards.lower}

    return Templates(
        app.config.root / "templates",
        app.languages,
        reload=not app.config.is_production,
        names={
            "url_for": url_for,
            "link_to": lambda endpoint, **values: partial(url_for, endpoint, **values),
            "asset": asset,
            "avatar_url": avatar_url,
            "gap": gaps.gap,
            "csrf_token": partial(gaps.gap, "csrf_token"),
            "nonce": partial(gaps.gap, "nonce"),
        },
        filters={
            "instant": filters.instant,
            "rich_text": rich_text,
            "marked": filters.marked,
        },
        kept={
            "icon": ("shared/icon.html", "icon"),
            "navigation": ("layout/navigation.html", "navigation"),
            "blank_saying": ("home/saying.html", "saying"),
        },
        settled=("url_for", "asset", "icon", "gap", "csrf_token", "nonce"),
        in_language=in_language,
    )


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page: the template with the reader, the sentences kept for this page, and the means to make forms."""
    fillings = gaps.of(request, seen=values.get("seen"), looked_for=values.get("q", ""))
    values |= _everywhere(request) | {"cards": _deck(request, fillings)}
    return _whole(request, request.app.templates.render(request.language, template, values), fillings, status)


def framed(request: Request, template: str, posts: Sequence[Any], polls: Mapping[int, Any], **texts: str) -> Response:
    """A page that has nothing of its own but these posts, as `shown`, and texts. What is around them is drawn once in each
    language, with gaps for them, for all who are told nothing besides."""
    app, user = request.app, request.user
    fillings = gaps.of(request)
    fillings["shown"] = partial(_deck(request, fillings).dealt, posts, polls)
    fillings |= {name: partial(filters.safe, text) for name, text in texts.items()}
    key = request.language.code, template
    is_told = user is None or user.open_tasks or request.visit.has_flashes
    frame = None if is_told else app.frames.get(key)
    if frame is None:
        values = {name: gaps.gap(name) for name in ("shown", *texts)} | _everywhere(request)
        frame = app.templates.render(request.language, template, values)
        if not is_told and app.config.is_production:
            app.frames[key] = frame
    return _whole(request, frame, fillings, 200)


def _everywhere(request: Request) -> dict[str, Any]:
    """What every template knows."""
    return {
        "user": request.user,
        "here": request.here,
        "at": _tab(request),
        "config": request.app.config,
        "take_flashes": request.visit.take_flashes,
    }


def _deck(request: Request, fillings: gaps.Fillings) -> Deck:
    cards = request.app.templates.name(request.language, "post_cards")
    return Deck(cards, request.user.id if request.user else 0, fillings)


def _whole(request: Request, page: str, fillings: gaps.Fillings, status: int) -> Response:
    """The answer with a page whose gaps are filled."""
    whole = gaps.complete(page, fillings)
    with_gravatars = request.app.config.avatars == "gravatar"
    response = Response(gravatars.complete(request.db, whole.decode()) if with_gravatars else whole, status=status)
    if with_gravatars:
        response.headers["Content-Security-Policy"] = gravatars.allowed(CONTENT_SECURITY_POLICY)
    response.headers["Content-Language"] = request.language.code
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def _tab(request: Request) -> str:
    """The tab of the bar that leads to this very page, or ''."""
    here, user = request.app.urls.mount + request.path, request.user
    if user and here == request.url_for("web.users.show", username=user.username):
        return "profile"
    return next((tab for tab, endpoint in TABS.items() if here == request.url_for(endpoint)), "")


def back_or(request: Request, fallback: str, *, place: str = "") -> Response:
    """On to the page the form names in `next`, or to another one; there to a place that has this id."""
    wanted = return_path(request.fields.get("next"), request.app.urls.mount) or fallback
    return redirect(f"{wanted.partition('#')[0]}#{place}" if place else wanted)
