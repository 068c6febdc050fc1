"""All checks together."""

import re

import pytest

from microblog.doctor.examination import CHECKS, examine
from microblog.doctor.verdicts import Check, Level, Unseen, fine

# Without nginx before it, as a member of no uWSGI, on the cluster of the tests, with nobody at work.
NOT_FINE = {
    "proxy.forged_headers",
    "proxy.request_id",
    "proxy.bound",
    "pages.packed",
    "static.kept",
    "server.uwsgi",
    "postgres.durable",
    "work.workers",
    "mail.admins",
}


def test_each_check_has_a_name_of_its_own_and_says_what_it_looks_at():
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names) > 50
    for check in CHECKS:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", check.name)
        assert check.looks_at


def test_without_anything_before_it_the_site_is_as_well_as_it_can_be(patient, as_root_or_not):
    found = {finding.name: finding for finding in examine(patient)}
    assert len(found) == len(CHECKS)
    assert {name for name, finding in found.items() if finding.level is not Level.FINE} == NOT_FINE | as_root_or_not
    for finding in found.values():
        assert bool(finding.mend) == (finding.level is not Level.FINE), finding


@pytest.fixture
def as_root_or_not() -> set[str]:
    import os

    return {"server.user"} if os.geteuid() == 0 else set()


def looking(error: Exception):
    def look(_patient):
        raise error

    return look


def test_what_cannot_be_looked_at_is_unseen_and_the_next_check_goes_on(patient):
    checks = [Check("a.b", "a thing", looking(Unseen("A wall."))), Check("a.c", "another", lambda _: fine("It is."))]
    one, other = examine(patient, checks)
    assert (one.level, one.seen, one.looks_at) == (Level.UNSEEN, "A wall.", "a thing")
    assert other.level is Level.FINE


def test_a_check_that_goes_wrong_itself_is_told_without_what_it_held(patient):
    (finding,) = examine(patient, [Check("a.b", "a thing", looking(KeyError("a secret")))])
    assert (finding.level, finding.seen) == (Level.WRONG, "The check itself went wrong: KeyError.")
    assert "secret" not in finding.mend
