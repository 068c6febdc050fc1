"""Many at once: visitors that ask without pause while something happens."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from .visitor import Visitor, submission

PAGES = ("/", "/explore", "/user/marta", "/livez", "/explore", "/")  # for six readers


class Load:
    """While the block runs, every deed is done again and again in its own thread; a deed gives a status.

    `counts` has the answers by status, a lost connection under its exception's name; `slowest` is in seconds.
    """

    def __init__(self, deeds: Sequence[Callable[[], int]], *, pause: float = 0.01) -> None:
        self.deeds, self.pause = deeds, pause
        self.over = threading.Event()
        self.counts: Counter[Any] = Counter()
        self.slowest = 0.0
        self.threads = [threading.Thread(target=self._ask, args=(deed,), daemon=True) for deed in deeds]
        self.lock = threading.Lock()

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        self.wait_for(2 * len(self.threads))
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def wait_for(self, count: int, *, within: float = 30.0) -> None:
        """Go on when so many more answers have come."""
        target, deadline = self.total + count, time.monotonic() + within
        while self.total < target:
            assert time.monotonic() < deadline, f"only {self.total} answers of {target}: {self.counts}"
            time.sleep(0.01)

    def _ask(self, deed: Callable[[], int]) -> None:
        while not self.over.is_set():
            began = time.monotonic()
            try:
                result: Any = deed()
            except Exception as error:  # a test decides whether that may be
                result = type(error).__name__
            with self.lock:
                self.counts[result] += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(self.pause)


def readers(visitor: Visitor, *paths: str) -> list[Callable[[], int]]:
    """For each path somebody who reads it, each from an address of their own."""

    def reader(number: int, path: str) -> Callable[[], int]:
        twin = visitor.twin(f"127.0.0.{40 + number}")
        return lambda: twin.get(visitor.mount + path).status

    return [reader(number, path) for number, path in enumerate(paths)]


def writer(visitor: Visitor, number: int) -> Callable[[], int]:
    """Somebody who says something new again and again."""
    twin = visitor.twin(f"127.0.0.{60 + number}")
    sent = submission(twin.open("/"), "Submit")
    said: list[int] = []

    def say() -> int:
        said.append(1)
        fields = sent.fields | {"nonce": f"load {number} {len(said)}", "post": f"load {number} {len(said)}"}
        return twin.post(sent.target, fields).status

    return say
