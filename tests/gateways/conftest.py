"""A service of the world outside for the tests of its clients."""

from collections.abc import Iterator

import pytest

from .stand_in import Service, running


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as service:
        yield service
