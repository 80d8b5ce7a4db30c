"""
The journal: written in the same transaction as what it tells of, read by the resident.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.db.session import Database
from wallet.errors import ValidationFailedError
from wallet.ids import Ids
from wallet.journal import repository
from wallet.journal.models import JournalRow
from wallet.vault import Keep, Place, Unlocked, Vault

ENTRY_KIND = "jrn"
LARGEST_PAGE = 100


class Entry(Struct, frozen=True, kw_only=True):
    """
    Something that a resident is entitled to know happened.

    Attributes:
        resident_id: whose.
        kind: ``scanned``, ``disclosed``, ``approved``, ``charged``, ``refused``, ``frozen``, …
        party_id: the relying party, if one took part.
        terminal_id: its terminal.
        party_name: as the resident is to read it.
        purpose: why.
        contexts: which contexts were concerned.
        fields: names of what was released, never values.
        basis: the legal basis.
        presentation_id: of the scan, if there was one.
        subject_id: the visit, settlement or device it is about.
        digest: SHA-256 of the text that was approved, in hexadecimal digits, if there was one.
        at: aware UTC instant.
    """

    resident_id: int
    kind: str
    party_id: int | None = None
    terminal_id: int | None = None
    party_name: str = ""
    purpose: str = ""
    contexts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    basis: str = ""
    presentation_id: int | None = None
    subject_id: int | None = None
    digest: str = ""
    at: datetime

    def __repr__(self) -> str:
        """
        Show the kind only: who was where is personal.
        """
        return f"Entry({self.kind!r}, …)"


class Written(Struct, frozen=True, kw_only=True):
    """
    An entry with the id under which the resident knows it.
    """

    id: str
    entry: Entry


class Page(Struct, frozen=True, kw_only=True):
    """
    A part of a resident's journal, newest first; `next_cursor` is None at the end.
    """

    entries: tuple[Written, ...]
    next_cursor: str | None


class _Detail(Struct, frozen=True, kw_only=True, omit_defaults=True):
    party_name: str = ""
    purpose: str = ""
    contexts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    basis: str = ""
    digest: str = ""


class JournalService:
    """
    Writes and reads the journal.
    """

    def __init__(self, *, database: Database, ids: Ids, vault: Vault) -> None:
        self._database = database
        self._ids = ids
        self._vault = vault

    async def write(self, session: AsyncSession, entry: Entry) -> int:
        """
        Append an entry and return its id, unique per resident.
        """
        entry_id = self._ids.local()
        sealed = await self._vault.encrypt(
            session,
            entry.resident_id,
            Keep.EVIDENCE,
            _place(entry.resident_id, entry_id),
            _encoded(entry),
        )
        await repository.append(
            session,
            {
                "resident_id": entry.resident_id,
                "entry_id": entry_id,
                "kind": entry.kind,
                "party_id": entry.party_id,
                "terminal_id": entry.terminal_id,
                "presentation_id": entry.presentation_id,
                "subject_id": entry.subject_id,
                "detail": sealed,
                "at": entry.at,
            },
        )
        return entry_id

    def sealed(self, entry: Entry, entry_id: int, keys: Unlocked) -> bytes:
        """
        Return an entry's encrypted column, for whoever appends the row in a statement of theirs.
        """
        place = _place(entry.resident_id, entry_id)
        return keys.encrypt(Keep.EVIDENCE, place, _encoded(entry))

    async def of_resident(
        self, resident_id: int, *, cursor: str | None = None, limit: int = 50
    ) -> Page:
        """
        Return a page of a resident's journal, newest first.

        Args:
            resident_id: whose.
            cursor: `Page.next_cursor` of the page before; None for the newest.
            limit: 1 to 100 entries.

        Raises:
            ValidationFailedError: the cursor is not one of this resident's.
        """
        async with self._database.reading() as session:
            return await self.page(session, resident_id, cursor=cursor, limit=limit)

    async def page(
        self, session: AsyncSession, resident_id: int, *, cursor: str | None = None, limit: int
    ) -> Page:
        """
        Return a page of a resident's journal in a transaction that does more than read it.

        Raises:
            ValidationFailedError: the cursor is not one of this resident's.
        """
        before = None if cursor is None else self._opened(resident_id, cursor)
        rows = await repository.page(session, resident_id, before, limit + 1)
        entries = [await self._read(session, row) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(entries=tuple(entries), next_cursor=entries[-1].id if more else None)

    async def after(self, resident_id: int, seen: str, *, limit: int = 20) -> list[Written]:
        """
        Return the newest entries, up to `limit` of those newer than one, oldest first.

        Args:
            resident_id: whose.
            seen: id of the last entry known; empty for none.
            limit: how many at most.

        Raises:
            ValidationFailedError: it is not one of this resident's.
        """
        after = self._opened(resident_id, seen) if seen else 0
        async with self._database.reading() as session:
            rows = await repository.after(session, resident_id, after, limit)
            return [await self._read(session, row) for row in rows]

    async def these(self, resident_id: int, entries: Sequence[int]) -> list[Written]:
        """
        Return these entries of a resident, oldest first.
        """
        async with self._database.reading() as session:
            rows = await repository.these(session, resident_id, entries)
            return [await self._read(session, row) for row in rows]

    async def about(
        self, resident_id: int, kind: str, subject_id: int, *, limit: int
    ) -> list[Written]:
        """
        Return a resident's newest entries of a kind about one thing, oldest first.
        """
        async with self._database.reading() as session:
            rows = await repository.about(session, resident_id, kind, subject_id, limit)
            return [await self._read(session, row) for row in rows]

    def _opened(self, resident_id: int, cursor: str) -> int:
        opened = self._vault.open_id(ENTRY_KIND, f"resident:{resident_id}", cursor)
        if opened is None:
            raise ValidationFailedError("Look at: cursor")
        return opened[1]

    async def _read(self, session: AsyncSession, row: JournalRow) -> Written:
        plain = await self._vault.decrypt(
            session,
            row.resident_id,
            Keep.EVIDENCE,
            _place(row.resident_id, row.entry_id),
            row.detail,
        )
        detail = msgspec.json.decode(plain, type=_Detail)
        audience = f"resident:{row.resident_id}"
        return Written(
            id=self._vault.seal_id(ENTRY_KIND, audience, row.resident_id, row.entry_id),
            entry=Entry(
                resident_id=row.resident_id,
                kind=row.kind,
                party_id=row.party_id,
                terminal_id=row.terminal_id,
                party_name=detail.party_name,
                purpose=detail.purpose,
                contexts=detail.contexts,
                fields=detail.fields,
                basis=detail.basis,
                digest=detail.digest,
                presentation_id=row.presentation_id,
                subject_id=row.subject_id,
                at=row.at,
            ),
        )


def _encoded(entry: Entry) -> bytes:
    return msgspec.json.encode(
        _Detail(
            party_name=entry.party_name,
            purpose=entry.purpose,
            contexts=entry.contexts,
            fields=entry.fields,
            basis=entry.basis,
            digest=entry.digest,
        )
    )


def _place(resident_id: int, entry_id: int) -> Place:
    return Place("journal", "detail", f"{resident_id}/{entry_id}")
