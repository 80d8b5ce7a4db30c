"""
The store of the short way on SQLite: many scans in one transaction of one thread.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

import msgspec
from msgspec.structs import astuple

from wallet.db.direct import Direct
from wallet.db.types import instant_of, microseconds
from wallet.failpoints import hit
from wallet.resolving import failpoints as at
from wallet.resolving.fast import sqlite_texts as texts
from wallet.resolving.fast.gathering import Gathering
from wallet.resolving.fast.records import Wanted, Writing
from wallet.resolving.fast.rows import AT, CONTENT, MADE, NUMBER, SNAPSHOT, Found, found

_Row = tuple[Any, ...]
_rows = msgspec.json.Decoder(list[list[Any]])


class OnSqlite(Gathering):
    """
    Reads and writes ordinary scans.

    Args:
        direct: connections to the file.
        most: scans in one transaction.
    """

    def __init__(self, direct: Direct, *, most: int) -> None:
        super().__init__(self._read, self._write, most=most, at_once=1)
        self._direct = direct

    async def _read(self, lot: Sequence[Wanted]) -> Sequence[Found]:
        asked = [(number, *astuple(each)) for number, each in enumerate(lot)]
        told = await self._direct.read(lambda connection: _told(connection, texts.READ, asked))
        sorted_out: list[list[list[Any]]] = [[] for _ in lot]
        for row in _rows.decode(told):
            sorted_out[row[NUMBER]].append(_plain(row))
        return [
            found(wanted.resident_id, each) for wanted, each in zip(lot, sorted_out, strict=True)
        ]

    async def _write(self, lot: Sequence[Writing]) -> Sequence[bool]:
        written = await self._direct.write(lambda connection: _written(connection, lot))
        hit(at.AFTER_COMMIT)
        return written


def _written(connection: sqlite3.Connection, lot: Sequence[Writing]) -> list[bool]:
    asked = [(number, *_standing(each)) for number, each in enumerate(lot)]
    stands = {
        number: (sorted(bindings), sorted(consents))
        for number, bindings, consents in _rows.decode(_told(connection, texts.STANDING, asked))
    }
    written = [
        stands.get(number) == (each.scan.bindings, each.scan.consents)
        for number, each in enumerate(lot)
    ]
    kept = [each for each, stood in zip(lot, written, strict=True) if stood]
    for text, rows_of in _WRITTEN:
        rows = [row for each in kept for row in rows_of(each)]
        if rows:
            _run(connection, text, rows)
    hit(at.BEFORE_COMMIT)
    return written


def _told(connection: sqlite3.Connection, text: str, rows: Sequence[_Row]) -> str:
    told: str = _run(connection, text, rows).fetchone()[0]
    return told


def _run(connection: sqlite3.Connection, text: str, rows: Sequence[_Row]) -> sqlite3.Cursor:
    return connection.execute(
        texts.over(text, len(rows), len(rows[0])), tuple(chain.from_iterable(rows))
    )


def _plain(row: list[Any]) -> list[Any]:
    """
    Return a row as PostgreSQL would have told it: bytes and instants.
    """
    for place in (CONTENT, SNAPSHOT):
        if row[place] is not None:
            row[place] = bytes.fromhex(row[place])
    for place in (AT, MADE):
        if row[place] is not None:
            row[place] = instant_of(row[place])
    return row


def _standing(each: Writing) -> _Row:
    scan = each.scan
    return (
        *(scan.resident_id, scan.device_no, scan.counter, scan.enrolment_nonce, scan.ahead),
        *(scan.party_id, scan.terminal_id, scan.purpose),
    )


def _raised(each: Writing) -> Iterator[_Row]:
    scan = each.scan
    yield scan.resident_id, scan.device_no, scan.counter, microseconds(scan.at)


def _kept(each: Writing) -> Iterator[_Row]:
    scan = each.scan
    yield (
        *(scan.party_id, scan.route, scan.key, scan.terminal_id, scan.fingerprint),
        *(scan.resident_id, scan.presentation_id, scan.response),
        *map(microseconds, (scan.response_until, scan.at, scan.key_until)),
    )


def _used(each: Writing) -> Iterator[_Row]:
    scan = each.scan
    yield (
        *(scan.resident_id, scan.device_no, scan.counter, scan.party_id, scan.terminal_id),
        microseconds(scan.at),
    )


def _opened(each: Writing) -> Iterator[_Row]:
    scan, at = each.scan, microseconds(each.scan.at)
    yield (
        *(scan.resident_id, scan.presentation_id, scan.party_id, scan.terminal_id),
        *(scan.device_no, "otp", scan.purpose, scan.scene),
        *(at, microseconds(scan.handle_until), at),
    )


def _answered(each: Writing) -> Iterator[_Row]:
    scan = each.scan
    for answer in zip(*astuple(each.answers), strict=True):
        yield (scan.resident_id, scan.presentation_id, *answer)


def _told_of(each: Writing) -> Iterator[_Row]:
    scan, at = each.scan, microseconds(each.scan.at)
    for number, kind, detail in zip(*astuple(each.entries), strict=True):
        yield (
            *(scan.resident_id, number, kind, scan.party_id, scan.terminal_id),
            *(scan.presentation_id, detail, at),
        )


_WRITTEN: Final[tuple[tuple[str, Callable[[Writing], Iterator[_Row]]], ...]] = (
    (texts.RAISE, _raised),
    (texts.KEEP, _kept),
    (texts.USE, _used),
    (texts.OPEN, _opened),
    (texts.ANSWER, _answered),
    (texts.TELL, _told_of),
)
