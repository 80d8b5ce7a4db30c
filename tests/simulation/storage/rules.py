"""What a table insists on, read from the same metadata that makes the real tables."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError

Row = Mapping[str, Any]
_WORDS = (
    (re.compile(r"(\w+) between (\w+) and (\w+)"), r"(\2 <= \1 <= \3)"),
    (re.compile(r"in \(([^)]*)\)"), r"in (\1,)"),
    (re.compile(r"<>"), "!="),
    (re.compile(r"(?<![<>!=])=(?!=)"), "=="),
    (re.compile(r"is not null"), "is not None"),
    (re.compile(r"is null"), "is None"),
)


def predicate(text: str) -> Callable[[Row], bool]:
    """
    Return a condition that was written in SQL; what is not known of a row counts as held.
    """
    python = text
    for pattern, words in _WORDS:
        python = pattern.sub(words, python)
    code = compile(python, "<condition>", "eval")

    def holds(row: Row) -> bool:
        try:
            return bool(eval(code, {"__builtins__": {}}, row))  # noqa: S307 - our own tables' text
        except TypeError:  # a comparison with NULL is not known
            return True

    return holds


class Unique(Struct, frozen=True):
    """
    Columns that no two rows share, of the rows that `among` picks.
    """

    columns: tuple[str, ...]
    among: Callable[[Row], bool] | None

    def key(self, row: Row) -> tuple[Any, ...] | None:
        """
        Return what must be unique of a row; None where the rule does not concern it.
        """
        if self.among is not None and not self.among(row):
            return None
        key = tuple([row[column] for column in self.columns])
        return None if None in key else key


class Shape:
    """
    A table: its columns, and every rule that a row has to keep.
    """

    def __init__(self, table: Table) -> None:
        self.name = table.name
        self.columns = tuple(column.name for column in table.columns)
        self.key = tuple(column.name for column in table.primary_key.columns)
        self.types = {column.name: _types(column) for column in table.columns}
        self.uniques = tuple(_uniques(table))
        self.checks = tuple(
            predicate(str(rule.sqltext))
            for rule in table.constraints
            if isinstance(rule, CheckConstraint)
        )
        self.foreign = tuple(
            (
                tuple(column.name for column in rule.columns),
                rule.elements[0].column.table,
                tuple(element.column.name for element in rule.elements),
            )
            for rule in table.constraints
            if isinstance(rule, ForeignKeyConstraint)
        )

    def key_of(self, row: Row) -> tuple[Any, ...]:
        """
        Return a row's primary key.
        """
        return tuple([row[column] for column in self.key])

    def insist(self, row: Row, changed: Any = None) -> None:
        """
        Insist on types and conditions of a row, or of those columns that changed.

        Raises:
            IntegrityError: it breaks one.
        """
        for column in self.columns if changed is None else changed:
            if not isinstance(row[column], self.types[column]):
                raise broken(f"{self.name}.{column} may not be {row[column]!r}")
        for check in self.checks:
            if not check(row):
                raise broken(f"a check of {self.name} failed")


def broken(text: str) -> IntegrityError:
    """
    Return what a driver raises for a broken rule.
    """
    return IntegrityError("", None, Exception(text))


@cache
def shape_of(table: Table) -> Shape:
    """
    Return the shape of a table.
    """
    return Shape(table)


def _types(column: Any) -> tuple[type, ...]:
    known = {
        "BigInteger": int,
        "LargeBinary": bytes,
        "Flag": bool,
        "Text": str,
        "UtcInstant": datetime,
    }
    found = known[type(column.type).__name__]
    return (found, type(None)) if column.nullable else (found,)


def _uniques(table: Table) -> list[Unique]:
    found = [
        Unique(tuple(column.name for column in rule.columns), None)
        for rule in table.constraints
        if isinstance(rule, UniqueConstraint)
    ]
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            among = None if where is None else predicate(str(where))
            found.append(Unique(tuple(column.name for column in index.columns), among))
    return found
