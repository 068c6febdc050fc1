"""What is told of findings."""

import json

from microblog.doctor import report
from microblog.doctor.verdicts import Finding, Level

FINE = Finding("a.fine", "one thing", Level.FINE, "It is.", "")
WARNING = Finding("a.warning", "another", Level.WARNING, "So so.", "Do this.")
WRONG = Finding("a.wrong", "a third", Level.WRONG, "No. " * 60, "In nginx: " + "uwsgi_param HTTP_X_FORWARDED_PREFIX; " * 5)
UNSEEN = [
    Finding(f"a.unseen{n}", "a fourth", Level.UNSEEN, reason, "") for n, reason in enumerate(("A wall.", "A wall.", "A door."))
]


def test_a_finding_says_how_bad_it_is_what_was_seen_and_what_mends_it():
    assert list(report.lines(FINE)) == ["fine    a.fine: It is."]
    assert list(report.lines(WARNING)) == ["WARNING a.warning: So so.", "        -> Do this."]


def test_long_lines_are_broken_between_words():
    lines = list(report.lines(WRONG))
    assert len(lines) > 4
    assert max(map(len, lines)) <= report.WIDTH
    assert " ".join(" ".join(lines).split()) == " ".join(f"WRONG a.wrong: {WRONG.seen} -> {WRONG.mend}".split())


def test_what_was_not_seen_is_told_once_for_each_reason():
    assert list(report.unseen([FINE, *UNSEEN])) == ["unseen  a.unseen0, a.unseen1: A wall.", "unseen  a.unseen2: A door."]
    assert list(report.unseen([FINE])) == []


def test_the_last_line_counts():
    assert report.summary([FINE, WARNING, WARNING]) == "3 checks: 1 fine, 2 warning."


def test_the_status_is_1_if_anything_is_wrong_or_was_not_seen():
    assert report.status([FINE, WARNING]) == 0
    assert report.status([FINE, WRONG]) == 1
    assert report.status([FINE, UNSEEN[0]]) == 1


def test_machines_get_json():
    assert json.loads(report.as_json([FINE, WRONG])) == {
        "is_fine": False,
        "findings": [
            {"name": each.name, "looks_at": each.looks_at, "level": each.level.value, "seen": each.seen, "mend": each.mend}
            for each in (FINE, WRONG)
        ],
    }
