"""Clients that behave like real ones: browsers that send forms, programs that send JSON, both of whom repeat what was not answered
where that is safe, and write down what they were told."""

import http.client
import json
import re
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from ..deploy.installation import Installation
from ..deploy.visitor import FORM, Answer
from .ledger import CUT, GATEWAY, Ledger, Reply

PASSWORD = "correct horse"
PATIENCE = 15.0  # seconds for which a client repeats what nobody has acknowledged
PAUSE = 0.1  # seconds before it does
PRESSES_TWICE = 0.05  # of those who have been answered and do not believe it
LEAVES_EARLY = 0.03  # of those who could repeat it and do not wait for the answer


@dataclass(frozen=True)
class Deed:
    """One request, how a good answer to it looks, and what that proves. Some may be repeated without being done twice."""

    what: str
    proof: tuple[Any, ...]
    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    location: str | None = None
    may_repeat: bool = True


@dataclass
class Person:
    """Somebody who has joined: a browser in which they are logged in, the hidden field of its forms, and a token."""

    id: int
    name: str
    browser: Any
    stranger: Any  # another browser of theirs, in which they are not logged in
    form_token: str
    stranger_token: str
    access_token: str

    @classmethod
    def join(cls, site: Installation, name: str, number: int) -> "Person":
        """Sign up, log in, and get a token, each from an address of one's own: nginx gives each only so much."""
        stranger, browser = site.visitor(100 + number), site.visitor(100 + number)
        own = {"username": name, "password": PASSWORD}
        stranger_token = hidden(stranger.get(f"{site.mount}/auth/register"))
        sent = own | {"email": f"{name}@example.org", "password2": PASSWORD, "csrf_token": stranger_token}
        assert stranger.post(f"{site.mount}/auth/register", sent).status == 303
        sent = own | {"csrf_token": hidden(browser.get(f"{site.mount}/auth/login"))}
        assert browser.post(f"{site.mount}/auth/login", sent).status == 303
        basic = b64encode(f"{name}:{PASSWORD}".encode()).decode()
        answer = stranger.request("POST", f"{site.mount}/api/tokens", b"{}", {"Authorization": f"Basic {basic}"} | JSON)
        return cls(
            id=site.one("SELECT id FROM users WHERE username = :name", name=name),
            name=name,
            browser=browser,
            stranger=stranger,
            form_token=hidden(browser.get(f"{site.mount}/")),
            stranger_token=stranger_token,
            access_token=json.loads(answer.body)["token"],
        )


