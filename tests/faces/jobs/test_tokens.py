"""Sweeping tokens."""

from microblog.core import tokens as rules
from microblog.faces.jobs import tokens


def test_sweeping_is_the_rules_own(work, monkeypatch):
    swept = []
    monkeypatch.setattr(rules, "sweep", swept.append)
    tokens.sweep(work)
    assert swept == [work.db]
