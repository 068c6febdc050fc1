"""A crowd of clients that act without pause while something fails under them."""

import threading
import time
from collections.abc import Callable, Sequence
from itertools import count
from random import Random

from ..deploy.installation import Installation
from .clients import PATIENCE, Client, Person
from .ledger import Ledger

BACK_WITHIN = 5.0  # seconds after a fault has ended until everybody is served again
PAUSE = 0.01  # seconds between two deeds of one client
_runs = count(1)


class Crowd:
    """While the block runs every person acts in a thread of their own. Its end waits until each has been answered."""

    def __init__(self, site: Installation, people: Sequence[Person], seed: str, *, pause: float = PAUSE) -> None:
        self.site, self.pause = site, pause
        self.ledger = Ledger(site)
        run, polls = f"c{next(_runs)}", []  # type: ignore[var-annotated]
        self.clients = [
            Client(person, people, site.mount, self.ledger, Random(f"{seed} {person.name}"), run, polls) for person in people
        ]
        self.over = threading.Event()
        self.broken: list[BaseException] = []
        self.threads = [threading.Thread(target=self._live, args=(client,), daemon=True) for client in self.clients]

    def __enter__(self) -> "Crowd":
        for thread in self.threads:
            thread.start()
        self.wait_for(3 * len(self.threads))
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(2 * PATIENCE + 35)
        assert not any(thread.is_alive() for thread in self.threads), "a client waits without end"
        if exception == (None, None, None) and self.broken:
            raise self.broken[0]

    def _live(self, client: Client) -> None:
        try:
            while not self.over.is_set():
                client.act()
                time.sleep(self.pause)
        except BaseException as error:
            self.broken.append(error)

    def wait_for(self, number: int, *, within: float = 30.0) -> None:
        """Go on when so many more deeds have been acknowledged."""
        target = self.ledger.count(good=True) + number
        self._wait(lambda: self.ledger.count(good=True) >= target, within, f"{number} more acknowledgements")

    def wait_until_back(self, ended: float | None = None) -> float:
        """Until each client has heard a good answer to what it asked after the fault had `ended` (a monotonic time, else now), which
        must be soon; gives the seconds that took."""
        ended = time.monotonic() if ended is None else ended
        left = BACK_WITHIN - (time.monotonic() - ended)
        self._wait(lambda: all(client.served > ended for client in self.clients), left, "everybody to be served")
        return time.monotonic() - ended

    def _wait(self, true: Callable[[], bool], within: float, what: str) -> None:
        deadline = time.monotonic() + within
        while not true():
            assert not self.broken, self.broken
            assert time.monotonic() < deadline, f"after {within:.1f} s in vain waited for {what}: {self.ledger.statuses}"
            time.sleep(0.01)
