"""The words in which the wallet's statements are written, as light as they can be.

Building a statement with SQLAlchemy takes ten times as long as carrying it out here. So while
histories are played the modules that speak to the database find these words under the names of
SQLAlchemy's: the same functions of the wallet then write the same statements, only quicker. What
has no word here is still written with SQLAlchemy and read by `statements`.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from tests.simulation.storage.rules import Row, Shape, broken, shape_of
from tests.simulation.storage.tables import DuplicateError
from wallet.calls import numbers
from wallet.calls import repository as calls
from wallet.db import kept, keyed
from wallet.idempotency import repository as idempotency
from wallet.ledger import service as ledger
from wallet.settling import repository as settling
from wallet.visiting import repository as visiting
from wallet.work import repository as work

Holds = Callable[[Row], bool]


class Condition:
    """
    Something that holds for a row or does not.
    """

    __slots__ = ("holds", "name", "value")

    def __init__(self, holds: Holds, name: str = "", value: Any = None) -> None:
        self.holds, self.name, self.value = holds, name, value


class Pen:
    """
    A column.
    """

    __slots__ = ("name", "table")
    __hash__ = object.__hash__

    def __init__(self, name: str, table: Any) -> None:
        self.name, self.table = name, table

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]
        name = self.name
        return Condition(lambda row: row[name] is not None and row[name] == value, name, value)

    def __lt__(self, value: Any) -> Condition:
        return self._compare(operator.lt, value)

    def __le__(self, value: Any) -> Condition:
        return self._compare(operator.le, value)

    def __gt__(self, value: Any) -> Condition:
        return self._compare(operator.gt, value)

    def __ge__(self, value: Any) -> Condition:
        return self._compare(operator.ge, value)

    def __add__(self, more: int) -> Callable[[Row], Any]:
        name = self.name
        return lambda row: row[name] + more

    def is_(self, value: None) -> Condition:
        """
        Hold where it is NULL.
        """
        name = self.name
        return Condition(lambda row: row[name] is value)

    def in_(self, values: Any) -> Condition:
        """
        Hold where it is one of these.
        """
        name = self.name
        return Condition(lambda row: row[name] in values)

    def desc(self) -> tuple[str, bool]:
        """
        Order by it, falling.
        """
        return self.name, True

    def _compare(self, compare: Callable[[Any, Any], bool], value: Any) -> Condition:
        name = self.name
        return Condition(lambda row: row[name] is not None and compare(row[name], value))


@cache
def pen(attribute: Any) -> Pen:
    """
    Return the pen for a column; stands in for `col`.
    """
    return Pen(attribute.key, attribute.class_.__table__)


def either(*conditions: Condition) -> Condition:
    """
    Hold where one holds; stands in for `or_`.
    """
    return Condition(lambda row: any(each.holds(row) for each in conditions))


class Line:
    """
    A statement.
    """

    def __init__(self, kind: str, table: Any, shown: tuple[Any, ...] = ()) -> None:
        self.kind, self.shape, self.shown = kind, shape_of(table), shown
        self.conditions: list[Condition] = []
        self.order: list[tuple[str, bool]] = []
        self.most: int | None = None
        self.told: tuple[str, ...] = ()
        self.new: Mapping[str, Any] = {}

    def where(self, *conditions: Condition) -> "Line":
        """
        Say which rows.
        """
        self.conditions += conditions
        return self

    def values(self, given: Mapping[str, Any] | None = None, **more: Any) -> "Line":
        """
        Say what becomes of them.
        """
        self.new = {**(given or {}), **more}
        return self

    def order_by(self, *columns: Any) -> "Line":
        """
        Say in which order.
        """
        self.order += [each if isinstance(each, tuple) else (each.name, False) for each in columns]
        return self

    def limit(self, most: int) -> "Line":
        """
        Say how many at most.
        """
        self.most = most
        return self

    def returning(self, *columns: Any) -> "Line":
        """
        Say what to tell of them.
        """
        self.told = tuple([each.name for each in columns])
        return self

    def execution_options(self, **_options: Any) -> "Line":
        """
        Change nothing: there is no identity map and there are no partitions.
        """
        return self

    def among(self) -> tuple[tuple[Any, ...] | None, list[Holds]]:
        """
        Return the key of the one row it is about, if the conditions name it, and the conditions.
        """
        named = {each.name: each.value for each in self.conditions if each.name}
        key = None
        if all(column in named for column in self.shape.key):
            key = tuple([named[column] for column in self.shape.key])
        return key, [each.holds for each in self.conditions]

    def changed(self, row: Row) -> dict[str, Any]:
        """
        Return what a row is to become.
        """
        return {name: each(row) if callable(each) else each for name, each in self.new.items()}


def select(*shown: Any) -> Line:
    """
    Stand in for `select`.
    """
    first = shown[0]
    table = first.__table__ if hasattr(first, "__table__") else first.class_.__table__
    return Line("select", table, () if hasattr(first, "__table__") else shown)


def update(model: Any) -> Line:
    """
    Stand in for `update`.
    """
    return Line("update", model.__table__)


def delete(model: Any) -> Line:
    """
    Stand in for `delete`.
    """
    return Line("delete", model.__table__)


async def insert_first(session: Any, model: Any, values: Mapping[str, Any]) -> bool:
    """
    Stand in for `insert_first`.
    """
    session.write()
    shape: Shape = shape_of(model.__table__)
    try:
        session.view.insert(shape, dict.fromkeys(shape.columns) | dict(values))
    except DuplicateError:
        return False
    return True


async def rows(session: Any, statement: Any, values: Mapping[str, Any]) -> Any:
    """
    Stand in for `kept.rows`.
    """
    return (await session.execute(statement, values)).all()


async def first(session: Any, statement: Any, values: Mapping[str, Any]) -> Any:
    """
    Stand in for `kept.first`.
    """
    return (await session.execute(statement, values)).first()


async def count(session: Any, statement: Any, values: Mapping[str, Any]) -> int:
    """
    Stand in for `kept.count`.
    """
    return int((await session.execute(statement, values)).rowcount)


async def one(session: Any, model: Any, **key: Any) -> Any:
    """
    Stand in for `keyed.one`.
    """
    return (await session.execute(select(model).where(*_equal(model, key)))).first()


async def some(session: Any, model: Any, order: Sequence[str], key: Mapping[str, Any]) -> Any:
    """
    Stand in for `keyed.some`.
    """
    line = select(model).where(*_equal(model, key))
    line.order += [(name, False) for name in order]
    return (await session.execute(line)).all()


async def last(session: Any, model: Any, order: Sequence[str], key: Mapping[str, Any]) -> Any:
    """
    Stand in for `keyed.last`.
    """
    line = select(model).where(*_equal(model, key)).limit(1)
    line.order += [(name, True) for name in order]
    return (await session.execute(line)).first()


async def change(session: Any, model: Any, key: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """
    Stand in for `keyed.change`.
    """
    line = update(model).where(*_equal(model, key)).values(new)
    return (await session.execute(line)).rowcount == 1


async def remove(session: Any, model: Any, key: Mapping[str, Any]) -> bool:
    """
    Stand in for `keyed.remove`.
    """
    return (await session.execute(delete(model).where(*_equal(model, key)))).rowcount == 1


async def add(session: Any, model: Any, new: Mapping[str, Any]) -> None:
    """
    Stand in for `keyed.add`.
    """
    if not await insert_first(session, model, new):
        raise broken("not unique")


def _equal(model: Any, key: Mapping[str, Any]) -> list[Condition]:
    table = model.__table__
    pens = [(Pen(name, table), value) for name, value in key.items()]
    return [pen.is_(None) if value is None else pen == value for pen, value in pens]


_WORDS: Mapping[str, Any] = {
    "col": pen,
    "or_": either,
    "select": select,
    "update": update,
    "insert_first": insert_first,
    "rows": rows,
    "first": first,
    "count": count,
    "one": one,
    "some": some,
    "last": last,
    "change": change,
    "remove": remove,
    "add": add,
}
_PLACES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (kept, ("rows", "first", "count")),
    (keyed, ("one", "some", "last", "change", "remove", "add")),
    (work, ("col", "or_", "select", "insert_first")),
    (calls, ("col", "select")),
    (settling, ("col", "select")),
    (visiting, ("col", "select")),
    (idempotency, ("col", "update", "insert_first")),
    (numbers, ("insert_first",)),
    (ledger, ("insert_first",)),
)


@contextmanager
def light() -> Iterator[None]:
    """
    Let the wallet write with these words for a while.
    """
    was = [(place, name, getattr(place, name)) for place, names in _PLACES for name in names]
    for place, name, _ in was:
        setattr(place, name, _WORDS[name])
    try:
        yield
    finally:
        for place, name, word in was:
            setattr(place, name, word)