def hidden(page: Answer) -> str:
    """The token in the forms of a page; found by its looks, for to take apart a page costs more than to make it."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


JSON = {"Content-Type": "application/json"}


@dataclass
class Client:
    """One person and what they do next, by chance."""

    person: Person
    people: Sequence[Person]
    mount: str
    ledger: Ledger
    chance: Random
    run: str
    polls: list[str]  # of all clients together, the ids of those that anybody may vote in
    count: int = 0
    voted: int = 0
    served: float = 0.0  # when it asked for what was acknowledged last

    def act(self) -> None:
        """Do one thing, until it is acknowledged or cannot be repeated."""
        (kind,) = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        deed: Deed = getattr(self, kind)()
        deadline = time.monotonic() + PATIENCE
        if deed.may_repeat and deed.what in ("post", "message") and self.chance.random() < LEAVES_EARLY:
            self._leave_early(deed)
        while not self.send(deed):
            if not deed.may_repeat or time.monotonic() > deadline:
                return
            time.sleep(PAUSE)
        if deed.may_repeat and self.chance.random() < PRESSES_TWICE:
            self.send(deed)

    # Sending

    def send(self, deed: Deed) -> bool:
        """Send it once; whether it was acknowledged."""
        self.ledger.note("sent", deed.what, *deed.proof)
        began = time.monotonic()
        answer = self._ask(deed)
        status, is_good, complaint = _judged(deed, answer)
        if answer and is_good:
            self.ledger.note("done", deed.what, *deed.proof)
            self.served = began
            if deed.what == "post" and b'"poll":{' in answer.body:
                poll = json.loads(answer.body)["poll"]["id"]
                if poll not in self.polls:
                    self.polls.append(poll)
        self.ledger.hear(Reply(began, time.monotonic(), f"{deed.method} {deed.path}", status, is_good), complaint)
        return is_good

    def _ask(self, deed: Deed) -> Answer | None:
        browser = self.person.stranger if deed.what in ("person", "letter") else self.person.browser
        try:
            answer: Answer = browser.request(deed.method, self.mount + deed.path, deed.body, deed.headers)
        except (OSError, http.client.HTTPException):
            return None
        return answer

    def _leave_early(self, deed: Deed) -> None:
        """Send it and go away before the answer."""
        self.ledger.note("sent", deed.what, *deed.proof)
        browser = self.person.browser
        line = http.client.HTTPConnection("127.0.0.1", browser.port, 5, source_address=(browser.address, 0))
        with suppress(OSError):
            own = {"Cookie": browser.cookie_header(self.mount + deed.path), "Connection": "close"}
            line.request(deed.method, self.mount + deed.path, deed.body, deed.headers | own)
            time.sleep(self.chance.uniform(0, 0.02))
        line.close()

    # What can be done

    def _mark(self) -> str:
        self.count += 1
        return f"{self.run}.{self.person.id}.{self.count}"

    def _other(self) -> Person:
        return self.chance.choice([other for other in self.people if other is not self.person])

    def _form(self, what: str, proof: tuple[Any, ...], path: str, location: str, may_repeat: bool = True, **fields: str) -> Deed:
        is_strange = what in ("person", "letter")
        token = self.person.stranger_token if is_strange else self.person.form_token
        body = urlencode({"csrf_token": token} | fields).encode()
        headers = FORM | {"Sec-Fetch-Site": "same-origin"}
        return Deed(what, proof, "POST", path, body, headers, 303, self.mount + location, may_repeat)

    def _json(
        self, what: str, proof: tuple[Any, ...], method: str, path: str, body: Any = None, key: str = "", status: int = 201
    ) -> Deed:
        headers = JSON | ({"Idempotency-Key": key} if key else {})
        if what != "person":
            headers["Authorization"] = f"Bearer {self.person.access_token}"
        sent = None if body is None else json.dumps(body).encode()
        return Deed(what, proof, method, path, sent, headers, status, None, method != "POST" or bool(key))

    def read(self) -> Deed:
        return Deed("page", (), "GET", self.chance.choice(("/", "/explore", f"/user/{self._other().name}")))

    def say(self) -> Deed:
        mark = self._mark()
        text = f"@{self._other().name} hears this [{mark}]"
        return self._form("post", (mark, self.person.id), "/", "/", post=text, nonce=mark)

    def say_by_program(self) -> Deed:
        mark = self._mark()
        body = {"body": f"from a program [{mark}]"}
        return self._json("post", (mark, self.person.id, "key"), "POST", "/api/posts", body, mark)

    def say_by_simple_program(self) -> Deed:
        """One that knows no keys, and does not dare to repeat anything."""
        mark = self._mark()
        return self._json("post", (mark, self.person.id), "POST", "/api/posts", {"body": f"from a simple program [{mark}]"})

    def ask(self) -> Deed:
        mark = self._mark()
        body = {"body": f"what do you think? [{mark}]", "poll": {"choices": ["this", "that", "neither"]}}
        return self._json("post", (mark, self.person.id, "key"), "POST", "/api/posts", body, mark)

    def vote(self) -> Deed:
        if self.voted >= len(self.polls):
            return self.ask()
        poll, choice = self.polls[self.voted], self.chance.randint(1, 3)
        self.voted += 1
        proof = (poll, self.person.id, choice)
        return self._json("vote", proof, "POST", f"/api/polls/{poll}/votes", {"choices": [choice]}, self._mark())

    def follow(self) -> Deed:
        """Begin to read somebody, or cease to; by a form or by a program."""
        other, begins, by_form = self._other(), self.chance.random() < 0.6, self.chance.random() < 0.5
        what = "follow" if begins else "unfollow"
        proof = (self.person.id, other.id)
        if by_form:
            return self._form(what, proof, f"/{what}/{other.name}", f"/user/{other.name}")
        method, status = ("PUT", 200) if begins else ("DELETE", 204)
        return self._json(what, proof, method, f"/api/users/{other.id}/follow", status=status)

    def write(self) -> Deed:
        mark, other = self._mark(), self._other()
        path = f"/send_message/{other.name}"
        text = f"between us [{mark}]"
        return self._form("message", (mark, self.person.id), path, f"/user/{other.name}", message=text, nonce=mark)

    def write_by_program(self) -> Deed:
        mark = self._mark()
        body = {"recipient_id": self._other().id, "body": f"between programs [{mark}]"}
        return self._json("message", (mark, self.person.id), "POST", "/api/messages", body, mark)

    def join(self) -> Deed:
        """Another account. Sent again the form would only hear that the name is taken."""
        name = "n" + self._mark().replace(".", "_")
        fields = {"username": name, "email": f"{name}@example.org", "password": PASSWORD, "password2": PASSWORD}
        return self._form("person", (name,), "/auth/register", "/auth/login", may_repeat=False, **fields)

    def join_by_program(self) -> Deed:
        name = "p" + self._mark().replace(".", "_")
        body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        return self._json("person", (name,), "POST", "/api/users", body, name)

    def forget_password(self) -> Deed:
        """A letter is promised by this; each time it is sent."""
        address = f"{self.person.name}@example.org"
        return self._form("letter", (address,), "/auth/reset_password_request", "/auth/login", email=address)


# How often each is done, of a hundred times.
WEIGHTS = {
    "read": 8,
    "say": 19,
    "say_by_program": 14,
    "say_by_simple_program": 10,
    "ask": 3,
    "vote": 14,
    "follow": 12,
    "write": 8,
    "write_by_program": 6,
    "join": 2,
    "join_by_program": 2,
    "forget_password": 2,
}


def _judged(deed: Deed, answer: Answer | None) -> tuple[int | str, bool, str]:
    """The status, whether it acknowledges the deed, and what speaks against an answer that nobody should get."""
    if answer is None:
        return CUT, False, ""
    status = answer.status
    if status == 503:
        return status, False, "" if answer.headers["Retry-After"] else "without Retry-After"
    if status in GATEWAY:
        return status, False, ""
    location = answer.headers["Location"]
    if status != deed.status or (deed.location is not None and location != deed.location):
        return status, False, f"instead of {deed.status}: {location or answer.text[:300]!r}"
    return status, True, ""


def everybody(site: Installation, people: Sequence[Person], run: str) -> tuple[Ledger, list[Client]]:
    """A client for each person, for a test that tells them what to do, and their ledger."""
    ledger = Ledger(site)
    polls: list[str] = []
    return ledger, [Client(each, people, site.mount, ledger, Random(each.name), run, polls) for each in people]
