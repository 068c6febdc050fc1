"""A visitor: a browser without scripts in the standard library."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from justhtml import Element, JustHTML

PATIENCE = 30.0  # seconds for an answer
MOST_REDIRECTS = 5
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Answer:
    """What came back, and from which path (with its query)."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    path: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @cached_property
    def page(self) -> JustHTML:
        return JustHTML(self.text, sanitize=False, scripting_enabled=False)

    @property
    def words(self) -> str:
        """What the page says, on one line."""
        return " ".join(self.page.query_one("body").to_text().split())


def squeezed(element: Element) -> str:
    return " ".join(element.to_text().split())


@dataclass
class Submission:
    """What a browser would send when somebody presses a button."""

    method: str
    target: str
    fields: dict[str, str] = field(default_factory=dict)


def submission(answer: Answer, button: str) -> Submission:
    """The form behind the first button with these words, its hidden and its filled-in fields included."""
    found = [element for element in answer.page.query("button, input[type=submit]") if _says(element, button)]
    assert found, f"{answer.path} has no button {button!r}: {answer.words}"
    pressed = found[0]
    form = _form_of(answer, pressed)
    own = form.attrs.get("id")
    elements = form.query("input, textarea, select")
    if own:
        elements += [other for other in answer.page.query(f'[form="{own}"]') if other.name != "button"]
    fields: dict[str, str] = {}
    for element in elements:
        name, kind = element.attrs.get("name"), element.attrs.get("type")
        if name and kind not in ("submit", "button") and (kind not in ("checkbox", "radio") or "checked" in element.attrs):
            fields[name] = _value(element)
    if name := pressed.attrs.get("name"):
        fields[name] = pressed.attrs.get("value") or ""
    method = pressed.attrs.get("formmethod") or form.attrs.get("method") or "get"
    action = pressed.attrs.get("formaction") or form.attrs.get("action") or ""
    return Submission(method.upper(), urljoin(answer.path, action), fields)


def _value(element: Element) -> str:
    if element.name == "select":
        element = element.query_one("option[selected]") or element.query_one("option") or element
    return element.to_text() if element.name == "textarea" else element.attrs.get("value") or ""


def _says(element: Element, words: str) -> bool:
    return words in (squeezed(element), element.attrs.get("value"), element.attrs.get("aria-label"))


def _form_of(answer: Answer, element: Element) -> Element:
    named = element.attrs.get("form")
    form = answer.page.query_one(f'form[id="{named}"]') if named else element
    while form is not None and form.name != "form":
        form = form.parent
    assert form is not None, f"a button of {answer.path} belongs to no form"
    return form


class Visitor:
    """One browser: it keeps cookies by their path, follows redirects and presses buttons. Paths are below the mount."""

    def __init__(self, port: int, mount: str, *, address: str = "127.0.0.1") -> None:
        self.port, self.mount, self.address = port, mount, address
        self.cookies: dict[str, Morsel[str]] = {}
        self.given: list[Morsel[str]] = []  # every cookie that was ever set

    def twin(self, address: str) -> "Visitor":
        """The same person in the same session from another address."""
        twin = Visitor(self.port, self.mount, address=address)
        twin.cookies = dict(self.cookies)
        return twin

    def cookie_header(self, path: str) -> str:
        return "; ".join(f"{c.key}={c.coded_value}" for c in self.cookies.values() if path.startswith(c["path"]))

    def request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        chunked: bool = False,
    ) -> Answer:
        """One request and its answer; the target is a whole path, mount included."""
        sent = {"Connection": "close"} | dict(headers or {})
        own = self.cookie_header(target)
        if own or "Cookie" in sent:
            sent["Cookie"] = "; ".join(part for part in (sent.get("Cookie"), own) if part)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE, source_address=(self.address, 0))
        try:
            whole: Any = [body] if chunked else body
            connection.request(method, target, whole, sent, encode_chunked=chunked)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(), target)
        finally:
            connection.close()
        for header in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.given.append(morsel)
                self.cookies[name] = morsel
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    def get(self, target: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", target, headers=headers)

    def post(self, target: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None, **how: Any) -> Answer:
        return self.request("POST", target, urlencode(fields).encode(), FORM | dict(headers or {}), **how)

    def open(self, path: str) -> Answer:
        """The page at a path below the mount, wherever redirects lead to."""
        return self.arrive(self.get(self.mount + path))

    def arrive(self, answer: Answer) -> Answer:
        """The page that an answer leads to."""
        for _ in range(MOST_REDIRECTS):
            if not 300 <= answer.status < 400:
                return answer
            parts = urlsplit(urljoin(answer.path, answer.headers["Location"]))
            assert not parts.netloc, f"{answer.path} leads to {answer.headers['Location']}"
            answer = self.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        raise AssertionError(f"{answer.path} redirects without end")

    def submit(self, answer: Answer, button: str, **fields: str) -> Answer:
        """Press a button of a page; the bare answer to that."""
        sent = submission(answer, button)
        assert sent.method == "POST"
        return self.post(sent.target, sent.fields | fields)

    def press(self, answer: Answer, button: str, **fields: str) -> Answer:
        """Press a button of a page and arrive on the next one."""
        return self.arrive(self.submit(answer, button, **fields))

    def sign_up(self, username: str, password: str, **fields: str) -> Answer:
        filled = {"username": username, "email": f"{username}@example.org", "password": password, "password2": password}
        return self.press(self.open("/auth/register"), "Register", **filled | fields)
