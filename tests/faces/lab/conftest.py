"""Somebody with curl, whom the laboratory does not know and need not."""

import pytest
from werkzeug.test import Client, TestResponse


class Curl(Client):
    """A client below /lab."""

    def open(self, path: str, *arguments: object, **options: object) -> TestResponse:  # type: ignore[override]
        options.setdefault("base_url", "http://localhost/microblog")
        return super().open(f"/lab{path}", *arguments, **options)


@pytest.fixture
def curl(app) -> Curl:
    return Curl(app, use_cookies=False)
