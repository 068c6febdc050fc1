"""One point of the grid: the product and the yardsticks side by side on a database of their own, under one load after another."""

import json
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from .. import config
from ..config import Config
from ..framework.csrf import FormGuard
from ..framework.session import Cookies
from . import BenchError, cuts, figures, ledger, loads, machine, planting, sites, visitors, wrk
from . import ground as grounds
from .figures import Sample
from .ground import Ground, dsn_of
from .ledger import Before
from .loads import PROBES, PRODUCT, YARDSTICKS, Load
from .machine import Moment
from .plan import Plan, Point
from .sites import Site
from .visitors import Crowds, Visitor

YARDSTICKS_WSGI = '''"""The yardsticks, where uwsgi.ini looks for an application."""

from microblog.bench.yardsticks import from_environment

application = from_environment()
'''
WARM_UP = 2  # seconds
WARMING = (Load("", PRODUCT, loads.READ), Load("", YARDSTICKS, {"home": 1}))
EVERYTHING = (*loads.LOADS, *loads.PAGES)
PROBED = 8  # visitors
SMALLEST = 0.6  # of the size that an answer should have


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a point besides its figures: what was acknowledged, how much memory each worker has (PSS, MB), and
    whatever was not as it should be; remarks are what makes a figure mean something else."""

    acknowledged: Counter[str]
    memory: dict[str, list[float]]
    violations: list[str]
    remarks: list[str]


class Stand:
    """Both sites under one visitor list, from `open` to `close`."""

    def __init__(
        self,
        plan: Plan,
        point: Point,
        ground: Ground,
        folder: Path,
        cursor: Any,
        *,
        asked: Sequence[Load] = EVERYTHING,
        words: Sequence[str] = (),
    ) -> None:
        """`asked` are the loads that will be measured, and yardsticks that none asks are not started; `words` are for uWSGI."""
        self.plan, self.point, self.ground, self.folder, self.cursor = plan, point, ground, folder, cursor
        self.words = words
        wanted = {load.site for load in asked}
        self.warming = [load for load in WARMING if load.site in wanted]
        self.asked = [*asked, *self.warming]
        self.sites: dict[str, Site] = {}
        self.sizes: dict[tuple[str, str], float] = {}  # of an answer, by site and kind
        self.ledgers: list[Path] = []
        self.wrong: list[str] = []
        self.remarks: list[str] = []
        self.people: list[Visitor] = []
        self.runs = self.votings = self.votes = 0

    def open(self, url: str) -> None:
        """Log the visitors in, start both sites, and see that they answer as they should."""
        nginx = sites.nginx_program() if self.plan.with_nginx else None
        keys = {"SECRET_KEY": secrets.token_hex(32)}
        port = sites.free_port()
        settings = sites.environment(url, self.point, port=port, keys=keys)
        settled = config.read(settings)
        cookies = Cookies(settled.secret_keys, mount=settled.mount, secure=False)
        forms = FormGuard(settled.secret_keys, settled.public_url)
        self.before = Before.of(self.cursor)
        people = self.people = visitors.admit(self.cursor, self.ground.town, cookies=cookies, forms=forms, key=keys["SECRET_KEY"])
        crowds = visitors.crowds(self.cursor, self.ground.town, people)
        self.votes = visitors.write_down(self.folder, self.cursor, self.ground.town, people, crowds)
        product = self.sites[PRODUCT] = Site(self.folder / "p", settings, port, nginx=nginx, words=self.words)
        product.start()
        if any(load.site == YARDSTICKS for load in self.asked):
            self._open_yardsticks(settled, settings, url, nginx, people[0])
        self._probe(people, crowds)

    def _open_yardsticks(self, settled: Config, settings: dict[str, str], url: str, nginx: str | None, somebody: Visitor) -> None:
        """Start them with the cuts of the product's pages; nginx has a file of that size to give."""
        pieces = self.folder / "cuts.json"
        pieces.write_text(json.dumps(cuts.cut(settled)), "utf-8")
        their = settings | {"BENCH_DSN": dsn_of(url), "BENCH_CUTS": str(pieces)}
        yardsticks = self.sites[YARDSTICKS] = Site(self.folder / "y", their, sites.free_port(), nginx=nginx, wsgi=YARDSTICKS_WSGI)
        if nginx:
            (self.folder / "y" / "static").mkdir(parents=True)
            page = sites.ask(f"{self.sites[PRODUCT].url}/", Cookie=somebody.cookie)
            (self.folder / "y" / "static" / "page.txt").write_text(page.text, "utf-8")
        yardsticks.start()

    def close(self) -> None:
        """End what still runs."""
        for site in self.sites.values():
            site.stop(at_once=True)

    def warm_up(self) -> None:
        """What the first visitors wait for is not measured."""
        for load in self.warming:
            self.measure(load, WARM_UP)

    def settle(self, asked: Sequence[Load]) -> None:
        """Warm up for these loads, and have Postgres take all posts into its memory, as one has that has run for a while: the
        copy of a town is new to it."""
        self.cursor.execute("SET enable_seqscan = off")  # which would let them pass through
        self.cursor.execute("SELECT sum(length(body)) FROM posts WHERE id > 0")
        self.cursor.execute("RESET enable_seqscan")
        self.warm_up()
        for load in asked:
            self.measure(load, WARM_UP)

    def measure(self, load: Load, seconds: int, *, connections: int | None = None) -> Sample:
        """Put a site under a load for so long, by as many connections as the plan says unless told otherwise."""
        connections = connections or self.plan.connections
        self.runs += 1
        site = self.sites[load.site]
        programs = site.programs | {"postgres": self.ground.postmaster}
        plan: dict[str, Any] = {"run": f"r{self.runs}", "seed": self.runs, "mount": sites.MOUNT, "since": int(time.time())}
        plan["kinds"] = [list(pair) for pair in load.kinds.items()]
        if load.keeps_ledger:
            self.ledgers.append(self.folder / f"ledger-{self.runs}")
            plan |= {"ledger": self.ledgers[-1], **self._votes(load)}
        threads = connections if load.keeps_ledger else 1
        spent, before = time.process_time(), Moment.now(programs)
        result = wrk.drive(self.folder, site.url, threads=threads, connections=connections, seconds=seconds, plan=plan)
        sample = figures.sample(load.name, result, before, Moment.now(programs), time.process_time() - spent)
        self._judge(load, sample)
        return sample

    def verdict(self) -> Verdict:
        """Stop the sites, then look whether everything is as the clients were told."""
        memory = {name: [machine.memory(pid) for pid in site.workers()] for name, site in self.sites.items()}
        for site in self.sites.values():
            site.stop()
        claims = ledger.read(path for run in self.ledgers for path in sorted(run.parent.glob(f"{run.name}-*")))
        found = self.wrong + ledger.violations(self.cursor, self.before, claims)
        for name, site in self.sites.items():
            found += [f"The log of the {name} says: {line[:300]}" for line in site.complaints()[:3]]
        return Verdict(claims.acknowledged, memory, found, self.remarks)

    def _votes(self, load: Load) -> dict[str, int]:
        """The part of the possible votes that this run may cast, for nobody votes twice."""
        if "vote" not in load.kinds:
            return {"votes_from": 0, "votes_to": 0}
        share = self.votes // (self.plan.rounds * 3)
        self.votings += 1
        return {"votes_from": (self.votings - 1) * share, "votes_to": self.votings * share}

    def _probe(self, people: Sequence[Visitor], crowds: Crowds) -> None:
        """See that each kind of page is what it should be, and remember how large it is."""
        posts, searches = (
            [line.split("\t")[0] for line in (self.folder / f"{name}.tsv").read_text("utf-8").split("\n")[:PROBED]]
            for name in ("posts", "searches")
        )
        for site, kind in {(load.site, kind) for load in self.asked for kind in load.kinds if kind in PROBES}:
            if kind == "file" and not self.plan.with_nginx:
                continue
            path, mark = PROBES[kind]
            sizes = []
            for reader, post, search in zip(crowds[loads.CROWDS.get(kind, "public")], posts, searches, strict=False):
                person = people[reader.place]
                by_token = kind in loads.BY_TOKEN
                headers = {"Authorization": f"Bearer {person.access_token}"} if by_token else {"Cookie": person.cookie}
                place = path.format(username=person.username, post=post, search=search, before=reader.before)
                answer = sites.ask(self.sites[site].url + place, **headers)
                if answer.status != 200 or mark not in answer.text:
                    raise BenchError(f"{place} of the {site} answers {answer.status}:\n{answer.text[:1_000]}")
                sizes.append(len(answer.text.encode()))
            self.sizes[site, kind] = fmean(sizes)

    def _judge(self, load: Load, sample: Sample) -> None:
        """Remember what is wrong with a sample: errors, and answers that are too small to be what was asked for."""
        if sample.errors:
            told = ", ".join(f"{name}: {number}" for name, number in sample.errors.items())
            self.wrong.append(f"{load.name}: {told} of {sample.requests} requests. {sample.failures}".strip())
        if sample.requests == 0:
            self.wrong.append(f"{load.name}: nothing was answered.")
        if strange := sample.kinds.keys() - load.kinds.keys():
            self.remarks.append(
                f"{load.name}: there was nobody left to do it, so {', '.join(sorted(strange))} was measured, too."
            )
        if not load.keeps_ledger:  # there each answer is looked at
            expected = sum(share * self.sizes[load.site, kind] for kind, share in load.kinds.items()) / sum(load.kinds.values())
            if sample.bytes < expected * SMALLEST:
                self.wrong.append(f"{load.name}: answers had {sample.bytes:,.0f} bytes where {expected:,.0f} were expected.")


@contextmanager
def stand(
    plan: Plan,
    point: Point,
    ground: Ground,
    *,
    asked: Sequence[Load] = EVERYTHING,
    words: Sequence[str] = (),
    copy: str = grounds.COPY,
) -> Iterator[Stand]:
    """A stand on a fresh copy of the town; when the block is left nothing of it is left. Where several stand at once, each has a
    `copy` of another name."""
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))  # the path of a socket must be short
    try:
        with ground.copy(copy) as url, closing(planting.connect(dsn_of(url))) as connection:
            made = Stand(plan, point, ground, folder, connection.cursor(), asked=asked, words=words)
            try:
                made.open(url)
                yield made
            finally:
                made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
