"""Sweeping tasks."""

from microblog.core import tasks as rules
from microblog.faces.jobs import tasks


def test_sweeping_is_the_rules_own(work, monkeypatch):
    swept = []
    monkeypatch.setattr(rules, "sweep", swept.append)
    tasks.sweep(work)
    assert swept == [work.db]
