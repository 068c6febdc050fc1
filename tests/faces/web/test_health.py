"""Whether the process lives and can work."""

from sqlalchemy import text


def test_living_asks_nobody(browser, counted):
    with counted() as statements:
        answer = browser.get("/livez")
    assert (answer.status_code, answer.text) == (200, "alive\n")
    assert statements == []
    assert "Set-Cookie" not in answer.headers


def test_readiness_knows_the_schema(browser, db):
    assert browser.get("/readyz").status_code == 200
    db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    db.commit()
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    assert "db upgrade" in answer.text


def test_in_the_middle_of_an_upgrade_the_old_code_is_ready(browser, db):
    db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.commit()
    assert browser.get("/readyz").status_code == 200


def test_without_a_schema_nobody_is_ready(browser, db):
    db.execute(text("DELETE FROM alembic_version"))
    db.commit()
    assert browser.get("/readyz").status_code == 503
