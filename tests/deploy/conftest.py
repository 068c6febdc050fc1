"""Whole installations for the tests of this folder: real nginx, real uWSGI, a real database with the demo town in it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from microblog import demo

from .installation import Installation

Install = Callable[..., Installation]
Site = TypeVar("Site", bound=Installation)


@contextmanager
def installed(database_url: str, nginx: str, *, kind: type[Site] = Installation, **options: Any) -> Iterator[Site]:
    """An installation (of some `kind`) that is started, and in the end stopped; nothing may have gone wrong in it unforeseen."""
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))  # the path of a socket must be short
    site = kind(folder, database_url, nginx, **options)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        complaints = site.complaints()
        shutil.rmtree(folder, ignore_errors=True)
    assert not complaints, f"{len(complaints)} complaints in the logs, among them\n" + "\n".join(complaints[:3])


@pytest.fixture(scope="session")
def new_site(nginx: str, new_database: Callable[[], str]) -> Iterator[Install]:
    """Makes an installation of one's own, with the demo people: new_site(mount="")."""
    with ExitStack() as stack:

        def make(**options: str) -> Installation:
            site = stack.enter_context(installed(new_database(), nginx, **options))
            with site.database.writing() as db:
                demo.plant(db)
                db.commit()
            return site

        yield make


@pytest.fixture(scope="session")
def site(new_site: Install) -> Installation:
    """The site under /microblog that tests share as long as they leave its processes alone."""
    return new_site()


@pytest.fixture(scope="session")
def root_site(new_site: Install) -> Installation:
    """The same at the root of a host."""
    return new_site(mount="")


@pytest.fixture(params=["site", "root_site"], ids=["under-a-prefix", "at-the-root"])
def any_site(request: pytest.FixtureRequest) -> Installation:
    """The site under its prefix, and once more at the root."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def mirror(nginx: str) -> Iterator[Installation]:
    """nginx and uWSGI as they are, before an application that says what reached it."""
    with installed("postgresql://nobody@/nothing", nginx, application=Path(__file__).parent / "mirror.py") as site:
        yield site
