"""Sweeping what people were told."""

from microblog.core import notifications as rules
from microblog.faces.jobs import notifications


def test_sweeping_is_the_rules_own(work, monkeypatch):
    swept = []
    monkeypatch.setattr(rules, "sweep", swept.append)
    notifications.sweep(work)
    assert swept == [work.db]
