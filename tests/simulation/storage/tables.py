"""Rows in memory: what is committed, and what one transaction has changed of it."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from tests.simulation.storage.rules import Row, Shape, broken, shape_of

Key = tuple[Any, ...]


class Changed(Struct, frozen=True):
    """
    What a transaction made of a row; None where there was or is none.
    """

    table: str
    key: Key
    before: Row | None
    after: Row | None


class Store:
    """
    What is committed.
    """

    def __init__(self) -> None:
        self.tables: dict[str, dict[Key, Row]] = {}

    def rows(self, table: str) -> dict[Key, Row]:
        """
        Return the committed rows of a table.
        """
        return self.tables.setdefault(table, {})


class DuplicateError(Exception):
    """
    Another row is there already.
    """


class View:
    """
    The store as one transaction sees it.

    Rows are never changed in place, so that whoever holds one keeps what they saw.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mine: dict[str, dict[Key, Row | None]] = {}

    def get(self, table: str, key: Key) -> Row | None:
        """
        Return a row.
        """
        mine = self._mine.get(table)
        if mine is not None and key in mine:
            return mine[key]
        return self._store.rows(table).get(key)

    def scan(self, table: str) -> Iterator[Row]:
        """
        Walk over a table, in no order that anybody may rely on.
        """
        mine = self._mine.get(table)
        if not mine:
            yield from list(self._store.rows(table).values())
            return
        for key, row in self._store.rows(table).items():
            if key not in mine:
                yield row
        for changed in list(mine.values()):
            if changed is not None:
                yield changed

    def insert(self, shape: Shape, row: Row) -> None:
        """
        Add a row.

        Raises:
            DuplicateError: a key or a uniqueness rule is against it.
            IntegrityError: it breaks another rule.
        """
        shape.insist(row)
        key = shape.key_of(row)
        if self.get(shape.name, key) is not None:
            raise DuplicateError(shape.name)
        self._alone(shape, row, key)
        for columns, target, names in shape.foreign:
            if not self._is_there(shape_of(target), names, [row[each] for each in columns]):
                raise broken(f"{shape.name} points at nothing")
        self._mine.setdefault(shape.name, {})[key] = row

    def update(self, shape: Shape, before: Row, values: Row) -> Row:
        """
        Change a row and return it; no statement of the wallet changes a key.

        Raises:
            DuplicateError: a uniqueness rule is against it.
            IntegrityError: it breaks another rule.
        """
        row = {**before, **values}
        shape.insist(row, values)
        key = shape.key_of(before)
        if shape.uniques:
            self._alone(shape, row, key)
        self._mine.setdefault(shape.name, {})[key] = row
        return row

    def delete(self, shape: Shape, row: Row) -> None:
        """
        Take a row away.
        """
        self._mine.setdefault(shape.name, {})[shape.key_of(row)] = None

    def changes(self) -> list[Changed]:
        """
        Return what this transaction makes of the store.
        """
        return [
            Changed(table, key, self._store.rows(table).get(key), row)
            for table, mine in self._mine.items()
            for key, row in mine.items()
        ]

    def commit(self) -> None:
        """
        Make it everybody's.
        """
        for table, mine in self._mine.items():
            rows = self._store.rows(table)
            for key, row in mine.items():
                if row is None:
                    rows.pop(key, None)
                else:
                    rows[key] = row
        self._mine = {}

    def _alone(self, shape: Shape, row: Row, key: Key) -> None:
        for rule in shape.uniques:
            wanted = rule.key(row)
            if wanted is None:
                continue
            last, value = rule.columns[-1], wanted[-1]
            for other in self.scan(shape.name):
                if (
                    other[last] == value
                    and rule.key(other) == wanted
                    and shape.key_of(other) != key
                ):
                    raise DuplicateError(shape.name)

    def _is_there(self, shape: Shape, names: tuple[str, ...], values: list[Any]) -> bool:
        if names == shape.key:
            return self.get(shape.name, tuple(values)) is not None
        return any([row[each] for each in names] == values for row in self.scan(shape.name))
