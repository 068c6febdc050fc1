"""What a statement would ask of a distributed Postgres: one server, all of them each for itself, or rows that travel.

It reads SQLAlchemy's own trees: which tables stand where, and which of their columns must be equal to each other or to a value
that is given. Only what is joined by AND counts. Whatever it does not understand ties nothing together, so it errs to the worse.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import Table
from sqlalchemy.sql import operators
from sqlalchemy.sql.dml import Delete, Insert, Update, UpdateBase
from sqlalchemy.sql.elements import BindParameter, BooleanClauseList, Cast, ColumnClause, Grouping, Label
from sqlalchemy.sql.selectable import AliasedReturnsRows, CompoundSelect, Join, Select, SelectBase

from microblog.models.distribution import DISTRIBUTED, LOCAL, PLACES, REFERENCE

ONE, EVERY, TRAVEL, NONE = "one", "every", "travel", "none"
Term = Hashable


@dataclass
class Scope:
    """The FROM of one SELECT (or the target of a change): each of its tables is a place of its own."""

    number: int
    tables: dict[Any, Any]  # by what columns name as their table
    around: "Scope | None" = None

    def home(self, table: Any) -> "Scope | None":
        return self if table in self.tables else self.around and self.around.home(table)


@dataclass
class Question:
    """What one statement has to do with which tables."""

    places: dict[Term, str] = field(default_factory=dict)  # a place of a table: the table's name
    changed: set[str] = field(default_factory=set)
    whole: Any = None
    changes_within: bool = False  # in a WITH, which Citus takes only where one server has all of it
    _same: dict[Term, Term] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _seen: dict[int, Any] = field(default_factory=dict)

    @property
    def tables(self) -> set[str]:
        return set(self.places.values())

    @property
    def verdict(self) -> str:
        """`one` server has all of it; `every` server answers for its own rows; or rows must `travel` between them, in one statement
        or in steps. `none` asks nothing but what is everywhere or at the coordinator."""
        spread = {place: PLACES[name] for place, name in self.places.items() if PLACES[name].kind == DISTRIBUTED}
        if not spread:
            return NONE
        roots = {self._root((*place, PLACES[self.places[place]].column)) for place in spread}  # type: ignore[misc]
        together = {place.together for place in spread.values()}
        if len(roots) > 1 or len(together) > 1 or any(PLACES[name].kind == LOCAL for name in self.tables):
            return TRAVEL
        if self.changes_within and (self.changes_everywhere or not self._is_given(next(iter(roots)))):
            return TRAVEL
        return ONE if self._is_given(roots.pop()) else EVERY

    @property
    def changes_everywhere(self) -> set[str]:
        """The reference tables that it changes, on every server."""
        return {name for name in self.changed if PLACES[name].kind == REFERENCE}

    # Equalities

    def tie(self, one: Term, other: Term) -> None:
        self._same[self._root(one)] = self._root(other)

    def _root(self, term: Term) -> Term:
        while term in self._same and self._same[term] != term:
            term = self._same[term]
        return term

    def _is_given(self, root: Term) -> bool:
        return any(isinstance(term, tuple) and term[0] == "given" and self._root(term) == root for term in [*self._same, root])

    # Reading a statement

    def read(self, statement: Any, around: Scope | None = None) -> Scope | None:
        """Take in a statement or a part of one; gives the scope that its columns belong to."""
        if id(statement) in self._seen:
            return self._seen[id(statement)]
        if isinstance(statement, CompoundSelect):
            for part in statement.selects:
                self.read(part, around)
            scope = None
        elif isinstance(statement, Select):
            scope = self._read_select(statement, around)
        elif isinstance(statement, UpdateBase):
            scope = self._read_change(statement)
        elif hasattr(statement, "element"):  # in brackets, or a SELECT that gives one value
            return self.read(statement.element, around)
        else:
            scope = None
        self._seen[id(statement)] = scope
        return scope

    def _read_select(self, statement: Any, around: Scope | None) -> Scope:
        joins, tables = [], []
        for source in statement.get_final_froms():
            _leaves(source, tables, joins)
        own = [table for table in tables if around is None or around.home(table) is None] or tables
        scope = self._enter(own, around)
        for table in own:
            self._read_source(table, scope)
        for cte in statement._independent_ctes:
            self._read_source(cte, scope)
        for condition in [*statement._where_criteria, *joins, *statement._having_criteria]:
            self._read_condition(condition, scope)
        for column in statement._raw_columns:
            self._look_inside(column, scope)
        return scope

    def _read_change(self, statement: Any) -> Scope:
        name = statement.table.name
        self.changed.add(name)
        self.changes_within |= statement is not self.whole
        scope = self._enter([statement.table], None)
        if isinstance(statement, Insert):
            column = PLACES[name].column
            place = (scope.number, name, column)
            if statement.select is not None:
                inner = self.read(statement.select, None)
                names = statement._select_names or []
                if column in names and isinstance(statement.select, Select):
                    self.tie(place, self._term(list(statement.select.selected_columns)[names.index(column)], inner))
            else:
                self.tie(place, ("given", name, column))
        if isinstance(statement, Update | Delete):
            conditions = list(statement._where_criteria)
            for source in _sources_of(conditions):
                if source not in scope.tables and source is not statement.table:
                    scope.tables[source] = self._place(source, scope)
                    self._read_source(source, scope)
            for condition in conditions:
                self._read_condition(condition, scope)
        for cte in statement._independent_ctes:
            self._read_source(cte, scope)
        return scope

    def _enter(self, tables: Sequence[Any], around: Scope | None) -> Scope:
        scope = Scope(next(self._numbers), {}, around)
        for table in tables:
            scope.tables[table] = self._place(table, scope)
        return scope

    def _place(self, table: Any, scope: Scope) -> Term:
        base = _base(table)
        if base is None:
            return None
        place = (scope.number, getattr(table, "name", base.name))
        self.places[place] = base.name
        return place

    def _read_source(self, table: Any, scope: Scope) -> None:
        """A subquery in FROM knows nothing of its neighbours, unless it is LATERAL."""
        if _base(table) is None and isinstance(table, AliasedReturnsRows):
            lateral = getattr(table, "_is_lateral", False)
            self.read(table.element, scope if lateral else None)

    def _read_condition(self, condition: Any, scope: Scope) -> None:
        if isinstance(condition, Grouping):
            return self._read_condition(condition.element, scope)
        if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
            for part in condition.clauses:
                self._read_condition(part, scope)
            return None
        operator = getattr(condition, "operator", None)
        if operator is operators.eq:
            self.tie(self._term(condition.left, scope), self._term(condition.right, scope))
        elif operator is operators.in_op and (inner := _select_in(condition.right)) is not None:
            there = self.read(inner, scope)
            if isinstance(inner, Select) and there is not None:
                self.tie(self._term(condition.left, scope), self._term(next(iter(inner.selected_columns)), there))
        return self._look_inside(condition, scope)

    def _look_inside(self, element: Any, scope: Scope) -> None:
        """SELECTs within an expression."""
        if isinstance(element, SelectBase | UpdateBase):
            self.read(element, scope)
            return
        for child in element.get_children():
            if not isinstance(child, Table | AliasedReturnsRows):
                self._look_inside(child, scope)

    def _term(self, expression: Any, scope: Scope | None) -> Term:
        """What stands for a column in equalities; something of its own for what is none."""
        while isinstance(expression, Label | Grouping | Cast) or type(expression).__name__ == "TypeCoerce":
            expression = getattr(expression, "element", None) if isinstance(expression, Label | Grouping) else expression.clause
        if isinstance(expression, BindParameter):
            return ("given", expression.value if expression.value is not None else expression.key)
        if not isinstance(expression, ColumnClause) or scope is None or expression.table is None:
            return ("nothing", next(self._numbers))
        table = _same_table(expression.table, scope)
        home = scope.home(table)
        if home is None:
            return ("nothing", next(self._numbers))
        if _base(table) is not None:
            return (*home.tables[table], expression.name)
        inner = table.element
        if isinstance(inner, Select) and (there := self._seen.get(id(inner))) is not None:
            return self._term(inner.selected_columns[expression.key], there)
        if isinstance(inner, UpdateBase) and (there := self._seen.get(id(inner))) and expression.name in inner.table.columns:
            return (*there.tables[inner.table], expression.name)  # what a change gives back of the rows it has changed
        return ("derived", id(table), expression.name)


def _same_table(table: Any, scope: Scope | None) -> Any:
    """The object by which a scope knows a table: the ORM names it by copies that are equal in hash."""
    while scope is not None:
        for known in scope.tables:
            if known is table or hash(known) == hash(table):
                return known
        scope = scope.around
    return table


def _base(table: Any) -> Table | None:
    """The table behind an alias; None for a subquery."""
    while isinstance(table, AliasedReturnsRows) and not isinstance(table.element, SelectBase | UpdateBase | Grouping):
        table = table.element
    return table if isinstance(table, Table) and table.name in PLACES else None


def _leaves(source: Any, tables: list[Any], conditions: list[Any]) -> None:
    if isinstance(source, Join):
        _leaves(source.left, tables, conditions)
        _leaves(source.right, tables, conditions)
        if source.onclause is not None:
            conditions.append(source.onclause)
    else:
        tables.append(source)


def _sources_of(elements: Iterable[Any]) -> list[Any]:
    """The tables that the columns of these expressions belong to, and CTEs themselves; not those inside of a SELECT."""
    found: list[Any] = []
    for element in elements:
        if isinstance(element, AliasedReturnsRows):
            found.append(element)
        elif isinstance(element, ColumnClause) and element.table is not None:
            found.append(element.table)
        elif not isinstance(element, SelectBase):
            found += _sources_of(element.get_children())
    return list(dict.fromkeys(found))


def _select_in(element: Any) -> Any:
    while not isinstance(element, SelectBase) and hasattr(element, "element"):
        element = element.element
    return element if isinstance(element, SelectBase) else None


def question(statement: Any) -> Question:
    """What a statement asks."""
    asked = Question(whole=statement)
    asked.read(statement)
    return asked


def summary(questions: Iterable[Question]) -> dict[str, set[str]]:
    """Tables by the worst that any of these statements would do with them."""
    found: dict[str, set[str]] = defaultdict(set)
    for asked in questions:
        found[asked.verdict] |= asked.tables
    return dict(found)
