"""Translation services: a text goes out in one language and comes back in another."""

import json
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from .http import Client, Unanswered

MICROSOFT_URL = "https://api.cognitive.microsofttranslator.com"


class TranslationFailed(Exception):
    """The service gave no translation; the message says why, for the log. It holds neither the text nor the key."""


class Translator(Protocol):
    """Whatever translates."""

    def translate(self, text: str, source: str, dest: str) -> str:
        """The text in another language, both named by their codes; raises TranslationFailed after a few seconds at most."""


@dataclass(frozen=True)
class LibreTranslate:
    """A LibreTranslate server: https://docs.libretranslate.com/. Public ones want a key, one's own need none."""

    url: str
    key: str = field(default="", repr=False)
    client: Client = field(default_factory=Client)

    def translate(self, text: str, source: str, dest: str) -> str:
        request = {"q": text, "source": source, "target": dest, "format": "text"} | ({"api_key": self.key} if self.key else {})
        answer = _ask(self.client, f"{self.url}/translate", request, {})
        return _text(answer, "translatedText")


@dataclass(frozen=True)
class Microsoft:
    """Microsoft Translator, version 3. `region` is that of the key, where it has one."""

    key: str = field(repr=False)
    url: str = MICROSOFT_URL
    region: str = ""
    client: Client = field(default_factory=Client)

    def translate(self, text: str, source: str, dest: str) -> str:
        query = urlencode({"api-version": "3.0", "from": _as_microsoft_says(source), "to": _as_microsoft_says(dest)})
        headers = {"Ocp-Apim-Subscription-Key": self.key}
        if self.region:
            headers["Ocp-Apim-Subscription-Region"] = self.region
        answer = _ask(self.client, f"{self.url}/translate?{query}", [{"Text": text}], headers)
        return _text(answer, 0, "translations", 0, "text")


def _as_microsoft_says(code: str) -> str:
    return {"zh": "zh-Hans", "sr": "sr-Cyrl"}.get(code, code)


def _ask(client: Client, url: str, request: Any, headers: dict[str, str]) -> Any:
    """Send JSON and take JSON, which may begin with a byte order mark."""
    kinds = {"Content-Type": "application/json; charset=UTF-8", "Accept": "application/json"}
    try:
        answer = client.post(url, json.dumps(request).encode(), headers | kinds)
    except Unanswered as error:
        raise TranslationFailed(str(error)) from error
    if answer.status != 200:
        raise TranslationFailed(f"It answered {answer.status}.")
    try:
        return json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise TranslationFailed("It answered no JSON.") from error


def _text(answer: Any, *path: str | int) -> str:
    """The text at a place in an answer."""
    try:
        for step in path:
            answer = answer[step]
    except (LookupError, TypeError) as error:
        raise TranslationFailed("Its answer has no translation.") from error
    if not isinstance(answer, str) or not answer.strip():
        raise TranslationFailed("Its translation is no text.")
    return answer
