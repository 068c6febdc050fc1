"""What most commands begin with: settings from the environment and .env, and a database that answers."""

import contextlib
import os
from collections.abc import Iterator
from types import SimpleNamespace

import dotenv
import pytest

from microblog import config
from microblog.commands import Failure, settings
from microblog.embedded import ClusterError

LOAD = dotenv.load_dotenv


@pytest.mark.row("XC-06", "MT-15.5")
def test_the_environment_wins_over_the_file(environment, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("POST_LENGTH=17\nPOSTS_PER_PAGE=7\n")
    monkeypatch.setattr("dotenv.load_dotenv", LOAD)
    monkeypatch.setattr(config, "ROOT", tmp_path)
    environment(POST_LENGTH="99")
    monkeypatch.delenv("POSTS_PER_PAGE")
    try:
        found = settings.load()
    finally:
        os.environ["POSTS_PER_PAGE"] = ""
    assert (found.post_length, found.posts_per_page) == (99, 7)


def test_a_setting_that_cannot_be_meant_is_a_failure_that_names_it(environment):
    environment(PORT="eighty", THREADS="0")
    with pytest.raises(Failure, match=r"PORT cannot be used.*\nTHREADS cannot be used"):
        settings.load()


def test_the_database_that_was_named_is_used(environment):
    environment(DATABASE_URL="postgresql://h/x")
    with settings.with_database() as found:
        assert found.database_url == "postgresql://h/x"


def test_where_none_was_named_the_private_one_is_up_for_as_long_as_needed(environment, monkeypatch):
    log = []

    @contextlib.contextmanager
    def cluster(folder) -> Iterator[SimpleNamespace]:
        log.append(f"up in {folder.relative_to(config.ROOT)}")
        yield SimpleNamespace(start=lambda: "postgresql:///private")
        log.append("down")

    monkeypatch.setattr("microblog.embedded.Cluster", cluster)
    with settings.with_database() as found:
        assert (found.database_url, os.environ["DATABASE_URL"]) == ("postgresql:///private", "postgresql:///private")
        assert log == ["up in var/postgres"]
    assert log == ["up in var/postgres", "down"]


def test_a_private_postgres_that_will_not_start_is_a_failure_in_its_own_words(environment, monkeypatch):
    def cluster(_folder) -> SimpleNamespace:
        raise ClusterError("The disk is full.")

    monkeypatch.setattr("microblog.embedded.Cluster", cluster)
    with pytest.raises(Failure, match="The disk is full."), settings.with_database():
        pass
