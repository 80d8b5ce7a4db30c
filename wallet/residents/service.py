"""
The person index: who somebody is, found by document, kept encrypted.

Merging two residents who turn out to be one person is not part of this: it needs a case worker.
"""

from datetime import date, timedelta, timezone

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Person
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.errors import NotFoundError
from wallet.ids import Ids
from wallet.residents import repository
from wallet.residents.documents import Document, Implausible, index_value, read_document
from wallet.residents.errors import DocumentInvalidError
from wallet.residents.models import ResidentRow
from wallet.vault import Keep, Place, Unlocked, Vault

HANDLE_KIND = "res"
DEMO_LEVEL = 1
_CHINA = timezone(timedelta(hours=8))


class ResidentsService:
    """
    Finds, makes and describes residents.
    """

    def __init__(self, *, database: Database, clock: Clock, ids: Ids, vault: Vault) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault

    def handle(self, resident_id: int) -> str:
        """
        Return the id under which residents know themselves.
        """
        return self._vault.seal_id(HANDLE_KIND, f"resident:{resident_id}", resident_id, 0)

    async def person(self, session: AsyncSession, resident_id: int) -> Person:
        """
        Return who a resident is.

        Raises:
            NotFoundError: there is no such resident.
        """
        row = await repository.get(session, resident_id)
        if row is None:
            raise NotFoundError
        return await self._read(session, row)

    def opened(self, resident_id: int, sealed: bytes, keys: Unlocked) -> Person:
        """
        Return who a resident is, from the encrypted column and the resident's keys.
        """
        plain = keys.decrypt(Keep.WALLET, _place(resident_id), sealed)
        return msgspec.json.decode(plain, type=Person)

    async def described(self, resident_id: int) -> tuple[Person, date]:
        """
        Return who a resident is, and today's date to reckon an age by.

        Raises:
            NotFoundError: there is no such resident.
        """
        async with self._database.reading() as session:
            return await self.person(session, resident_id), self._today()

    def check(self, person: Person) -> None:
        """
        Look whether a document number can be one of its type.

        Raises:
            DocumentInvalidError: it cannot.
        """
        self._document(person)

    async def find(self, session: AsyncSession, person: Person) -> int | None:
        """
        Return the resident whose document this is, or None.

        Raises:
            DocumentInvalidError: the number cannot be one of that type.
        """
        return await repository.find(session, self._index(self._document(person)))

    async def match_or_create(self, session: AsyncSession, person: Person, level: int) -> int:
        """
        Return the resident of a document, made now if there is none.

        The document decides, not the name: names are spelt in many ways. Of two callers at the
        same time one makes the resident and both get the same.

        Args:
            session: the transaction this is part of.
            person: as an outside system or a document told.
            level: how well that was proved, 0 to 4; a better proof replaces what was kept.

        Raises:
            DocumentInvalidError: the number cannot be one of that type.
        """
        document = self._document(person)
        index = self._index(document)
        known = await repository.find(session, index)
        if known is None:
            made = self._ids.resident()
            if await repository.take(session, index, made, document.type.value):
                await self._add(session, made, _completed(person, document), level)
                return made
            known = await repository.find(session, index)
        if known is None:
            raise NotFoundError
        await self._improve(session, known, _completed(person, document), level)
        return known

    async def _add(
        self, session: AsyncSession, resident_id: int, person: Person, level: int
    ) -> None:
        await repository.add(
            session,
            {
                "resident_id": resident_id,
                "person": await self._sealed(session, resident_id, person),
                "level": level,
                "created_at": self._clock.now(),
            },
        )

    async def _improve(
        self, session: AsyncSession, resident_id: int, person: Person, level: int
    ) -> None:
        row = await repository.get(session, resident_id)
        if row is None or row.level >= level:
            return
        known = await self._read(session, row)
        better = msgspec.structs.replace(
            known,
            name=person.name,
            birth_date=person.birth_date or known.birth_date,
            sex=known.sex if person.sex == "U" else person.sex,
            phone=person.phone or known.phone,
        )
        sealed = await self._sealed(session, resident_id, better)
        await repository.raise_level(session, resident_id, level, sealed)

    def _today(self) -> date:
        # somebody born after midnight in China is born tomorrow by UTC
        return self._clock.now().astimezone(_CHINA).date()

    def _document(self, person: Person) -> Document:
        document = read_document(person.document_type, person.document_number, self._today())
        if isinstance(document, Implausible):
            raise DocumentInvalidError(reason=document.reason.value)
        return document

    def _index(self, document: Document) -> bytes:
        return self._vault.blind(*index_value(document))

    async def _sealed(self, session: AsyncSession, resident_id: int, person: Person) -> bytes:
        plain = msgspec.json.encode(person)
        return await self._vault.encrypt(
            session, resident_id, Keep.WALLET, _place(resident_id), plain
        )

    async def _read(self, session: AsyncSession, row: ResidentRow) -> Person:
        plain = await self._vault.decrypt(
            session, row.resident_id, Keep.WALLET, _place(row.resident_id), row.person
        )
        return msgspec.json.decode(plain, type=Person)


def _completed(person: Person, document: Document) -> Person:
    return msgspec.structs.replace(
        person,
        document_type=document.type,
        document_number=document.number,
        birth_date=document.birth_date or person.birth_date,
        sex=person.sex if document.sex == "U" else document.sex,
    )


def _place(resident_id: int) -> Place:
    return Place("residents", "person", str(resident_id))
