"""A walk over every link of a site, noting each one that leaves the mount or leads nowhere."""

import re
from collections import Counter, deque
from collections.abc import Collection
from urllib.parse import urljoin, urlsplit

from .visitor import Answer, Visitor

MOST_OF_A_KIND = 6  # pages that differ in numbers and names alone are looked at so often
LINKS = ("href", "src", "action", "formaction", "poster", "data-url", "data-href")
IN_STYLE = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")
IN_SCRIPT = re.compile(r"""["'`]((?:/|https?://)[^"'`]*)["'`]""")
IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*["']([^"']+)["']""")


class Crawl:
    """Everything one visitor finds by following links. `faults` should be empty, `seen` counts the answers by status."""

    def __init__(self, visitor: Visitor, origin: str, starts: list[str], names: Collection[str]) -> None:
        self.visitor, self.origin, self.names = visitor, origin, names
        self.faults: list[str] = []
        self.seen: Counter[int] = Counter()
        self.statics: list[Answer] = []
        self.pages: list[Answer] = []
        self.kinds: Counter[str] = Counter()
        self.queue = deque(starts)
        self.known = set(starts)
        self.forms: set[str] = set()
        self.anchors: dict[str, set[str]] = {}
        self.pointed: list[tuple[str, str, str]] = []

    def run(self) -> "Crawl":
        while self.queue:
            self.visit(self.queue.popleft())
        for cookie in self.visitor.given:
            self.must(cookie["path"] == self.visitor.mount + "/", f"the cookie {cookie.key} has the path {cookie['path']!r}")
        for page, target, anchor in self.pointed:
            if target in self.anchors:
                self.must(anchor in self.anchors[target], f"{page} points to {target}#{anchor}, which is not there")
        return self

    def must(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)

    def visit(self, target: str) -> None:
        answer = self.visitor.get(target)
        self.seen[answer.status] += 1
        self.must(answer.status < 400, f"{target} is dead: {answer.status}")
        if "Location" in answer.headers:
            self.note(answer, answer.headers["Location"], "Location")
        kind = answer.headers.get_content_type()
        if kind == "text/html" and answer.body:
            self.pages.append(answer)
            self.read_page(answer)
        elif kind == "text/css":
            self.read_text(answer, [one or other for one, other in IN_STYLE.findall(answer.text)])
        elif kind == "text/javascript":
            self.read_text(answer, IMPORTED.findall(answer.text))
            for literal in IN_SCRIPT.findall(answer.text):
                self.faults.append(f"the script {target} names {literal}")
        elif kind == "image/svg+xml":
            self.anchors[urlsplit(target).path] = set(re.findall(r'\bid="([^"]+)"', answer.text))
        if "/static/" in target:
            self.statics.append(answer)

    def read_page(self, answer: Answer) -> None:
        page = answer.page
        ids = {element.attrs["id"] for element in page.query("[id]")}
        self.anchors[answer.path] = ids
        for name in LINKS:
            for element in page.query(f"[{name}]"):
                link, own = element.attrs[name] or "", element.attrs.get("rel") or ""
                if name == "href" and "nofollow" in own and urlsplit(link).netloc not in ("", urlsplit(self.origin).netloc):
                    continue  # somebody's post mentions another site
                if name in ("action", "formaction") and self.posts(element.attrs.get("method"), name):
                    self.try_form(answer, link)
                else:
                    self.note(answer, link, f"<{element.name} {name}>")
        for element in page.query("button[form]"):
            self.must(element.attrs["form"] in ids, f"a button of {answer.path} belongs to no form")
        for element in page.query("script"):
            self.must("src" in element.attrs, f"{answer.path} has a script inside")
        self.must(not page.query("style, [style], base"), f"{answer.path} has styles inside, or a base")

    def read_text(self, answer: Answer, links: list[str]) -> None:
        for link in links:
            self.note(answer, link, "reference")

    @staticmethod
    def posts(method: str | None, name: str) -> bool:
        return name == "formaction" or (method or "get").lower() == "post"

    def inside(self, answer: Answer, link: str, what: str) -> str | None:
        """The path and query a link leads to; None, and a fault, if that is not within the mount."""
        parts = urlsplit(urljoin(self.origin + answer.path, link))
        mount = self.visitor.mount
        holds = f"{parts.scheme}://{parts.netloc}" == self.origin and parts.path.startswith(mount + "/")
        self.must(holds and (not mount or not parts.path.startswith(mount * 2)), f"{answer.path}: {what} leaves: {link!r}")
        if not holds:
            return None
        if parts.fragment:
            self.pointed.append((answer.path, parts.path, parts.fragment))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def kind(self, target: str) -> str:
        """The target below the mount without the numbers and names that tell it from others of its kind."""
        below = target.removeprefix(self.visitor.mount)
        return re.sub(r"[\w.-]+", lambda word: "*" if word[0] in self.names else re.sub(r"\d+", "*", word[0]), below)

    def note(self, answer: Answer, link: str, what: str) -> None:
        """A link to follow, unless enough of its kind have been followed."""
        target = self.inside(answer, link, what)
        if target is None or target in self.known:
            return
        self.known.add(target)
        kind = target if "/static/" in target else self.kind(target)
        self.kinds[kind] += 1
        if self.kinds[kind] <= MOST_OF_A_KIND:
            self.queue.append(target)

    def try_form(self, answer: Answer, link: str) -> None:
        """The address of a form must take a form: one without a token is refused, and neither missing nor of another verb."""
        target = self.inside(answer, link, "a form")
        if target is None:
            return
        kind = self.kind(target)
        if kind in self.forms:
            return
        self.forms.add(kind)
        refused = self.visitor.post(target, {})
        self.must(refused.status == 400, f"{answer.path}: a form to {target} without a token is answered with {refused.status}")
