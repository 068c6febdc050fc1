"""Errors in the log become letters to the administrators, once in a while."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy import select

from microblog import alarm
from microblog.models import Job

ADMINS = ("ann@example.org", "bob@example.org")


@pytest.fixture
def logger(app, settings):
    """A logger whose errors ring the alarm of this test's application."""
    logger = logging.getLogger("tests.alarm")
    handler = alarm.Alarm(replace(settings, admins=ADMINS), app.database)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def letters(db):
    return [arguments for arguments in db.scalars(select(Job.arguments).where(Job.name == "jobs.failures.send").order_by(Job.id))]


@pytest.mark.row("MT-07.5", "MT-D17", "MT-22.9")
def test_an_error_is_promised_to_every_administrator_with_its_trace(logger, db):
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logger.exception("GET /explore", extra={"request_id": "abc", "user_id": 7})
    told = letters(db)
    assert [one["to"] for one in told] == list(ADMINS)
    for piece in ("GET /explore", "request_id: abc", "user_id: 7", "ZeroDivisionError", "Traceback"):
        assert piece in told[0]["text"]


@pytest.mark.row("MT-07.5")
def test_warnings_disturb_nobody(logger, db):
    logger.warning("nearly")
    assert letters(db) == []


def test_an_alarm_that_cannot_ring_hurts_nobody(settings):
    class Away:
        def writing(self):
            raise RuntimeError("no database")

    handler = alarm.Alarm(replace(settings, admins=ADMINS), Away())
    handler.emit(logging.LogRecord("x", logging.ERROR, "f", 1, "it broke", (), None))


@pytest.mark.row("MT-07.5", "MT-15.4")
@pytest.mark.parametrize(
    ("changes", "rings"),
    [
        ({"environment": "production", "mail_server": "localhost", "admins": ADMINS}, True),
        ({"environment": "production", "mail_server": "", "admins": ADMINS}, False),
        ({"environment": "production", "mail_server": "localhost", "admins": ()}, False),
        ({"environment": "testing", "mail_server": "localhost", "admins": ADMINS}, False),
    ],
)
def test_it_rings_only_where_there_is_a_server_and_somebody_to_hear(app, settings, changes, rings):
    root = logging.getLogger()
    try:
        alarm.sound(replace(settings, **changes), app.database)
        assert any(isinstance(handler, alarm.Alarm) for handler in root.handlers) == rings
    finally:
        alarm.sound(settings, app.database)


def test_two_errors_are_the_same_when_they_come_from_the_same_place():
    def record(divisor):
        try:
            return 1 / divisor
        except (ZeroDivisionError, TypeError) as error:
            return logging.LogRecord(
                "x", logging.ERROR, "f", 1, f"it broke by {divisor}", (), (type(error), error, error.__traceback__)
            )

    assert alarm._mark(record(0)) == alarm._mark(record(0))
    assert alarm._mark(record(0)) != alarm._mark(record("x"))
