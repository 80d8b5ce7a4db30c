"""Conditions and values of SQLAlchemy statements, computed over a row."""

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Column, Null, TextClause, Tuple
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Grouping

from tests.simulation.storage.rules import Row, predicate

Given = Mapping[str, Any]
_COMPARE: Mapping[Any, Callable[[Any, Any], Any]] = {
    operators.eq: operator.eq,
    operators.ne: operator.ne,
    operators.lt: operator.lt,
    operators.le: operator.le,
    operators.gt: operator.gt,
    operators.ge: operator.ge,
}
_COMPUTE: Mapping[Any, Callable[[Any, Any], Any]] = {
    operators.add: operator.add,
    operators.sub: operator.sub,
}


class UnreadableError(Exception):
    """
    A statement says something that this storage does not understand yet.
    """


class Among:
    """
    ``columns in (select …)``, with the inner rows found beforehand.
    """

    def __init__(self, left: Any, rows: set[Any]) -> None:
        self.left, self.rows = left, rows


def flat(criteria: tuple[Any, ...]) -> Iterator[Any]:
    """
    Walk over conditions that all have to hold.
    """
    for each in criteria:
        if isinstance(each, BooleanClauseList) and each.operator is operators.and_:
            yield from flat(tuple(each.clauses))
        elif isinstance(each, Grouping):
            yield from flat((each.element,))
        else:
            yield each


def equals(clause: Any, given: Given) -> tuple[str, Any] | None:
    """
    Return column and value of ``column = value``, which finds rows by their key.
    """
    if getattr(clause, "operator", None) is not operators.eq:
        return None
    if not isinstance(clause.left, Column) or not isinstance(clause.right, BindParameter):
        return None
    return clause.left.name, bound(clause.right, given)


def holds(clause: Any, row: Row, given: Given) -> bool:
    """
    Tell whether a condition holds for a row; one that involves NULL does not.
    """
    if isinstance(clause, Among):
        return value(clause.left, row, given) in clause.rows
    if isinstance(clause, BinaryExpression):
        return _compared(clause, row, given)
    if isinstance(clause, BooleanClauseList):
        some = any if clause.operator is operators.or_ else all
        return some(holds(each, row, given) for each in clause.clauses)
    if isinstance(clause, Grouping):
        return holds(clause.element, row, given)
    if isinstance(clause, TextClause):
        return _predicate(clause.text)(row)
    raise UnreadableError(clause)


@cache
def _predicate(text: str) -> Callable[[Row], bool]:
    return predicate(text)


def _compared(clause: Any, row: Row, given: Given) -> bool:
    left, right = value(clause.left, row, given), value(clause.right, row, given)
    compare = _COMPARE.get(clause.operator)
    if compare is not None:
        return left is not None and right is not None and bool(compare(left, right))
    if clause.operator is operators.is_:
        return left is right
    if clause.operator is operators.is_not:
        return left is not right
    if clause.operator is operators.in_op:
        return left in right
    raise UnreadableError(clause)


def value(element: Any, row: Row, given: Given) -> Any:
    """
    Return what an expression comes to.
    """
    if isinstance(element, Column):
        return row[element.name]
    if isinstance(element, BindParameter):
        return bound(element, given)
    if isinstance(element, BinaryExpression) and element.operator in _COMPUTE:
        compute = _COMPUTE[element.operator]
        return compute(value(element.left, row, given), value(element.right, row, given))
    if isinstance(element, Null):
        return None
    if isinstance(element, Tuple):
        return tuple([value(each, row, given) for each in element.clauses])
    raise UnreadableError(element)


def bound(parameter: Any, given: Given) -> Any:
    """
    Return a parameter's value: as it was given with the statement, or as it was built in.
    """
    return given.get(parameter.key, parameter.value)
