"""
Rows by their key, for what runs at every step: statements are built once and compiled once.

Building a statement anew, and letting the ORM load or flush an object, costs several times what
running it does. What these return has the columns of the model and is no object of it: nothing
tracks it, and its class cannot be asked for.
A value of None in a key stands for no value.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    insert,
)
from sqlalchemy import select as select_
from sqlalchemy import update as update_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from wallet.db import kept

Model = TypeVar("Model", bound=SQLModel)
_IS: Final = "is_"
_NEW: Final = "new_"
Values = Mapping[str, Any]
Shape = tuple[tuple[str, bool], ...]
"""The names of a key, and whether there is no value."""


async def one(session: AsyncSession, model: type[Model], **key: Any) -> Model | None:  # noqa: ANN401
    """
    Return the row with these values, as it is now, or None; the values name at most one.
    """
    row: Model | None = await kept.first(session, _one(model, _shape(key)), having(key))
    return row


async def some(
    session: AsyncSession, model: type[Model], order: Sequence[str], key: Values
) -> Sequence[Model]:
    """
    Return the rows with these values, as they are now, the lowest first of the columns of `order`.
    """
    return await kept.rows(session, _some(model, _shape(key), tuple(order)), having(key))


async def last(
    session: AsyncSession, model: type[Model], order: Sequence[str], key: Values
) -> Model | None:
    """
    Return the row with these values that is the highest of the columns of `order`, or None.
    """
    statement = _last(model, _shape(key), tuple(order))
    row: Model | None = await kept.first(session, statement, having(key))
    return row


async def change(session: AsyncSession, model: type[SQLModel], key: Values, new: Values) -> bool:
    """
    Change the rows with these values; tells whether it was exactly one.
    """
    statement = _change(model, _shape(key), tuple(new))
    return await kept.count(session, statement, having(key) | _named(_NEW, new)) == 1


async def add(session: AsyncSession, model: type[SQLModel], new: Values) -> None:
    """
    Add a row.

    Raises:
        IntegrityError: a rule of its table is against it.
    """
    await kept.count(session, _add(model, tuple(new)), _named(_NEW, new))


async def remove(session: AsyncSession, model: type[SQLModel], key: Values) -> bool:
    """
    Remove the rows with these values; tells whether it was exactly one.
    """
    return await kept.count(session, _remove(model, _shape(key)), having(key)) == 1


def matching(model: type[SQLModel], *names: str) -> tuple[ColumnElement[bool], ...]:
    """
    Return the conditions that some columns have certain values; `having` gives them.
    """
    return _matching(model, tuple((name, False) for name in names))


def having(key: Values) -> dict[str, Any]:
    """
    Return the values for such conditions.
    """
    return {_IS + name: each for name, each in key.items() if each is not None}


def parameters(columns: Sequence[Column[Any]]) -> dict[str, BindParameter[Any]]:
    """
    Return a parameter for each of some columns, by the column's name; `given` fills them.
    """
    return {each.name: _parameter(_NEW, each) for each in columns}


def given(new: Values) -> dict[str, Any]:
    """
    Return the values for such parameters.
    """
    return _named(_NEW, new)


def _shape(key: Values) -> Shape:
    return tuple((name, each is None) for name, each in key.items())


def _matching(model: type[SQLModel], key: Shape) -> tuple[ColumnElement[bool], ...]:
    columns = table_of(model).c
    return tuple(
        columns[name].is_(None) if absent else columns[name] == _parameter(_IS, columns[name])
        for name, absent in key
    )


def _named(mark: str, values: Values) -> dict[str, Any]:
    return {mark + name: each for name, each in values.items()}


def _parameter(mark: str, column: Column[Any]) -> BindParameter[Any]:
    return bindparam(mark + column.name, type_=column.type)


def table_of(model: type[SQLModel]) -> Table:
    """
    Return the table of a model.
    """
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def _one(model: type[SQLModel], key: Shape) -> Select[Any]:
    return select_(table_of(model)).where(*_matching(model, key))


@cache
def _some(model: type[SQLModel], key: Shape, order: tuple[str, ...]) -> Select[Any]:
    return _one(model, key).order_by(*[table_of(model).c[name] for name in order])


@cache
def _last(model: type[SQLModel], key: Shape, order: tuple[str, ...]) -> Select[Any]:
    columns = table_of(model).c
    return _one(model, key).order_by(*[columns[name].desc() for name in order]).limit(1)


@cache
def _change(model: type[SQLModel], key: Shape, new: tuple[str, ...]) -> Update:
    table = table_of(model)
    return (
        update_(table)
        .where(*_matching(model, key))
        .values(parameters([table.c[name] for name in new]))
    )


@cache
def _remove(model: type[SQLModel], key: Shape) -> Delete:
    return delete(table_of(model)).where(*_matching(model, key))


@cache
def _add(model: type[SQLModel], new: tuple[str, ...]) -> Insert:
    table = table_of(model)
    return insert(table).values(parameters([table.c[name] for name in new]))
