"""All tables together: everything has a name of its own kind, and whoever leaves takes what is theirs along."""

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from microblog import models
from microblog.models import metadata

TABLES = metadata.sorted_tables
PREFIXES = {PrimaryKeyConstraint: "pk__", ForeignKeyConstraint: "fk__", UniqueConstraint: "uq__", CheckConstraint: "ck__"}


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_constraint_and_index_is_named_after_its_kind_and_table(table):
    for constraint in table.constraints:
        assert str(constraint.name).startswith(f"{PREFIXES[type(constraint)]}{table.name}")
    for index in table.indexes:
        assert index.name.startswith(f"{'uq' if index.unique else 'ix'}__{table.name}__")


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_instant_has_its_zone(table):
    for column in table.columns:
        assert getattr(column.type, "timezone", True), column


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_what_belongs_to_somebody_goes_with_them(table):
    for key in table.foreign_keys:
        assert key.ondelete == "CASCADE", key


@pytest.mark.row("MT-D19")
@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_table_has_a_primary_key(table):
    assert len(table.primary_key.columns) > 0


def test_every_model_is_at_hand_by_its_name():
    mapped = {mapper.class_.__name__ for mapper in models.Base.registry.mappers}
    assert set(models.__all__) == mapped | {"Base", "metadata"}
    assert all(hasattr(models, name) for name in models.__all__)
