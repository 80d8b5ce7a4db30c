"""The person index."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from integrations.spi import Person, PersonKey
from tests.fakes.clock import StandingClock
from tests.fakes.ids import CountingIds
from wallet.db.session import Database
from wallet.errors import NotFoundError
from wallet.residents.documents import check_character
from wallet.residents.errors import DocumentInvalidError
from wallet.residents.models import IdentifierRow, ResidentRow
from wallet.residents.service import ResidentsService
from wallet.vault import Keep, Vault
from wallet.vault.errors import KeyDestroyedError

ZHANG = Person(
    name="张秀英",
    document_type=PersonKey.ID_CARD,
    document_number="440106195603124028",
    birth_date=date(1956, 3, 12),
    sex="F",
    phone="13800138000",
)


@pytest.fixture
def residents(
    database: Database, clock: StandingClock, ids: CountingIds, vault: Vault
) -> ResidentsService:
    return ResidentsService(database=database, clock=clock, ids=ids, vault=vault)


async def _match(
    database: Database, residents: ResidentsService, person: Person, level: int = 1
) -> int:
    async with database.transaction() as session:
        return await residents.match_or_create(session, person, level)


class TestMatchOrCreate:
    async def test_makes_then_finds(self, database: Database, residents: ResidentsService) -> None:
        """
        The first time makes the resident, the second finds it.
        """
        first = await _match(database, residents, ZHANG)

        assert first == await _match(database, residents, ZHANG)

    async def test_one_of_many_at_once_makes(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        Eight desks that meet one new person at the same time get one resident.
        """
        found = await asyncio.gather(*(_match(database, residents, ZHANG) for _ in range(8)))
        async with database.reading() as session:
            rows = (await session.execute(select(ResidentRow))).scalars().all()

        assert (1, 1) == (len(set(found)), len(rows))

    async def test_the_document_decides(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        Another spelling of the name is the same person; another number is not.
        """
        first = await _match(database, residents, ZHANG)
        spelt = Person(
            name="张秀瑛",
            document_type=PersonKey.ID_CARD,
            document_number="440106195603124028",
        )
        other = Person(
            name="张秀英", document_type=PersonKey.ID_CARD, document_number="440104198807213314"
        )
        found = await _match(database, residents, spelt), await _match(database, residents, other)

        assert (first, False) == (found[0], found[1] == first)

    async def test_fifteen_digits_find_eighteen(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        The old form of a number finds the person who was indexed by the new one.
        """
        new, old = (
            Person(name="王", document_type=PersonKey.ID_CARD, document_number=number)
            for number in ("11010519491231002X", "110105491231002")
        )

        assert await _match(database, residents, new) == await _match(database, residents, old)

    async def test_a_better_proof_replaces(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        What a better proof tells replaces what was kept; what it leaves open stays.
        """
        resident_id = await _match(database, residents, ZHANG, 1)
        better = Person(
            name="张秀瑛", document_type=PersonKey.ID_CARD, document_number="440106195603124028"
        )
        await _match(database, residents, better, 3)
        await _match(database, residents, ZHANG, 2)
        async with database.reading() as session:
            kept = await residents.person(session, resident_id)

        assert ("张秀瑛", "13800138000") == (kept.name, kept.phone)

    async def test_sex_and_phone_of_a_passport_holder_are_completed(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        Where the number tells nothing, the better proof's own word is kept.
        """
        passport = Person(name="Ada", document_type=PersonKey.PASSPORT, document_number="E1234567")
        resident_id = await _match(database, residents, passport, 1)
        told = Person(
            name="Ada",
            document_type=PersonKey.PASSPORT,
            document_number="e1234567",
            birth_date=date(1990, 1, 1),
            sex="F",
            phone="13800138005",
        )
        await _match(database, residents, told, 2)
        async with database.reading() as session:
            kept = await residents.person(session, resident_id)

        assert (date(1990, 1, 1), "F", "13800138005", "E1234567") == (
            kept.birth_date,
            kept.sex,
            kept.phone,
            kept.document_number,
        )

    async def test_the_number_tells_date_and_sex(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        Birth date and sex come from the number, whatever else was said.
        """
        wrong = Person(
            name="张秀英",
            document_type=PersonKey.ID_CARD,
            document_number="440106195603124028",
            birth_date=date(2000, 1, 1),
            sex="M",
        )
        resident_id = await _match(database, residents, wrong)
        async with database.reading() as session:
            kept = await residents.person(session, resident_id)

        assert (date(1956, 3, 12), "F") == (kept.birth_date, kept.sex)

    async def test_refuses_an_impossible_number(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        A wrong check digit is refused, named by its reason and not by its value.
        """
        wrong = Person(
            name="张秀英", document_type=PersonKey.ID_CARD, document_number="440106195603124029"
        )
        with pytest.raises(DocumentInvalidError) as caught:
            await _match(database, residents, wrong)

        assert {"reason": "check_digit"} == caught.value.members

    async def test_today_is_china_s(
        self, database: Database, residents: ResidentsService, clock: StandingClock
    ) -> None:
        """
        A child born after midnight in China is not refused because it is yesterday by UTC.
        """
        clock.set(datetime(2026, 3, 2, 17, 0, tzinfo=UTC))
        payload = "44010620260303402"
        child = Person(
            name="张小宝",
            document_type=PersonKey.ID_CARD,
            document_number=payload + check_character(payload),
        )
        resident_id = await _match(database, residents, child)

        assert date(2026, 3, 3) == (await residents.described(resident_id))[1]

    async def test_nothing_personal_lies_in_clear(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        Neither name nor number is to be found in the tables.
        """
        await _match(database, residents, ZHANG)
        async with database.reading() as session:
            row = (await session.execute(select(ResidentRow))).scalar_one()
            index = (await session.execute(select(IdentifierRow))).scalar_one()
        stored = row.person + index.blind_index

        assert not any(
            clear in stored for clear in ("张".encode(), b"440106195603124028", b"13800138000")
        )


class TestPerson:
    async def test_is_the_normalised_person(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        The person comes back as it was told.
        """
        resident_id = await _match(database, residents, ZHANG)
        async with database.reading() as session:
            kept = await residents.person(session, resident_id)

        assert ZHANG == kept

    async def test_nobody(self, database: Database, residents: ResidentsService) -> None:
        """
        A resident who is not there is not found.
        """
        async with database.reading() as session:
            with pytest.raises(NotFoundError):
                await residents.person(session, 5)

    async def test_is_gone_with_the_key(
        self, database: Database, residents: ResidentsService, vault: Vault
    ) -> None:
        """
        Without the resident's own wallet key nobody knows who it was.
        """
        resident_id = await _match(database, residents, ZHANG)
        async with database.transaction() as session:
            await vault.shred(session, resident_id, Keep.WALLET)
        async with database.reading() as session:
            with pytest.raises(KeyDestroyedError):
                await residents.person(session, resident_id)


class TestFind:
    async def test_finds_without_making(
        self, database: Database, residents: ResidentsService
    ) -> None:
        """
        Looking somebody up makes nobody.
        """
        async with database.reading() as session:
            before = await residents.find(session, ZHANG)
        resident_id = await _match(database, residents, ZHANG)
        async with database.reading() as session:
            after = await residents.find(session, ZHANG)

        assert (None, resident_id) == (before, after)
