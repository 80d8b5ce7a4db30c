"""
The store of the short way on PostgreSQL: many scans in one statement, which commits by itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import astuple

from wallet.db.pinned import Pinned
from wallet.failpoints import hit
from wallet.resolving import failpoints as at
from wallet.resolving.fast.gathering import Gathering
from wallet.resolving.fast.many import READ_MANY, WRITE_MANY
from wallet.resolving.fast.records import Wanted, Writing
from wallet.resolving.fast.rows import NUMBER, Found, found
from wallet.resolving.fast.statements import READ, WRITE

_LOTS: Final = 2  # one gathers answers while the next is on its way


class OnPostgres(Gathering):
    """
    Reads and writes ordinary scans.

    Args:
        pinned: connections for the statements.
        most: scans in one statement; with one, every statement names a single resident, which is
            what a database that is distributed over nodes wants.
    """

    def __init__(self, pinned: Pinned, *, most: int) -> None:
        super().__init__(self._read, self._write, most=most, at_once=_LOTS)
        self._pinned = pinned

    async def _read(self, lot: Sequence[Wanted]) -> Sequence[Found]:
        if len(lot) == 1:
            rows = await self._pinned.fetch(READ, *astuple(lot[0]))
            return [found(lot[0].resident_id, rows)]
        columns = (list(column) for column in zip(*map(astuple, lot), strict=True))
        rows = await self._pinned.fetch(READ_MANY, *columns)
        sorted_out: list[list[Any]] = [[] for _ in lot]
        for row in rows:
            sorted_out[row[NUMBER] - 1].append(row)
        return [
            found(wanted.resident_id, each) for wanted, each in zip(lot, sorted_out, strict=True)
        ]

    async def _write(self, lot: Sequence[Writing]) -> Sequence[bool]:
        hit(at.BEFORE_COMMIT)  # the statement commits by itself
        if len(lot) == 1:
            rows = await self._pinned.fetch(WRITE, *lot[0].parameters())
            hit(at.AFTER_COMMIT)
            return [bool(rows[0][0])]
        rows = await self._pinned.fetch(WRITE_MANY, *_columns(lot))
        hit(at.AFTER_COMMIT)
        written = {row[0] for row in rows}
        return [number in written for number in range(1, len(lot) + 1)]


def _columns(lot: Sequence[Writing]) -> Iterator[list[Any]]:
    """
    Turn scans into the columns of ``WRITE_MANY``.
    """
    for column in zip(*(astuple(each.scan) for each in lot), strict=True):
        # an array of arrays of different lengths is none to PostgreSQL: its text is
        yield [*map(_text, column)] if isinstance(column[0], list) else list(column)
    for part in ("answers", "entries"):
        yield from _flat([astuple(getattr(each, part)) for each in lot])


def _text(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _flat(parts: Sequence[tuple[list[Any], ...]]) -> Iterator[list[Any]]:
    yield [number for number, part in enumerate(parts, start=1) for _ in part[0]]
    for columns in zip(*parts, strict=True):
        yield [value for column in columns for value in column]
