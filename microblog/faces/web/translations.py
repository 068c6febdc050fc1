"""Translations: of any text for a script of our pages, and of a post for whoever has no scripts."""

import logging
from typing import TYPE_CHECKING

from msgspec import json
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from ...core import polls, posts, translations
from ...framework.languages import Message, is_language_code
from ...framework.request import Request
from ...framework.response import Response, redirect
from ...framework.text import BadInput, clean
from ...gateways.http import Client
from ...gateways.translator import MICROSOFT_URL, LibreTranslate, Microsoft, TranslationFailed, Translator
from ..verdicts import context
from . import pages

if TYPE_CHECKING:
    from ...config import Config

log = logging.getLogger(__name__)

NOT_CONFIGURED = Message("Error: the translation service is not configured.")
FAILED = Message("Error: the translation service failed.")


class Untranslated(Exception):
    """There is no translation; `message` tells the reader why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def create(request: Request) -> Response:
    """A text of the form in another language, as JSON; also what went wrong with the service is said as its text."""
    text, source, dest = (request.fields.get(name, "") for name in ("text", "source_language", "dest_language"))
    if not text.strip() or not is_language_code(source) or not is_language_code(dest):
        raise BadRequest
    if len(text) > translations.LONGEST_TEXT:
        raise RequestEntityTooLarge
    try:
        answer = _translated(request, text, source, dest)
    except Untranslated as error:
        answer = request.say(error.message)
    return Response(json.encode({"text": answer}), mimetype="application/json")


def update(request: Request, post_id: int) -> Response:
    """Have a post translated into the language of the reader's pages, and go and look at it."""
    post = posts.one(request.db, post_id)
    try:
        if post.language:
            _translated(request, post.body, post.language, request.language.code)
    except Untranslated as error:
        request.visit.flash(request.say(error.message), "error")
        return redirect(request.url_for("web.posts.show", post_id=post_id))
    return redirect(request.url_for("web.translations.show", post_id=post_id))


def show(request: Request, post_id: int) -> Response:
    """A post with the translation that has been made of it; without one it is the post alone."""
    post = posts.one(request.db, post_id)
    translation = translations.kept(request.db, post.body, post.language, request.language.code)
    asked = polls.of_posts(request.db, [post], request.user.id)
    if translation is None:
        return pages.framed(request, "posts/show.html", [post], asked, username=post.username)
    values = {"username": post.username, "post": post, "polls": asked, "translation": translation}
    return pages.render(request, "posts/translated.html", **values)


def _translated(request: Request, text: str, source: str, dest: str) -> str:
    """A text in another language, from memory or from the service."""
    translator: Translator | None = request.app.translator
    if translator is None:
        raise Untranslated(NOT_CONFIGURED)
    known = translations.kept(request.db, text, source, dest)
    if known is not None:
        return known
    request.release()  # or a slow service would keep a connection to Postgres from everybody
    try:
        body = clean(translator.translate(text, source, dest))
        if len(body) > translations.LONGEST_TRANSLATION:
            raise TranslationFailed(f"It answered {len(body)} characters.")
    except (TranslationFailed, BadInput) as error:
        log.warning("The translation service failed: %s", error, extra=context(request, 200))
        raise Untranslated(FAILED) from error
    request.begin()
    translations.keep(request.db, text, source, dest, body)
    return body


def open_translator(config: "Config") -> Translator | None:
    """The service the settings name. At most half of a process's threads may wait for it."""
    client = Client(at_once=max(1, config.threads // 2))
    if config.translator == "microsoft":
        return Microsoft(config.translator_key, config.translator_url or MICROSOFT_URL, config.translator_region, client)
    if config.translator == "libretranslate":
        return LibreTranslate(config.translator_url, config.translator_key, client)
    return None
