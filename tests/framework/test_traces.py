"""Traces: all of an error but the values that Postgres quotes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from microblog.framework import traces

MARK = "marked-secret"


def refused(db, statement: str, **values: object) -> str:
    """The trace of a statement that Postgres refuses."""
    with pytest.raises(DBAPIError) as refusal, db.begin_nested():
        db.execute(text(statement), values)
    assert MARK in str(refusal.value), "Postgres quotes no value here, so this shows nothing"
    return traces.text(refusal.value)


@pytest.mark.parametrize("secret", [MARK, f"two\nlines, {MARK}", f"HINT or\nnot, {MARK}", f"({MARK})"])
def test_a_row_that_does_not_fit_is_not_shown(db, alice, secret):
    trace = refused(db, "UPDATE credentials SET email = 'x', password_hash = :secret", secret=secret)
    assert MARK not in trace
    for kept in ("CheckViolation", "ck__credentials__email", "DETAIL: …", "[SQL: UPDATE credentials", "test_traces.py"):
        assert kept in trace


def test_a_value_that_somebody_has_is_not_shown(db, alice, bob):
    db.execute(text("UPDATE credentials SET email = :secret WHERE user_id = :id"), {"secret": f"{MARK}@x", "id": alice.id})
    trace = refused(db, "UPDATE credentials SET email = :secret", secret=f"{MARK}@x")
    assert MARK not in trace
    assert "uq__credentials__lower_email" in trace


def test_a_statement_that_is_not_understood_is_not_shown_with_its_values(db):
    trace = refused(db, "SELECT no_such_column, :secret", secret=MARK)
    assert MARK not in trace
    assert 'column "no_such_column" does not exist' in trace
    assert "LINE 1: …" in trace


def test_what_led_to_an_error_is_told_with_it():
    try:
        try:
            raise ValueError(f"it broke\nDETAIL:  ({MARK})")
        except ValueError as first:
            raise RuntimeError("so this broke") from first
    except RuntimeError as error:
        trace, same = traces.text(error), traces.text((type(error), error, error.__traceback__))
    assert trace == same
    lines = [line for line in trace.splitlines() if line and not line.startswith(" ")]
    assert lines == [
        "Traceback (most recent call last):",
        "ValueError: it broke",
        "DETAIL: …",
        "The above exception was the direct cause of the following exception:",
        "Traceback (most recent call last):",
        "RuntimeError: so this broke",
    ]


def test_words_that_only_look_alike_stay():
    kept = "ValueError: the details: none\n  DETAILS follow"
    assert traces.without_values(kept) == kept
