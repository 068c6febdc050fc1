"""Where the private Postgres finds its programs and its account; how it lives there is in test_embedded.py."""

import os

import pytest

from microblog import lodging
from microblog.lodging import Account, ClusterError


def test_a_folder_the_operator_names_is_the_only_one(monkeypatch, tmp_path):
    monkeypatch.setenv("MICROBLOG_PG_BIN", str(tmp_path))
    assert list(lodging.candidates()) == [tmp_path]
    ourselves = Account(os.geteuid(), os.getegid(), borrowed=False)
    with pytest.raises(ClusterError, match="MICROBLOG_PG_BIN"):
        lodging.find_programs(ourselves, None)


def test_a_name_too_long_for_a_socket_gets_a_short_one(tmp_path):
    ourselves = Account(os.geteuid(), os.getegid(), borrowed=False)
    assert ourselves.socket_folder(tmp_path / "short") == tmp_path / "short" / "socket"
    assert len(str(ourselves.socket_folder(tmp_path / ("long" * 30)))) < 60
    assert "한글" not in str(ourselves.socket_folder(tmp_path / "한글"))
