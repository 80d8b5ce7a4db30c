"""The wallet's own statements, carried out over rows in memory.

Only what is said on the way of money is understood; anything else is an error, never a guess.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import CTE, Column, Delete, Insert, Select, Table, Update
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.functions import FunctionElement

from tests.simulation.storage.answers import Rows
from tests.simulation.storage.clauses import (
    Among,
    Given,
    UnreadableError,
    bound,
    equals,
    flat,
    holds,
    value,
)
from tests.simulation.storage.pens import Line
from tests.simulation.storage.rules import Row, Shape, broken, shape_of
from tests.simulation.storage.tables import DuplicateError, View

_FOLD: Mapping[str, Callable[[list[Any]], Any]] = {
    "max": lambda found: max(found, default=None),
    "sum": lambda found: sum(found) if found else None,
    "count": len,
}


def carry_out(view: View, statement: Any, given: Given) -> Rows:
    """
    Carry out a statement.
    """
    if isinstance(statement, Line):
        return _line(view, statement)
    if isinstance(statement, Select):
        return _select(view, statement, given)
    if isinstance(statement, Update):
        return _update(view, statement, given)
    if isinstance(statement, Insert):
        return _insert(view, statement, given)
    if isinstance(statement, Delete):
        return _delete(view, statement, given)
    raise UnreadableError(statement)


def _line(view: View, line: Line) -> Rows:
    key, conditions = line.among()
    rows: Iterable[Row] = view.scan(line.shape.name)
    if key is not None:
        row = view.get(line.shape.name, key)
        rows = () if row is None else (row,)
    found = [row for row in rows if all(holds(row) for holds in conditions)]
    if line.kind == "select":
        for name, falling in reversed(line.order):
            found.sort(key=lambda row, name=name: row[name], reverse=falling)
        return Rows(_written(line, found[: line.most]))
    if line.kind == "delete":
        for row in found:
            view.delete(line.shape, row)
        return Rows([], len(found))
    changed = [_changed(view, line.shape, row, line.changed(row)) for row in found]
    if not line.told:
        return Rows([], len(found))
    make = _named(line.told)
    return Rows([make(*[row[name] for name in line.told]) for row in changed])


def _written(line: Line, found: list[Row]) -> list[Any]:
    if not line.shown:
        return [SimpleNamespace(**row) for row in found]
    names = tuple([each.key for each in line.shown])
    make = _named(names)
    return [make(*[row[name] for name in names]) for row in found]


def _changed(view: View, shape: Shape, row: Row, values: dict[str, Any]) -> Row:
    try:
        return view.update(shape, row, values)
    except DuplicateError as fault:
        raise broken(f"not unique: {fault}") from None


def _select(view: View, statement: Any, given: Given) -> Rows:
    column = statement._raw_columns[0]
    if isinstance(column, FunctionElement):
        column = next(iter(column.clauses))
    source = getattr(column, "table", column)
    if isinstance(source, CTE):
        return _select(view, source.element, given)
    found = _found(view, shape_of(_plain(source)), statement._where_criteria, given)
    for clause in reversed(statement._order_by_clauses):
        falling = isinstance(clause, UnaryExpression) and clause.modifier is operators.desc_op
        name = clause.element.name if isinstance(clause, UnaryExpression) else clause.name
        found.sort(key=lambda row, name=name: row[name], reverse=falling)
    if statement._limit_clause is not None:
        found = found[: bound(statement._limit_clause, given)]
    return Rows(_shown(statement._raw_columns, found))


def _shown(columns: Any, found: list[Row]) -> list[Any]:
    if isinstance(columns[0], Table):
        return [SimpleNamespace(**row) for row in found]
    if isinstance(columns[0], FunctionElement):
        (inner,) = columns[0].clauses
        return [(_FOLD[columns[0].name]([row[inner.name] for row in found]),)]
    names = tuple([column.name for column in columns])
    make = _named(names)
    return [make(*[row[name] for name in names]) for row in found]


@cache
def _named(names: tuple[str, ...]) -> Any:
    return namedtuple("_Row", names)  # noqa: PYI024 - its fields are known only now


def _plain(table: Any) -> Any:
    """
    Return a table without what the ORM notes on it, which makes another object of it each time.
    """
    return table.metadata.tables[table.name]


def _found(view: View, shape: Shape, criteria: tuple[Any, ...], given: Given) -> list[Row]:
    """
    Return the rows for which everything holds; by the key, where the conditions name it.
    """
    named: dict[str, Any] = {}
    other = []
    for clause in flat(criteria):
        pair = equals(clause, given)
        if pair is None or pair[1] is None or pair[0] in named:
            other.append(_among(view, clause, given))
        else:
            named[pair[0]] = pair[1]
    rows: Iterable[Row]
    if all(column in named for column in shape.key):
        row = view.get(shape.name, tuple([named.pop(column) for column in shape.key]))
        rows = () if row is None else (row,)
    else:
        rows = view.scan(shape.name)
    pairs = tuple(named.items())
    return [
        row
        for row in rows
        if all(row[column] == wanted for column, wanted in pairs)
        and all(holds(clause, row, given) for clause in other)
    ]


def _among(view: View, clause: Any, given: Given) -> Any:
    if getattr(clause, "operator", None) is operators.in_op:
        inner = getattr(clause.right, "element", None)
        if isinstance(inner, Select):
            return Among(clause.left, {tuple(row) for row in _select(view, inner, given)})
    return clause


def _values(statement: Any, row: Row, given: Given) -> dict[str, Any]:
    return {_name(key): value(each, row, given) for key, each in statement._values.items()}


def _name(key: Any) -> str:
    return key.name if isinstance(key, Column) else str(key)


def _update(view: View, statement: Any, given: Given) -> Rows:
    shape = shape_of(_plain(statement.table))
    found = _found(view, shape, statement._where_criteria, given)
    changed = [_changed(view, shape, row, _values(statement, row, given)) for row in found]
    if statement._returning:
        return Rows(_shown(statement._returning, changed))
    return Rows([], len(found))


def _delete(view: View, statement: Any, given: Given) -> Rows:
    shape = shape_of(_plain(statement.table))
    found = _found(view, shape, statement._where_criteria, given)
    for row in found:
        view.delete(shape, row)
    return Rows([], len(found))


def _insert(view: View, statement: Any, given: Given) -> Rows:
    shape = shape_of(_plain(statement.table))
    row = dict.fromkeys(shape.columns) | _values(statement, {}, given)
    clause = getattr(statement, "_post_values_clause", None)
    try:
        view.insert(shape, row)
    except DuplicateError as fault:
        if isinstance(clause, OnConflictDoNothing):
            return Rows([], 0)
        if isinstance(clause, OnConflictDoUpdate):
            return _instead(view, statement, shape, row, given)
        raise broken(f"not unique: {fault}") from None
    return Rows([_returned(statement, row)], 1)


def _instead(view: View, statement: Any, shape: Shape, row: Row, given: Given) -> Rows:
    """
    Change the row that is there; an upsert of ours names the primary key.
    """
    clause = statement._post_values_clause
    there = view.get(shape.name, shape.key_of(row))
    where = clause.update_whereclause
    if there is None:
        raise UnreadableError(clause)
    if where is not None and not holds(where, there, given):
        return Rows([], 0)
    values = {
        _name(key): value(each, there, given) if hasattr(each, "type") else each
        for key, each in dict(clause.update_values_to_set).items()
    }
    return Rows([_returned(statement, view.update(shape, there, values))], 1)


def _returned(statement: Any, row: Row) -> tuple[Any, ...]:
    told = {
        each.name: row[each.name] if isinstance(each, Column) else 1
        for each in statement._returning
    }
    named: tuple[Any, ...] = _named(tuple(told))(**told)
    return named
